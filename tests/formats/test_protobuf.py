"""Protocol Buffers against protoc: what it encodes, and what it makes of the same bytes without the message's definition."""

import random
import re
import subprocess

import formats

DEFINITION = """syntax = "proto2";
message Inner { optional string name = 1; optional sint32 zigzag = 2; repeated Inner more = 3; }
message Outer {
  optional int32 a = 1; optional int64 b = 2; optional uint64 c = 3; optional sint64 d = 4; optional bool e = 5;
  optional fixed32 f = 6; optional fixed64 g = 7; optional float h = 8; optional double i = 9; optional string j = 10;
  optional bytes k = 11; optional Inner l = 12; repeated int32 m = 13 [packed = true]; repeated string n = 14;
  optional group O = 15 { optional int32 p = 1; optional Inner q = 2; }
  optional sfixed32 r = 536870911; repeated Inner s = 2047;
}
"""
MESSAGES = {
    "numbers": "a: -5 b: 9223372036854775807 c: 18446744073709551615 d: -3 e: true f: 4294967295 g: 1 h: 1.5 i: -0.1 r: -2",
    "texts": 'j: "text of some length" k: "\\377\\000\\001" n: "one" n: "" n: "three"',
    "messages": 'l { name: "first" zigzag: -1 more { name: "second" more { zigzag: 7 } } more { } } s { zigzag: 1 } s { zigzag: 2 }',
    "packed": "m: 1 m: 300 m: -1 m: 70000",
    "a group": 'O { p: 3 q { name: "in a group" } } a: 9',
}


def encode(folder, text):
    (folder / "a.proto").write_text(DEFINITION)
    return subprocess.run(["protoc", f"--proto_path={folder}", "--encode=Outer", folder / "a.proto"], input=text.encode(), stdout=subprocess.PIPE,
                          check=True).stdout


def decoded_raw(data):
    """The lines of protoc --decode_raw as (number, value), a list where there are fields within; None where it finds no message."""
    result = subprocess.run(["protoc", "--decode_raw"], input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if result.returncode:
        return None
    stack = [[]]
    for line in result.stdout.decode().splitlines():
        line = line.strip()
        begins, value = re.match(r"(\d+) \{", line), re.match(r"(\d+): (.*)", line)
        if begins:
            inner = []
            stack[-1].append((int(begins[1]), inner))
            stack.append(inner)
        elif line == "}":
            stack.pop()
        else:
            stack[-1].append((int(value[1]), value[2]))
    return stack[0]


def unescaped(text):
    """The bytes of a text in C's spelling."""
    simple = {b"n": b"\n", b"r": b"\r", b"t": b"\t"}
    return re.sub(rb"\\([0-7]{3}|.)", lambda m: bytes([int(m[1], 8)]) if len(m[1]) == 3 else simple.get(m[1], m[1]), text[1:-1].encode())


def compare(where, fields, told):
    formats.same(where, [field["number"] for field in fields], [number for number, _ in told])
    for field, (number, wanted) in zip(fields, told):
        place, value = f"{where}.{number}", field["value"]
        if field["wire"] == "group":
            compare(place, value["fields"], wanted)
        elif field["wire"] == "bytes":
            if isinstance(wanted, list):
                compare(place, value["message"]["fields"] if value["length"] else [], wanted)
            else:
                formats.same(place, value["data"], unescaped(wanted).hex())
                formats.same(place, value.get("message"), None)
        else:
            formats.same(place, value if isinstance(value, int) else int(value, 0), int(wanted, 0))


@formats.test_each(MESSAGES)
def protoc_decodes_the_same(folder, name):
    formats.need("protoc")
    data = encode(folder, MESSAGES[name])
    (folder / "a.pb").write_bytes(data)
    fields = formats.dump(folder / "a.pb")["fields"]
    told = decoded_raw(data)
    if name == "packed":  # protoc shows a text where it can't be a message
        formats.same("packed", fields[0]["value"]["length"], len(unescaped(told[0][1])))
    compare("fields", fields, told)


def encoded_varint(number):
    out = b""
    while number > 127:
        out, number = out + bytes([number & 127 | 128]), number >> 7
    return out + bytes([number])


def encoded_field(rng, depth):
    """A field by hand: of its bytes some hold a message, some what could be one and is none."""
    number, wire = rng.choice((1, 2, 15, 16, 2047, 2048, (1 << 29) - 1)), rng.choice((0, 1, 5, 2, 2, 3) if depth else (0, 1, 5))
    key = encoded_varint(number << 3 | wire)
    if wire == 0:
        return key + encoded_varint(rng.choice((0, 1, 127, 128, 1 << 31, (1 << 64) - 1)))
    if wire == 2:
        data = rng.choice((encoded(rng, depth - 1), rng.randbytes(rng.randrange(6)), b"", b"\x0b\x08\0\x14", b"\x08" + b"\xff" * 10 + b"\1"))
        return key + encoded_varint(len(data)) + data
    if wire == 3:
        return key + encoded(rng, depth - 1) + encoded_varint(number << 3 | 4)
    return key + rng.randbytes(8 if wire == 1 else 4)


def encoded(rng, depth):
    return b"".join(encoded_field(rng, depth) for _ in range(rng.randrange(4)))


@formats.test
def random_messages(folder):
    """Half of them have other bytes here and there: what protoc takes for no message is a fault."""
    formats.need("protoc")
    rng, path = random.Random(1), folder / "a.pb"
    refused = 0
    for number in range(200):
        data = bytearray(encoded(rng, 4))
        for _ in range(rng.randrange(3) if data and number % 2 else 0):
            data[rng.randrange(len(data))] = rng.choice((0, 255, rng.randrange(256)))
        path.write_bytes(data)
        told = decoded_raw(bytes(data))
        fields = formats.dump(path, status=4 if told is None else 0)["fields"]
        if told is None:
            refused += 1
        else:
            compare(f"message {number}, {data.hex()}", fields, told)
    if not 20 < refused < 100:
        raise formats.Failed(f"{refused} were refused")


@formats.test_each((9, 10, 11, 400))
def messages_within_messages(folder, depth):
    formats.need("protoc")
    data = b"\x08\1"
    for _ in range(depth):
        data = b"\x12" + encoded_varint(len(data)) + data
    (folder / "a.pb").write_bytes(data)
    compare("fields", formats.dump(folder / "a.pb")["fields"], decoded_raw(data))


DAMAGE = {"a wire type that is not known": b"\x0e\1", "a number that is not allowed": b"\0\1", "cut": b"\x12\5abc", "a number without end": b"\x08" + b"\xff" * 20,
          "a group without end": b"\x0b\x08\1", "a group that another ends": b"\x0b\x08\1\x14", "an end of no group": b"\x0c",
          "a varint of 11 bytes": b"\x08" + b"\xff" * 10 + b"\1", "a key of 6 bytes": b"\x88" + b"\x80" * 4 + b"\0\1", "deep groups": b"\x0b" * 5000}


@formats.test_each(DAMAGE)
def damage_is_told(folder, name):
    formats.need("protoc")
    (folder / "a.pb").write_bytes(DAMAGE[name])
    formats.same("protoc", decoded_raw(DAMAGE[name]), None)
    formats.dump(folder / "a.pb", status=4)


@formats.test
def damage_anywhere(folder):
    formats.need("protoc")
    data = b"".join(encode(folder, MESSAGES[name]) for name in ("numbers", "texts", "messages", "a group"))
    (folder / "a.pb").write_bytes(data)
    whole, at = {0}, 0
    for field in formats.dump(folder / "a.pb")["fields"]:  # a message may end behind any of its fields
        at += length_of(field)
        whole.add(at)
    formats.same("bytes", at, len(data))
    formats.withstand(folder, "protobuf", data, whole=whole)


def varint(number):
    return max(1, (number.bit_length() + 6) // 7)


def length_of(field):
    value, size = field.get("value"), varint(field["key"])
    if field["wire"] == "varint":
        return size + varint(value if isinstance(value, int) else int(value, 0))
    if field["wire"] == "bytes":
        return size + varint(value["length"]) + value["length"]
    if field["wire"] == "group":
        return size + sum(length_of(one) for one in value["fields"]) + varint(value["end"])
    return size + {"fixed32": 4, "fixed64": 8}[field["wire"]]


formats.main()
