"""`sonde get` and `sonde where` against readelf, Python's struct and what the kernel says of the pages that were read."""

import ctypes
import json
import mmap
import os
import pathlib
import re
import resource
import struct
import subprocess
import time

import formats

RECORDS = """schema recs "Records";
endian little;
struct rec { uint64 id; uint32 kind; byte data[52]; }
struct recs { rec records[]; }
"""
GIB = 1 << 30


def ask(command, *words, status=0):
    done = subprocess.run([os.environ["SONDE"], command, *map(str, words)], capture_output=True, timeout=formats.SECONDS)
    formats.same("status", done.returncode, status)
    return done.stdout


def lines(command, *words, status=0):
    return ask(command, *words, status=status).decode().splitlines()


@formats.test
def sections_as_readelf_has_them(folder):
    path = pathlib.Path("/bin/ls").resolve()
    formats.need("readelf")
    text = formats.say("readelf", "-SW", path)
    rows = re.findall(r"^  \[ *[1-9]\d*\] (\S*) +(?:\S+|SYMTAB SECTION INDICES) +([0-9a-f]{8,}) ([0-9a-f]+) ([0-9a-f]+) ", text, re.M)
    want = [[int(cell, 16) for cell in row[1:]] for row in rows]
    members = ("address", "offset", "size")
    got = [[int(line) for line in lines("get", "-s", "elf", path, f"sections[1..{len(want)}].{member}")] for member in members]
    formats.same("count", lines("get", "-s", "elf", path, "count(sections) - 1"), [str(len(want))])
    formats.same("names", lines("get", "-s", "elf", path, "sections[1..50].name"), [row[0] for row in rows])
    formats.same("addresses, offsets and sizes", [list(row) for row in zip(*got)], want)


@formats.test
def fields_as_struct_reads_them(folder):
    path = folder / "in"
    rows = [(n * 0x0102030405060708 % (1 << 64), n * 7 % (1 << 32), bytes((n + i) % 256 for i in range(52))) for n in range(500)]
    path.write_bytes(b"".join(struct.pack("<QI52s", *row) for row in rows))
    schema = folder / "recs.sonde"
    schema.write_text(RECORDS)
    formats.same("ids", lines("get", "-s", schema, path, "records[*].id"), [str(row[0]) for row in rows])
    formats.same("some", lines("get", "-s", schema, path, "records[$.kind % 2 == 1].data"),
                 [row[2].hex() for row in rows if row[1] % 2 == 1])
    formats.same("JSON", json.loads(ask("get", "-s", schema, "--json", path, "records[17..400].kind")), [row[1] for row in rows[17:401]])
    formats.same("raw", ask("get", "-s", schema, "--raw", path, "records[3..5].data"), b"".join(row[2] for row in rows[3:6]))
    places = [json.loads(line) for line in lines("where", "-s", schema, "--json", path, "records[*].data")]
    formats.same("places", places, [{"path": f"records[{n}].data", "offset": n * 64 + 12, "size": 52} for n in range(500)])
    data = path.read_bytes()
    for value in map(json.loads, lines("get", "-s", schema, "--at", "--json", path, "records[490..499].id")):
        formats.same(value["path"], struct.unpack_from("<Q", data, value["offset"])[0], value["value"])


@formats.test
def each_byte_of_a_png(folder):
    """What `at` says of each byte, against the chunks as Python's struct reads them."""
    path = formats.SAMPLES / "convert-rgb8.png"
    data = path.read_bytes()
    want, at, index = {n: "magic" for n in range(8)}, 8, 0
    while at < len(data):
        length = struct.unpack_from(">I", data, at)[0]
        for name, size in (("length", 4), ("type", 4), ("body", length), ("crc", 4)):
            want |= {n: f"chunks[{index}].{name}" for n in range(at, at + size)}
            at += size
        index += 1
    told = [json.loads(line) for line in lines("at", "-s", "png", "--json", path, *range(len(data)))]
    for n, answer in enumerate(told):
        formats.same("offset", answer["offset"], n)
        fields = [field for field in answer["fields"] if "in" not in field]
        if not any(field["path"] == want[n] or field["path"].startswith((want[n] + ".", want[n] + "[")) for field in fields):
            raise formats.Failed(f"{n}: {fields} instead of {want[n]}")
        for field in fields:
            if not field["offset"] <= n < field["offset"] + field["size"]:
                raise formats.Failed(f"{n} is not in {field}")
        if "before" in answer and answer["before"]["offset"] + answer["before"]["size"] > n:
            raise formats.Failed(f"{answer['before']} is not before {n}")
        if "behind" in answer and answer["behind"]["offset"] <= n:
            raise formats.Failed(f"{answer['behind']} is not behind {n}")


def pages_in_memory(path):
    """How many pages of a file the kernel has at hand."""
    libc = ctypes.CDLL(None, use_errno=True)
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        pages = -(-size // mmap.PAGESIZE)
        libc.mmap.restype = ctypes.c_void_p
        libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
        libc.mincore.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p]
        libc.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
        at = libc.mmap(None, size, mmap.PROT_READ, mmap.MAP_SHARED, file.fileno(), 0)
        held = ctypes.create_string_buffer(pages)
        if libc.mincore(at, size, held) != 0:
            raise formats.Skipped("the kernel does not tell which pages it holds")
        libc.munmap(at, size)
        return sum(byte & 1 for byte in held.raw)


@formats.test
def the_last_of_many_records(folder):
    """Of 10 GiB only the pages around the record are read, in no time and next to no memory."""
    path, schema = folder / "big", folder / "recs.sonde"
    schema.write_text(RECORDS)
    count = 10 * GIB // 64
    with open(path, "wb") as file:
        file.truncate(10 * GIB)
        file.seek((count - 1) * 64)
        file.write(struct.pack("<QI", 0x1122334455667788, 7))
        file.flush()
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    words = ("-s", schema, path, "records[count(records) - 1].id")
    took = []
    for _ in range(5):
        start = time.monotonic()
        formats.same("id", lines("get", *words), [str(0x1122334455667788)])
        took.append(time.monotonic() - start)
    if pages_in_memory(path) > 4:
        raise formats.Failed(f"{pages_in_memory(path)} pages of the file were read")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    sanitized = b"__asan_init" in pathlib.Path(os.environ["SONDE"]).read_bytes()
    if not sanitized and peak > 64 * 1024:  # of all programs this test ran; none of them holds as much
        raise formats.Failed(f"{peak} KiB of memory")
    if not sanitized and min(took) > 0.1:  # 3 ms on an idle machine
        raise formats.Failed(f"{min(took):.3f} s")


formats.main()
