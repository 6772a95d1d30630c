"""Protocol Buffers against protoc: what it encodes, and what it makes of the same bytes without the message's definition."""

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
    """The lines of protoc --decode_raw as (number, value), a list where there are fields within."""
    result = subprocess.run(["protoc", "--decode_raw"], input=data, stdout=subprocess.PIPE, check=True).stdout.decode()
    stack = [[]]
    for line in result.splitlines():
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
    fields = [field for field in fields if field["wire"] != "end_group"]
    formats.same(where, [field["number"] for field in fields], [number for number, _ in told])
    for field, (number, wanted) in zip(fields, told):
        place, value = f"{where}.{number}", field["value"]
        if field["wire"] == "group":
            compare(place, value, wanted)
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


DAMAGE = {"a wire type that is not known": b"\x0e\1", "a number that is not allowed": b"\0\1", "cut": b"\x12\5abc", "a number without end": b"\x08" + b"\xff" * 20,
          "a group without end": b"\x0b\x08\1"}


@formats.test_each(DAMAGE)
def damage_is_told(folder, name):
    (folder / "a.pb").write_bytes(DAMAGE[name])
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
        return size + sum(length_of(one) for one in value)
    return size + {"fixed32": 4, "fixed64": 8, "end_group": 0}[field["wire"]]


formats.main()
