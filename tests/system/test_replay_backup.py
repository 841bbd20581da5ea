"""A running broker is backed up, again and again; a backup becomes a broker's
folder again; and what is not as it was written is found."""
import json
import os
import shutil
import subprocess
import unittest

from base import BUILD, SystemTest


def read(path):
    with open(path, "rb") as file:
        return file.read()


class BackupTest(SystemTest):
    def path(self, *names):
        return self.house.path(*names)

    def backup(self, *more):
        return self.house.operator("backup", self.path("backups"), "--reason", "每日备份", *more)

    def offline(self, *words):
        return subprocess.run([os.path.join(BUILD, "bin", "onevisit"), *words], capture_output=True, text=True, timeout=60)

    def restore(self, *more):
        return self.offline("restore", self.path("backups"), "--data", self.path("restored"), "--keys",
                            self.path("broker", "keys"), *more)

    def said(self, done, code):
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def names(self):
        return sorted(os.listdir(self.path("backups")))

    def files(self, name, ending):
        folder = self.path("backups", name, "db")
        return [os.path.join(folder, file) for file in sorted(os.listdir(folder)) if file.endswith(ending)]

    def test_backups_of_a_running_broker_share_their_tables_and_any_can_be_restored(self):
        self.start_all()
        self.submit(self.forms(4))
        self.wait_until_ended(4)
        first = json.loads(self.said(self.backup(), 0))
        self.submit(self.forms(5))
        self.wait_until_ended(9)
        agents = [process for name, process in self.house.processes.items() if name != "broker"]
        for process in agents:
            process.stop()
        second = json.loads(self.said(self.backup("--keep", "2"), 0))
        self.assertGreater(second["sequence"], first["sequence"])
        self.assertGreater(second["linked_bytes"], 0, "what the first one has is not copied again")
        self.assertEqual(len(self.names()), 2)
        health = json.loads(self.house.operator("health").stdout)
        self.assertEqual(health["backup"], second["sequence"])
        self.assertFalse(os.path.exists(self.path("broker", "snapshot")), "the snapshot is gone once it was copied")
        self.assertIn("as it was backed up", self.said(self.offline("backup", self.path("backups"), "--check"), 0))

        # Any of them, whole, with rows and journal as the broker's own code makes them.
        done = json.loads(self.said(self.restore("--at", str(first["sequence"]), "--json"), 0))
        self.assertEqual(done["sequence"], first["sequence"])
        self.said(self.offline("replay", "verify", "--data", self.path("restored")), 0)
        self.assertIn("is not empty", self.said(self.restore(), 2))
        shutil.rmtree(self.path("restored"))

        # The machine is lost, its disk for HEAD is not: the newest backup takes its place, and the work goes on.
        self.house.processes["broker"].stop()
        self.assertIn("records are not there", self.said(self.restore("--head", self.path("head")), 0))
        for name in ("broker", "head"):
            shutil.rmtree(self.path(name))
        os.rename(self.path("restored"), self.path("broker"))
        os.rename(self.path("broker", "head"), self.path("head"))
        self.start_all()
        self.submit(self.forms(2))
        self.wait_until_ended(11)
        self.said(self.backup("--keep", "1"), 0)
        self.assertEqual(len(self.names()), 1)
        self.assert_both_sides_agree(11)

    def test_a_file_that_is_not_as_it_was_written_is_found_and_nothing_half_is_left(self):
        self.start_broker()
        self.said(self.backup(), 0)
        name = self.names()[0]
        table = self.files(name, ".sst")[0]
        whole = read(table)
        keys = self.path("broker", "keys")
        for what, bytes_ in (("flipped", whole[:40] + bytes([whole[40] ^ 1]) + whole[41:]), ("cut", whole[:-1]), ("empty", b"")):
            with self.subTest(what):
                with open(table, "wb") as file:
                    file.write(bytes_)
                self.assertIn("is not the file that was backed up", self.said(self.restore(), 4))
                self.assertIn("is not the file that was backed up",
                              self.said(self.offline("backup", self.path("backups"), "--check"), 4))
                self.assertFalse(os.path.exists(self.path("restored")) or os.path.exists(self.path("restored.new")))
        os.remove(table)
        self.said(self.restore(), 4)
        with open(table, "wb") as file:
            file.write(whole)

        about = self.path("backups", name, "backup.json")
        text = read(about).decode()
        for what, changed, code, sentence in (
                ("newer", text.replace('"format": 1', '"format": 2'), 4, "newer program"),
                ("cut", text[:40], 4, "line"),
                ("no backup", "{}", 4, "not what a backup says"),
                ("climbs out", text.replace("db/CURRENT", "../CURRENT"), 4, "cannot be of a backup")):
            with self.subTest(what):
                with open(about, "w", encoding="utf-8") as file:
                    file.write(changed)
                self.assertIn(sentence, self.said(self.restore(), code))
        with open(about, "w", encoding="utf-8") as file:
            file.write(text)

        self.assertIn("no backup there ends at record 999", self.said(self.restore("--at", "999"), 1))
        day = next(key for key in os.listdir(keys) if key.startswith("day-"))
        os.rename(os.path.join(keys, day), self.path("a-key"))
        self.assertIn(day, self.said(self.restore(), 1))
        self.assertFalse(os.path.exists(self.path("restored")))
        self.said(self.restore("--accept-missing-keys"), 0)
        os.rename(self.path("a-key"), os.path.join(keys, day))

    def test_a_backup_into_a_folder_of_another_broker_is_refused(self):
        self.start_broker()
        self.said(self.backup(), 0)
        about = self.path("backups", self.names()[0], "backup.json")
        text = json.loads(read(about))
        text["broker"] = "00" * 16
        with open(about, "w", encoding="utf-8") as file:
            json.dump(text, file)
        self.assertIn("another broker", self.said(self.backup(), 4))
        self.assertEqual(len(self.names()), 1, "nothing half is left")


if __name__ == "__main__":
    unittest.main()
