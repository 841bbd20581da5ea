"""Scanned files of the demo and the tests: small pictures of noise, made here."""
import json
import os
import random
import struct
import zlib

SCANNED_OF = 25  # one in so many applications of the demo carries a file
SCAN_SIZE = 4096


def png(grey):
    """A picture of these grey dots, 1024 a row, which packs no smaller than it is."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + grey[place:place + 1024] for place in range(0, len(grey), 1024))
    head = struct.pack(">IIBBBBB", 1024, len(grey) // 1024, 8, 0, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 0)) +
            chunk(b"IEND", b""))


def scan(line, folder, name):
    """The application, whose first material now names a file in the folder."""
    form = json.loads(line)
    seed = zlib.crc32(name.encode())
    with open(os.path.join(folder, name), "wb") as file:
        file.write(png(random.Random(seed).randbytes(SCAN_SIZE)))
    material = form["materials"][0]
    for key in ("sm3", "size", "mime"):
        material.pop(key, None)
    material.update(file=name, pages=1)
    return json.dumps(form, ensure_ascii=False).encode() + b"\n"


def scan_some(lines, folder, branch, spared):
    """Every SCANNED_OF-th line but those spared gets a file."""
    os.makedirs(folder, exist_ok=True)
    return [scan(line, folder, f"{branch[2:]}-{index}.png")
            if index % SCANNED_OF == 0 and index not in spared and json.loads(line)["materials"] else line
            for index, line in enumerate(lines)]
