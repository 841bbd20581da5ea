"""The sandbox registry's own book (registry.db), read from outside."""
import hashlib
import os

from books import open_book

CERTIFIED = {"CERTIFIED", "ARCHIVED"}


class File:
    """One application as the registry has it on file."""

    def __init__(self, row, certificate):
        self.window, self.case_id, self.kind = row["window"], row["case_id"], row["kind"]
        self.state, self.number, self.proof = row["state"], row["number"], row["proof"]
        self.is_certified = self.state in CERTIFIED
        self.certificate_sm3 = hashlib.new("sm3", certificate).digest() if certificate else None


class RegistryBook:
    def __init__(self, folder):
        self.book = open_book(os.path.join(folder, "registry.db"))

    def close(self):
        self.book.close()

    def files(self):
        """{case id: [File]}; more than one only if a case was filed twice."""
        certificates = dict(self.book.execute("SELECT application, chunk FROM answer WHERE type = 'CERT_ISSUED'"))
        files = {}
        for row in self.book.execute("SELECT * FROM application ORDER BY id"):
            files.setdefault(row["case_id"], []).append(File(row, certificates.get(row["id"])))
        return files

    def count(self):
        return self.book.execute("SELECT count(*) FROM application").fetchone()[0]

    def second_filings(self):
        """How often somebody handed in what was on file already."""
        return self.book.execute("SELECT count(*) FROM attempt").fetchone()[0]

    def order_of_units(self):
        """{unit: [contract in the order of filing]} for units with several applications."""
        units = {}
        for row in self.book.execute("SELECT u.unit, a.contract FROM unit u JOIN application a ON a.id = u.application"
                                     " ORDER BY a.id"):
            units.setdefault(row["unit"], []).append(row["contract"])
        return {unit: contracts for unit, contracts in units.items() if len(contracts) > 1}
