"""Reads a file of exported journal records as docs/replay.md describes it, and unseals the bodies with the keys of the
days: nothing of OneVisit's own code, only libcrypto."""
import ctypes
import hashlib
import os
import struct

HEADER_SIZE, FRAME_SIZE, RECORD_HEADER_SIZE, TAG_SIZE = 76, 21, 104, 16
CRYPTO = ctypes.CDLL("libcrypto.so.3")
CRYPTO.EVP_CIPHER_CTX_new.restype = CRYPTO.EVP_aes_256_gcm.restype = ctypes.c_void_p
SET_TAG = 0x11


def unseal(key, nonce, clear, sealed, tag):
    """AES-256-GCM; ValueError when anything of it is not what was sealed."""
    context = ctypes.c_void_p(CRYPTO.EVP_CIPHER_CTX_new())
    out, size = ctypes.create_string_buffer(len(sealed) + 16), ctypes.c_int()
    try:
        is_good = (CRYPTO.EVP_DecryptInit_ex(context, ctypes.c_void_p(CRYPTO.EVP_aes_256_gcm()), None, key, nonce) == 1
                   and CRYPTO.EVP_DecryptUpdate(context, None, ctypes.byref(size), clear, len(clear)) == 1
                   and CRYPTO.EVP_DecryptUpdate(context, out, ctypes.byref(size), sealed, len(sealed)) == 1
                   and CRYPTO.EVP_CIPHER_CTX_ctrl(context, SET_TAG, len(tag), tag) == 1
                   and CRYPTO.EVP_DecryptFinal_ex(context, None, ctypes.byref(ctypes.c_int())) == 1)
    finally:
        CRYPTO.EVP_CIPHER_CTX_free(context)
    if not is_good:
        raise ValueError("the key of the day does not open it")
    return out.raw[:len(sealed)]


class Record:
    """One record as it is stored; `frames` is the message as it came."""

    def __init__(self, stored):
        self.stored = stored
        chunk_count, sender_size, state_size = stored[4], stored[5], stored[6]
        self.sequence, self.time = struct.unpack_from(">Qq", stored, 8)
        self.previous, self.day = stored[32:64], struct.unpack_from(">I", stored, 64)[0]
        self.nonce = stored[68:80]
        envelope_size, *part_sizes = struct.unpack_from(f">I{1 + chunk_count}I", stored, 80)
        self.part_sizes = part_sizes
        at = RECORD_HEADER_SIZE + sender_size
        self.sender = stored[RECORD_HEADER_SIZE:at].decode()
        self.state = stored[at:at + state_size].decode()
        at += state_size
        self.envelope = stored[at:at + envelope_size]
        self.clear = stored[:at + envelope_size]
        self.sealed = stored[at + envelope_size:-4]
        self.chain = hashlib.new("sm3", stored).digest()

    def frames(self, keys):
        with open(os.path.join(keys, f"day-{self.day:08}"), "rb") as file:
            key = file.read()[8:40]
        plain = unseal(key, self.nonce, self.clear, self.sealed[:-TAG_SIZE], self.sealed[-TAG_SIZE:])
        frames = [self.envelope]
        for size in self.part_sizes:
            frames.append(plain[:size])
            plain = plain[size:]
        return frames


def records_of(path):
    """All records of the file; the chain is followed where no record is left out."""
    with open(path, "rb") as file:
        data = file.read()
    if data[:8] != b"OVJRNL01":
        raise ValueError("no file of journal records")
    at, records = HEADER_SIZE, []
    while True:
        tag, first, second, _ = struct.unpack_from(">cQQI", data, at)
        at += FRAME_SIZE
        if tag == b"E":
            break
        if tag == b"R":
            record = Record(data[at:at + second])
            at += second
            if records and records[-1].sequence == first - 1 and record.previous != records[-1].chain:
                raise ValueError(f"record {first} does not follow the one before it")
            records.append(record)
    if (first, len(data)) != (len(records), at + 64):
        raise ValueError("the end is not where it should be")
    return records
