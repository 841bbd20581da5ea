"""Reads one msgpack value of the wire: maps, arrays, text, bytes, integers, booleans.

The demo reads the books of branches and registry itself, and must run where
nothing but Python is installed."""
import struct


def unpack(data):
    value, end = _read(data, 0)
    if end != len(data):
        raise ValueError("bytes behind the value")
    return value


def _number(data, at, form):
    return struct.unpack_from(">" + form, data, at)[0], at + struct.calcsize(form)


def _text(data, at, size):
    return data[at:at + size].decode("utf-8"), at + size


def _array(data, at, count):
    items = []
    for _ in range(count):
        item, at = _read(data, at)
        items.append(item)
    return items, at


def _map(data, at, count):
    flat, at = _array(data, at, 2 * count)
    return dict(zip(flat[::2], flat[1::2])), at


SCALARS = {0xCC: "B", 0xCD: "H", 0xCE: "I", 0xCF: "Q", 0xD0: "b", 0xD1: "h", 0xD2: "i", 0xD3: "q", 0xCA: "f", 0xCB: "d"}
SIZED = {0xC4: ("B", None), 0xC5: ("H", None), 0xC6: ("I", None), 0xD9: ("B", _text), 0xDA: ("H", _text),
         0xDB: ("I", _text), 0xDC: ("H", _array), 0xDD: ("I", _array), 0xDE: ("H", _map), 0xDF: ("I", _map)}


def _read(data, at):
    mark, at = data[at], at + 1
    if mark <= 0x7F:
        return mark, at
    if mark >= 0xE0:
        return mark - 0x100, at
    if mark <= 0x8F:
        return _map(data, at, mark & 0x0F)
    if mark <= 0x9F:
        return _array(data, at, mark & 0x0F)
    if mark <= 0xBF:
        return _text(data, at, mark & 0x1F)
    if mark in (0xC0, 0xC2, 0xC3):
        return {0xC0: None, 0xC2: False, 0xC3: True}[mark], at
    if mark in SCALARS:
        return _number(data, at, SCALARS[mark])
    if mark in SIZED:
        form, reader = SIZED[mark]
        size, at = _number(data, at, form)
        return reader(data, at, size) if reader else (bytes(data[at:at + size]), at + size)
    raise ValueError(f"no such mark: {mark:#x}")
