"""MessagePack against Python's msgpack, which writes the files, and by hand the forms that it does not choose."""

import datetime
import math
import random
import struct

import formats


def as_python(one, msgpack):
    """What a value stands for, made of the parts that sonde shows."""
    tag, value = one["tag"], one.get("value")
    if tag == "nil":
        return None
    if isinstance(value, str) and tag not in ("uint64", "int64"):
        return value
    if isinstance(value, list):
        if isinstance(tag, int) and tag < 0x90:
            return {as_key(pair["key"], msgpack): as_python(pair["value"], msgpack) for pair in value}
        return [as_python(item, msgpack) for item in value]
    if isinstance(value, dict):
        if "text" in value:
            return value["text"]
        if "items" in value:
            return [as_python(item, msgpack) for item in value["items"]]
        if "pairs" in value:
            return {as_key(pair["key"], msgpack): as_python(pair["value"], msgpack) for pair in value["pairs"]}
        if "extension" in value:
            kind, data = value["extension"]["kind"], value["extension"]["data"]
            return msgpack.Timestamp(data["seconds"], data.get("nanoseconds", 0)) if kind == -1 else msgpack.ExtType(kind, bytes.fromhex(data))
        return bytes.fromhex(value["data"])
    return value


def as_key(one, msgpack):
    key = as_python(one, msgpack)
    return tuple(key) if isinstance(key, list) else key


def compare(path, values, msgpack, **options):
    path.write_bytes(b"".join(msgpack.packb(value, **options) for value in values))
    got = [as_python(one, msgpack) for one in formats.dump(path, "-s", "msgpack")["values"]]
    read = list(msgpack.Unpacker(open(path, "rb"), strict_map_key=False, timestamp=0))
    for shown, wanted in zip(got, read):
        if type(shown) is not type(wanted) or shown != wanted and not (isinstance(shown, float) and math.isnan(wanted)):
            raise formats.Failed(f"{formats.brief(shown)} instead of {formats.brief(wanted)}")
    formats.same("values", len(got), len(read))


@formats.test
def numbers(folder):
    msgpack = formats.module("msgpack")
    edges = [sign * (1 << bits) + add for bits in (0, 4, 5, 7, 8, 15, 16, 31, 32, 63) for sign in (1, -1) for add in (-1, 0, 1)]
    compare(folder / "a", [n for n in edges if -(1 << 63) <= n < 1 << 64] + [(1 << 64) - 1, 0.5, -1e300, True, False, None], msgpack)
    compare(folder / "a", [0.25, -2.0], msgpack, use_single_float=True)


@formats.test
def texts_and_bytes(folder):
    msgpack = formats.module("msgpack")
    compare(folder / "a", ["", "ä", "x" * 31, "x" * 32, "x" * 255, "x" * 256, "x" * 65536, b"", b"\xff" * 255, bytes(256), bytes(65536)], msgpack)


@formats.test
def arrays_and_maps(folder):
    msgpack = formats.module("msgpack")
    compare(folder / "a", [[], list(range(15)), list(range(16)), [0] * 65536, {}, {str(i): i for i in range(15)}, {i: [i] for i in range(16)},
                           {i: None for i in range(65536)}, [[[{"a": [{"b": 1}]}]]]], msgpack)


@formats.test
def extensions_and_times(folder):
    msgpack = formats.module("msgpack")
    compare(folder / "a", [msgpack.ExtType(kind, bytes(size)) for kind in (0, 127) for size in (0, 1, 2, 3, 4, 8, 16, 17, 256, 65536)], msgpack)
    compare(folder / "a", [msgpack.Timestamp(0, 0), msgpack.Timestamp(1700000000, 5), msgpack.Timestamp((1 << 34) - 1, 999999999),
                           msgpack.Timestamp(1 << 34, 1), msgpack.Timestamp(-1, 1)], msgpack)
    compare(folder / "a", [datetime.datetime(2024, 1, 2, 3, 4, 5, 6, datetime.timezone.utc)], msgpack, datetime=True)


def anything(rng, depth=0):
    makers = [lambda: rng.randrange(-(1 << 63), 1 << 64), lambda: rng.randrange(-40, 200), rng.random, lambda: None, lambda: rng.random() < 0.5,
              lambda: "ü" * rng.randrange(40), lambda: rng.randbytes(rng.randrange(40))]
    if depth < 5:
        makers += [lambda: [anything(rng, depth + 1) for _ in range(rng.randrange(6))],
                   lambda: {f"k{i}": anything(rng, depth + 1) for i in range(rng.randrange(6))}] * 2
    return rng.choice(makers)()


@formats.test
def values_within_values(folder):
    msgpack = formats.module("msgpack")
    rng = random.Random(3)
    compare(folder / "a", [anything(rng) for _ in range(300)], msgpack)


@formats.test
def forms_that_are_longer_than_they_need_be(folder):
    msgpack = formats.module("msgpack")
    data = b"\xcf" + struct.pack(">Q", 5) + b"\xd3" + struct.pack(">q", -5) + b"\xdb\0\0\0\1x" + b"\xdd\0\0\0\1\xc0" + b"\xdf\0\0\0\1\1\2" + b"\xc6\0\0\0\1y"
    (folder / "a").write_bytes(data)
    got = [as_python(one, msgpack) for one in formats.dump(folder / "a", "-s", "msgpack")["values"]]
    formats.same("values", got[:4] + [repr(value) for value in got[4:]], [5, -5, "x", [None], "{1: 2}", "b'y'"])


DAMAGE = {"what is never used": b"\xc1", "cut": b"\xcd\1", "more elements than there are": b"\xdd\xff\xff\xff\xff\1", "a long text": b"\xdb\xff\xff\xff\xffx",
          "deep": b"\x91" * 5000, "a map without values": b"\x81\1"}


@formats.test_each(DAMAGE)
def damage_is_told(folder, name):
    (folder / "a").write_bytes(DAMAGE[name])
    formats.dump(folder / "a", "-s", "msgpack", status=4)


@formats.test
def damage_anywhere(folder):
    msgpack = formats.module("msgpack")
    formats.withstand(folder, "msgpack", msgpack.packb({"text": "ä" * 40, "list": [1, 1000, -70000, 0.5, None, True], "bytes": bytes(20),
                                                        "times": [msgpack.Timestamp(5, 6), msgpack.ExtType(5, b"12345")]}), whole={0})


formats.main()
