"""MessagePack against Python's msgpack: random values within values, each form of the specification, what is damaged."""

import datetime
import math
import random
import struct

import formats

INTEGERS = [sign * (1 << power) + more for power in (0, 4, 5, 7, 8, 15, 16, 31, 32) for sign in (-1, 1) for more in (-1, 0, 1)]
INTEGERS += [(1 << 63) - 1, 1 << 63, (1 << 64) - 1, -(1 << 63)]
TEXT = "aä€😀\n\"\\ \x7f"


def extension(shown):
    """Type and data of an extension."""
    if "seconds" not in shown:
        return shown["type"], bytes.fromhex(shown["data"])
    nanoseconds = shown.get("nanoseconds")
    if nanoseconds is None:
        return shown["type"], struct.pack(">I", shown["seconds"])
    return shown["type"], nanoseconds, shown["seconds"]


def values(shown):
    """What sonde shows of a value, as Python has it. Maps are lists of pairs, for they may have any keys."""
    form, value = shown["format"], shown.get("value")
    if 0x80 <= form <= 0x8f or form in (0xde, 0xdf):
        return "map", [(values(pair["key"]), values(pair["value"])) for pair in value]
    if 0x90 <= form <= 0x9f or form in (0xdc, 0xdd):
        return "array", [values(one) for one in value]
    if form in (0xc4, 0xc5, 0xc6):
        return bytes.fromhex(value)
    if form in (0xc7, 0xc8, 0xc9) or 0xd4 <= form <= 0xd8:
        return "extension", extension(value)
    if form == 0xca:
        return struct.unpack(">f", struct.pack(">f", float(value)))[0]  # the shortest digits of a float stand for that float
    return float(value) if form == 0xcb else value


def told(value, msgpack):
    """The same of what Python's msgpack reads."""
    if isinstance(value, Pairs):
        return "map", [(told(key, msgpack), told(one, msgpack)) for key, one in value.pairs]
    if isinstance(value, (list, tuple)) and not isinstance(value, msgpack.ExtType):
        return "array", [told(one, msgpack) for one in value]
    if isinstance(value, msgpack.ExtType):
        return "extension", (value.code, value.data)
    if isinstance(value, msgpack.Timestamp):
        if value.nanoseconds == 0 and 0 <= value.seconds < 1 << 32:
            return "extension", (-1, struct.pack(">I", value.seconds))
        return "extension", (-1, value.nanoseconds, value.seconds)
    return value


class Pairs:
    def __init__(self, pairs):
        self.pairs = list(pairs)


def alike(where, got, wanted):
    if isinstance(wanted, (tuple, list)):
        if type(got) is not type(wanted) or len(got) != len(wanted):
            raise formats.Failed(f"{where}: {got!r} instead of {wanted!r}"[:400])
        for index, (one, other) in enumerate(zip(got, wanted)):
            alike(f"{where}[{index}]", one, other)
    elif repr(got) != repr(wanted):  # of which -0.0 and NaN are like themselves only
        raise formats.Failed(f"{where}: {got!r} instead of {wanted!r}"[:400])


def unpacked(msgpack, data):
    """The values of a stream, as Python's msgpack reads them."""
    reader = msgpack.Unpacker(object_pairs_hook=Pairs, strict_map_key=False, raw=False, timestamp=0)
    reader.feed(data)
    return [told(value, msgpack) for value in reader]


def compare(folder, data):
    msgpack = formats.module("msgpack")
    path = folder / "a.msgpack"
    path.write_bytes(data)
    shown = formats.dump(path, "-s", "msgpack")
    alike("values", [values(value) for value in shown["values"]], unpacked(msgpack, data))
    return shown["values"]


def scalar(rng, msgpack):
    kind = rng.randrange(9)
    if kind == 0:
        return rng.choice((None, False, True))
    if kind in (1, 2):
        return rng.choice(INTEGERS)
    if kind == 3:
        return rng.choice((rng.uniform(-1e6, 1e6), 0.1, -0.0, 5e-324, 1.7976931348623157e308, math.inf, -math.inf, math.nan))
    if kind in (4, 5):
        return "".join(rng.choice(TEXT) for _ in range(rng.choice((0, 1, 7, 12, 31, 32, 80, 300))))
    if kind == 6:
        return rng.randbytes(rng.choice((0, 1, 255, 256)))
    if kind == 7:
        return msgpack.ExtType(rng.randrange(128), rng.randbytes(rng.choice((0, 1, 2, 3, 4, 8, 12, 16, 17, 255, 256))))
    return msgpack.Timestamp(rng.choice((0, 1, (1 << 32) - 1, 1 << 32, (1 << 34) - 1, 1 << 34, -1, -(1 << 40))), rng.choice((0, 1, 999_999_999)))


def nested(rng, msgpack, depth):
    if depth == 0 or rng.randrange(3) == 0:
        return scalar(rng, msgpack)
    size = rng.choice((0, 1, 2, 3, 15, 16, 20)) if depth < 3 else rng.randrange(6)
    if rng.randrange(2):
        return [nested(rng, msgpack, depth - 1) for _ in range(size)]
    return {rng.choice((str(index), index, -index - 1)): nested(rng, msgpack, depth - 1) for index in range(size)}


@formats.test
def random_values(folder):
    msgpack = formats.module("msgpack")
    rng = random.Random(7)
    for _ in range(60):
        stream = [nested(rng, msgpack, rng.randrange(5)) for _ in range(rng.randrange(1, 4))]
        compare(folder, b"".join(msgpack.packb(value, use_single_float=rng.randrange(2) == 0) for value in stream))


# By hand from the specification's table: of each form the bytes of one value.
FORMS = {
    "positive fixint": "00 7f", "negative fixint": "e0 ff", "fixmap": "80 81 01 02", "fixarray": "90 92 01 02", "fixstr": "a0 a2 6162",
    "nil": "c0", "false": "c2", "true": "c3", "bin 8": "c4 02 0001", "bin 16": "c5 0002 0001", "bin 32": "c6 00000002 0001",
    "ext 8": "c7 03 05 010203", "ext 16": "c8 0003 05 010203", "ext 32": "c9 00000003 05 010203", "float 32": "ca 3f800000 ca 7f7fffff ca 3dcccccd",
    "float 64": "cb 3ff0000000000000", "uint 8": "cc ff cc 00", "uint 16": "cd ffff cd 0001", "uint 32": "ce ffffffff", "uint 64": "cf ffffffffffffffff",
    "int 8": "d0 80 d0 01", "int 16": "d1 8000", "int 32": "d2 80000000", "int 64": "d3 8000000000000000", "fixext 1": "d4 05 01",
    "fixext 2": "d5 05 0102", "fixext 4": "d6 05 01020304", "fixext 8": "d7 05 0102030405060708", "fixext 16": "d8 05" + "0102" * 8,
    "str 8": "d9 02 6162", "str 16": "da 0002 6162", "str 32": "db 00000002 6162", "array 16": "dc 0002 0102", "array 32": "dd 00000002 01 02",
    "map 16": "de 0001 01 02", "map 32": "df 00000001 01 c0", "timestamp 32": "d6ff 00000001", "timestamp 64": "d7ff 00000007 00000000",
    "timestamp 96": "c70cff 3b9ac9ff ffffffffffffffff",
}


@formats.test_each(FORMS)
def each_form(folder, name):
    compare(folder, bytes.fromhex(FORMS[name]))


@formats.test
def many(folder):
    msgpack = formats.module("msgpack")
    compare(folder, msgpack.packb(list(range(70000))) + msgpack.packb({index: index for index in range(66000)}) + msgpack.packb("a" * 70000))


@formats.test
def times(folder):
    msgpack = formats.module("msgpack")
    moments = [datetime.datetime(year, 3, 1, 12, 30, 15, 250000, datetime.timezone.utc) for year in (1969, 1970, 2026, 2600)]
    shown = compare(folder, b"".join(msgpack.packb(moment, datetime=True) for moment in moments))
    for value, moment in zip(shown, moments):
        got = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc) + datetime.timedelta(
            seconds=value["value"]["seconds"], microseconds=value["value"]["nanoseconds"] // 1000)
        formats.same("moment", got.isoformat(), moment.isoformat())


DAMAGE = {
    "the byte that is never used": ("01 c1 02", 4), "a string that is cut": ("a3 6162", 4), "a length that is cut": ("db 0000", 4),
    "a map without its last value": ("81 01", 4), "more elements than bytes": ("dd ffffffff 01", 4), "a string longer than anything": ("db ffffffff", 4),
    "an extension of nothing": ("c7 00 05", 0), "text that is none": ("a2 ff61", 1), "too many nanoseconds": ("c70cff 3b9aca00 0000000000000000", 1),
    "deep": ("91" * 5000, 4), "deep maps": ("81" * 5000, 4), "many empty ones": ("dd ffffffff" + "90" * 1000, 4),
}


@formats.test_each(DAMAGE)
def damage_is_told(folder, name):
    data, status = DAMAGE[name]
    (folder / "a.msgpack").write_bytes(bytes.fromhex(data))
    formats.dump(folder / "a.msgpack", "-s", "msgpack", status=status)


@formats.test
def damage_anywhere(folder):
    msgpack = formats.module("msgpack")
    data = msgpack.packb({"a": [1, 300, 1.5, "text", b"bytes"], "time": msgpack.Timestamp(1, 2), 3: {"b": msgpack.ExtType(5, b"abc")}, "c": [None, True]})
    formats.withstand(folder, "msgpack", data, whole={0})


formats.main()
