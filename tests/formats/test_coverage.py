"""Coverage against files that are laid out by hand, sets of bytes worked out here, and what zipfile, readelf and SQLite say."""

import collections
import contextlib
import io
import json
import os
import random
import re
import sqlite3
import struct
import subprocess
import zipfile
import zlib

import formats


def coverage(*arguments, status=0):
    """What coverage says as JSON; the status is checked."""
    command = [os.environ["SONDE"], "coverage", "--json", *map(str, arguments)]
    result = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=formats.SECONDS)
    if result.returncode != status:
        raise formats.Failed(f"{command}: status {result.returncode}, not {status}: {formats.told(result.stderr)}")
    return json.loads(result.stdout)


def listed(value):
    """Tuples as JSON has them."""
    if isinstance(value, dict):
        return {key: listed(item) for key, item in value.items()}
    return [listed(item) for item in value] if isinstance(value, (list, tuple)) else value


def same(where, got, wanted):
    formats.same(where, listed(got), wanted)


def write(folder, name, data):
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def gaps_of(file):
    return [(gap["offset"], gap["size"]) for gap in file["gaps"]]


def adds_up(file):
    """What must hold of any file."""
    same("sum", file["described"] + file["stepped_over"] + file["gap_bytes"], file["size"])
    end = -1
    for gap in file["gaps"]:
        if gap["offset"] <= end or gap["size"] < 1 or gap["offset"] + gap["size"] > file["size"]:
            raise formats.Failed(f"a gap that can't be: {gap}")
        end = gap["offset"] + gap["size"]
    if file["gap_count"] == len(file["gaps"]):
        same("gaps", sum(gap["size"] for gap in file["gaps"]), file["gap_bytes"])


def complement(ranges, size):
    """The stretches of 0 … size that no range covers."""
    gaps, at = [], 0
    for start, end in sorted(ranges):
        if start > at:
            gaps.append((at, start - at))
        at = max(at, end)
    return gaps + ([(at, size - at)] if at < size else [])


LAYOUT = """endian little;
struct layout {
    magic "LAY!";
    uint16 length;
    uint16 : 16;
    align 16;
    byte head[4];
    skip 4;
    union { uint32 whole; uint16 half; byte bytes[6]; } number;
    struct { uint8 a; uint8 b; } inner sized 8;
    uint8 tail @ 44;
    uint16 late @ 40;
    uint16 low @ 41;
    byte raw[4] @ 48;
    struct { uint8 x; uint16 y; } view from raw;
}
"""


@formats.test
def a_layout_by_hand(folder):
    #  0 magic, 4 length, 6 pad, 8 align … 16 head, 20 skip … 24 number (6 bytes) 30 inner: a, b, then a gap of 6 (32 … 38)
    # 38 … 40 gap, 40 late (2), 41 low (2): 41 overlaps, 43 gap, 44 tail, 45 … 48 gap, 48 raw (4), of which view is a view; 52 … 60
    data = bytes(range(1, 33)) + bytes(6) + bytes(range(64, 86))
    data = b"LAY!" + data[4:]
    file = coverage("-s", write(folder, "layout.sonde", LAYOUT), write(folder, "layout.bin", data))["files"][0]
    adds_up(file)
    same("size", file["size"], 60)
    same("described", file["described"], 4 + 2 + 4 + 6 + 2 + 3 + 1 + 4)
    same("stepped over", file["stepped_over"], 2 + 8 + 4)
    same("gaps", gaps_of(file), [(32, 8), (43, 1), (45, 3), (52, 8)])
    first = file["gaps"][0]
    same("the first gap", first, {"behind": "inner.b", "before": "late", "zero": False, "first": data[32:40].hex(), "fault": False})
    same("the second gap", file["gaps"][1], {"behind": "low", "before": "tail"})
    same("overlaps", file["overlaps"], [{"offset": 41, "size": 1, "fields": 2, "paths": ["late", "low"]}])


BITS = """endian big;
struct bits {
    uint8 a : 3;
    uint8 b : 2;
    uint8 c @ 1;
    uint8 d : 4 @ 1;
    uint8 e @ 3;
}
"""


@formats.test
def bits_of_a_byte(folder):
    # a and b share a byte and do not overlap; c and d do, in 4 bits
    file = coverage("-s", write(folder, "bits.sonde", BITS), write(folder, "bits.bin", bytes(5)))["files"][0]
    same("described", file["described"], 3)
    same("gaps", [(gap["offset"], gap["size"], gap["zero"]) for gap in file["gaps"]], [(2, 1, True), (4, 1, True)])
    same("overlaps", file["overlaps"], [{"offset": 1, "size": 1, "bit": 0, "bits": 4, "paths": ["c", "d"]}])


@formats.test_each([str(seed) for seed in range(12)])
def places_at_random(folder, seed):
    rng = random.Random(int(seed))
    size = rng.choice([40, 300, 5000])
    fields, lines = [], []
    for index in range(rng.choice([1, 5, 40])):
        start = rng.randrange(size)
        length = min(rng.choice([1, 2, 7, 64]), size - start)
        fields.append((start, start + length))
        lines.append(f"    byte f{index}[{length}] @ {start};")
    schema = "struct places {\n" + "\n".join(lines) + "\n}\n"
    data = rng.randbytes(size)
    file = coverage("-s", write(folder, "places.sonde", schema), write(folder, "places.bin", data))["files"][0]
    adds_up(file)
    times = collections.Counter(at for start, end in fields for at in range(start, end))
    same("described", file["described"], len(times))
    same("gaps", gaps_of(file), complement(fields, size))
    twice = {at for at, n in times.items() if n > 1}
    got = set()
    for overlap in file["overlaps"]:
        stretch = set(range(overlap["offset"], overlap["offset"] + overlap["size"]))
        same("apart", bool(got & stretch), False)
        got |= stretch
        in_it = [f"f{i}" for i, (start, end) in enumerate(fields) if start < max(stretch) + 1 and end > min(stretch)]
        same("fields", (overlap["fields"], overlap["paths"]), (len(in_it), in_it[:4]))
    same("overlaps", got, twice)
    for gap in file["gaps"]:
        around = {"behind": {f"f{i}" for i, (_, end) in enumerate(fields) if end == gap["offset"]},
                  "before": {f"f{i}" for i, (start, _) in enumerate(fields) if start == gap["offset"] + gap["size"]}}
        for side, names in around.items():
            same(side, gap.get(side) in names if names else gap.get(side), True if names else None)
        stretch = data[gap["offset"]:gap["offset"] + gap["size"]]
        same("zero", gap["zero"], not any(stretch))
        same("first", gap["first"], stretch[:16].hex())


RECORDS = """endian little;
enum kind : uint16 { none = 0, one = 1, two = 2, far = 500, unseen = 9 }
flags marks : uint8 { red = 1, green = 2, blue = 4, pair = 24 }
struct record {
    kind kind;
    marks marks;
    uint8 level require $ <= 200;
    uint16 : 16;
    struct { kind again; uint16 rest; } inner;
}
struct records {
    uint32 count;
    record all[count];
}
"""


def of(schema, what, name, **more):
    """The one entry of that name."""
    found = [entry for entry in schema[what] if entry["name"] == name and all(entry.get(k) == v for k, v in more.items())]
    same(f"how many {name}", len(found), 1)
    return found[0]


@formats.test_each(["10", "3000"])
def values_of_records(folder, count):
    rng = random.Random(count)
    rows = [(rng.choice([0, 1, 2, 500, 7, 65535]), rng.choice([0, 1, 3, 4, 24, 8, 130]), rng.randrange(201), rng.choice([0, 1, 300]))
            for _ in range(int(count))]
    data = struct.pack("<I", len(rows)) + b"".join(struct.pack("<HBB2xHH", kind, marks, level, again, 0) for kind, marks, level, again in rows)
    said = coverage("-s", write(folder, "records.sonde", RECORDS), write(folder, "records.bin", data + b"\1"))
    file, schema = said["files"][0], said["schemas"][0]
    adds_up(file)
    same("bytes", (file["described"], file["stepped_over"], gaps_of(file)), (4 + 8 * len(rows), 2 * len(rows), [(len(data), 1)]))
    same("behind", file["gaps"][0]["behind"].startswith(f"all[{len(rows) - 1}]"), True)
    values = collections.Counter(row[0] for row in rows) + collections.Counter(row[3] for row in rows)
    kind = of(schema, "enums", "kind")
    same("names", {name["name"]: name["met"] for name in kind["names"]},
                 {"none": values[0], "one": values[1], "two": values[2], "far": values[500], "unseen": 0})
    same("others", {odd["value"]: odd["met"] for odd in kind["unnamed"]},
                 {value: n for value, n in values.items() if value not in (0, 1, 2, 500)})
    marks = [row[1] for row in rows]
    flags = of(schema, "enums", "marks")
    same("flags", {name["name"]: name["met"] for name in flags["names"]},
                 {name: sum(m & mask == mask for m in marks) for name, mask in (("red", 1), ("green", 2), ("blue", 4), ("pair", 24))})
    bits = collections.Counter()
    for mark in marks:
        left = mark & ~7 & ~(24 if mark & 24 == 24 else 0)
        bits.update(1 << bit for bit in range(8) if left >> bit & 1)
    same("other bits", {odd["value"]: odd["met"] for odd in flags["unnamed"]}, dict(bits))
    same("first", kind["unnamed"][0]["path"].startswith("all["), True)
    for name in ("kind", "marks", "level", "inner"):
        same(name, of(schema, "fields", name, struct="record")["met"], len(rows))
    same("again", of(schema, "fields", "again")["met"], len(rows))
    same("structs", of(schema, "structs", "record")["met"], len(rows))
    same("checks", [(check["tested"], check["failed"]) for check in schema["checks"]], [(len(rows), 0)])


BRANCHES = """enum kind : uint8 { a = 1, b = 2, c = 3 }
struct never { uint8 x; if (x > 1) { uint8 y; } }
struct entry {
    kind kind;
    if (kind == a) {
        uint8 first;
    } else {
        uint8 second = 5;
    }
    uint8 third when kind == b;
    switch (kind) body {
        a: uint8;
        2..3: { uint8 low; check low < 10 : "low enough"; }
        77: never;
    }
    let odd = kind in { 1, 3 };
    check kind != 9;
}
struct branches { entry entries[]; }
"""


@formats.test
def branches_and_checks(folder):
    # kind, first or second, third of kind 2 alone, body of 1 to 3
    data = bytes([1, 7, 8]) + bytes([2, 5, 6, 11]) + bytes([2, 6, 6, 9]) + bytes([9, 5])
    write(folder, "branches.sonde", BRANCHES)
    said = coverage("-s", folder / "branches.sonde", write(folder, "one.bin", data), write(folder, "two.bin", data[:3]), status=1)
    schema = said["schemas"][0]
    same("files", (schema["files"], schema["size"], schema["described"]), (2, 16, 16))
    met = collections.Counter()
    for branch in schema["branches"]:
        met[branch["kind"], branch.get("field", ""), branch["text"]] = branch["met"]
    same("branches", dict(met), {
        ("if", "", "kind == a"): 2, ("else", "", "kind == a"): 3,
        ("present", "third", "kind == b"): 2, ("absent", "third", "kind == b"): 3,
        ("case", "body", "a"): 2, ("case", "body", "2..3"): 2, ("case", "body", "77"): 0, ("no case", "body", "kind"): 1,
        ("if", "", "x > 1"): 0, ("else", "", "x > 1"): 0})
    same("fields", {(field.get("struct"), field["name"]): field["met"] for field in schema["fields"]}, {
        ("never", "x"): 0, ("never", "y"): 0, ("entry", "kind"): 5, ("entry", "first"): 2, ("entry", "second"): 3,
        ("entry", "third"): 2, ("entry", "body"): 4, ("entry", "odd"): 5, ("branches", "entries"): 2, ("entry.body", "low"): 2})
    same("names", {name["name"]: name["met"] for name in of(schema, "enums", "kind")["names"]}, {"a": 2, "b": 2, "c": 0})
    same("unnamed", of(schema, "enums", "kind")["unnamed"],
                 [{"value": 9, "met": 1, "file": str(folder / "one.bin"), "path": "entries[3].kind"}])
    same("checks", {check["text"]: (check["tested"], check["failed"]) for check in schema["checks"]},
                 {"5": (3, 1), "low < 10": (2, 1), "kind != 9": (5, 1)})
    lines = BRANCHES.splitlines()
    for what, text in (("fields", "uint8 first"), ("structs", "struct never")):
        name = text.split()[-1]
        same(f"line of {name}", lines[of(schema, what, name)["line"] - 1].strip().startswith(text), True)
    sums = schema["sums"]
    same("sums", {what: (sums[what]["met"], sums[what]["all"]) for what in sums}, {
        "structs": (3, 4), "fields": (8, 10), "names": (2, 3), "branches": (6, 9), "checks": (3, 3), "all": (22, 29)})


@formats.test
def what_transforms_made(folder):
    schema = "struct made {\n    uint8 n;\n    byte packed[n];\n" \
             "    struct { uint8 a; skip 2; uint8 b; } inner from zlib(packed);\n}\n"
    packed = zlib.compress(b"abcdefgh")
    file = coverage("-s", write(folder, "made.sonde", schema), write(folder, "made.bin", bytes([len(packed)]) + packed))["files"][0]
    same("file", (file["described"], file["gap_count"]), (1 + len(packed), 0))
    same("made", file["made"], {"count": 1, "size": 8, "described": 2})
    space = file["made"]["spaces"][0]
    same("space", space, {"by": "zlib", "path": "inner", "size": 8, "described": 2, "stepped_over": 2})
    same("gaps", [(gap["offset"], gap["size"], gap["first"], gap.get("behind")) for gap in space["gaps"]],
                 [(4, 4, b"efgh".hex(), "inner.b")])


@formats.test
def an_archive_with_bytes_in_between(folder):
    made = io.BytesIO()
    prefix = b"#!/bin/sh\nexit\n"
    made.write(prefix)
    with zipfile.ZipFile(made, "a") as archive:
        archive.writestr("one.txt", b"one" * 50, zipfile.ZIP_DEFLATED)
        archive.writestr("two.txt", b"two")
    data = made.getvalue()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        first = min(info.header_offset for info in archive.infolist())
    file = coverage(write(folder, "prefixed.zip", data))["files"][0]
    adds_up(file)
    same("gaps", gaps_of(file), [(0, first)])
    same("first", (file["gaps"][0]["first"], first), (prefix[:16].hex(), len(prefix)))


def readelf_ranges(path):
    """What the ELF header, the two tables and the sections occupy, as readelf tells it."""
    numbers = {}
    for line in formats.say("readelf", "-hW", path).splitlines():
        key, _, value = line.partition(":")
        numbers[key.strip()] = value.split()[0] if value.split() else ""
    ranges = [(0, int(numbers["Size of this header"]))]
    for which in ("program", "section"):
        at, size = int(numbers[f"Start of {which} headers"]), int(numbers[f"Size of {which} headers"])
        ranges.append((at, at + size * int(numbers[f"Number of {which} headers"])))
    for line in formats.say("readelf", "-SW", path).splitlines():
        found = re.match(r"\s*\[\s*\d+\]\s+(?:\S+\s+)?([A-Z_0-9+a-fx]+)\s+[0-9a-f]{8,}\s+([0-9a-f]+)\s+([0-9a-f]+)\s", line)
        if found and found[1] not in ("NULL", "NOBITS"):
            ranges.append((int(found[2], 16), int(found[2], 16) + int(found[3], 16)))
    return ranges


@formats.test_each(["clang-mips.elf", "clang-s390x.elf"])
def an_object_file(folder, name):
    formats.need("readelf")
    path = formats.SAMPLES / name
    file = coverage("-s", "elf", path)["files"][0]
    adds_up(file)
    ranges = [(start, end) for start, end in readelf_ranges(path) if end > start]
    same("gaps", gaps_of(file), complement(ranges, path.stat().st_size))


@formats.test
def a_database(folder):
    path = folder / "rows.sqlite"
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("create table rows (id integer primary key, name text, data blob)")
        database.executemany("insert into rows values (?, ?, ?)", ((i, f"row {i}", bytes(i % 90)) for i in range(3000)))
        database.commit()
        try:
            unused = database.execute("select sum(unused) from dbstat").fetchone()[0]
        except sqlite3.OperationalError:
            raise formats.Skipped("sqlite without dbstat")
    file = coverage(path)["files"][0]
    adds_up(file)
    same("unused", file["gap_bytes"] + file["stepped_over"], unused + 20)  # which the file's header reserves


@formats.test
def damaged_files(folder):
    rng = random.Random(1)
    for sample in sorted(formats.SAMPLES.glob("*.png")):
        whole = sample.read_bytes()
        for at in range(0, len(whole), max(1, len(whole) // 40)):
            flipped = bytearray(whole)
            flipped[at] ^= 1 << rng.randrange(8)
            for data in (whole[:at], bytes(flipped)):
                path = write(folder, "damaged.png", data)
                command = [os.environ["SONDE"], "coverage", "--json", "-s", "png", str(path)]
                result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=formats.SECONDS)
                as_dumped = formats.sonde(path, "-s", "png")[0]
                same("status", result.returncode, as_dumped)
                adds_up(json.loads(result.stdout)["files"][0])


@formats.test
def behind_a_fault(folder):
    schema = "struct part { uint8 n; byte text[n]; uint8 end require $ == 0; }\nstruct cut { part a sized 8; part b sized 8; part c; }\n"
    data = bytes([2, 65, 66, 0, 9, 9, 9, 9]) + bytes([2, 65, 66, 1, 9, 9, 9, 9]) + bytes([9, 1, 2])
    file = coverage("-s", write(folder, "cut.sonde", schema), write(folder, "cut.bin", data), status=4)["files"][0]
    # a says less than it has room for; b ends at what must be 0; c is cut off, and what is there of its text counts
    same("gaps", [(gap["offset"], gap["size"], gap["fault"]) for gap in file["gaps"]], [(4, 4, False), (12, 4, True)])
    same("faults", file["faults"], 2)


@formats.test
def a_large_sparse_file(folder):
    schema = "endian little;\nstruct item { uint32 at; uint32 size; byte body[size] @ at * 1048576; }\nstruct sparse { uint32 n; item items[n]; }\n"
    path = folder / "sparse.bin"
    count = 200
    with open(path, "wb") as file:
        file.write(struct.pack("<I", count))
        for index in range(count):
            file.write(struct.pack("<II", index * 20 + 5, 1000 + index))
        file.truncate(4 << 30)
    write(folder, "sparse.sonde", schema)
    said = coverage("-s", folder / "sparse.sonde", path)["files"][0]
    adds_up(said)
    ranges = [(0, 4 + 8 * count)] + [((i * 20 + 5) << 20, ((i * 20 + 5) << 20) + 1000 + i) for i in range(count)]
    same("gaps", gaps_of(said), complement(ranges, 4 << 30))


@formats.test
def thresholds(folder):
    schema = write(folder, "half.sonde", "struct half { byte a[3]; }\n")
    data = write(folder, "half.bin", bytes(4))
    for percent, status in ((75, 0), (76, 1)):
        coverage("-s", schema, "--fail-under", percent, data, status=status)
    coverage("-s", schema, "--fail-unmet", 100, data)


formats.main()
