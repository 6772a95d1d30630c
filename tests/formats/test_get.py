"""`sonde get` and `sonde where` against readelf, Python's struct and what the kernel says of the pages that were read."""

import ctypes
import hashlib
import json
import mmap
import os
import pathlib
import random
import re
import resource
import shutil
import struct
import subprocess
import zlib

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


def a_png(rng):
    """A PNG's bytes, its chunks (type, data) and what its image inflates to."""
    width, height = 9, 7
    image = b"".join(b"\0" + rng.randbytes(width) for _ in range(height))
    packed = zlib.compress(image)
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)), (b"tEXt", b"Comment\0" + b"x" * 40),
              (b"IDAT", packed[:20]), (b"IDAT", packed[20:]), (b"IEND", b"")]
    stored = (struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(stored), chunks, image


@formats.test
def fields_taken_out_as_python_has_them(folder):
    data, chunks, image = a_png(random.Random(5))
    path, out = folder / "a.png", folder / "out"
    path.write_bytes(data)
    for words, want in ((["chunks[1].body"], chunks[1][1]), (["chunks[*].type"], b"".join(kind for kind, _ in chunks)), (["image"], image),
                        (["chunks[0].type", "chunks[0].body"], b"".join(chunks[0])), ([8, 4], struct.pack(">I", 13)),
                        (["-e", 'chunks[$.type == "IDAT"].body'], chunks[2][1] + chunks[3][1])):
        ask("extract", "--force", path, *words, "-o", out)
        formats.same(f"{words}", out.read_bytes(), want)
        formats.same(f"{words}", ask("extract", path, *words, "-o", "-"), want)
    out.write_bytes(b"old")
    for words, status in ((["count(chunks)"], 2), (["chunks[0].typo"], 3), (["chunks[9].type"], 4), (['chunks[$.type == "none"].body'], 1),
                          (["chunks[0].type", "count(chunks)"], 2)):
        ask("extract", "--force", path, *words, "-o", out, status=status)
        formats.same(f"{words}: what was there stays", out.read_bytes(), b"old")
        ask("extract", path, *words, "-o", folder / "new", status=status)
        formats.same(f"{words}: no file", (folder / "new").exists(), False)
    path.write_bytes(data[:60])  # within the second chunk
    ask("extract", "--force", path, "chunks[*].body", "-o", out, status=4)


@formats.test
def fields_hashed_as_python_hashes_them(folder):
    data, chunks, image = a_png(random.Random(6))
    path = folder / "a.png"
    path.write_bytes(data)
    want = [f"{hashlib.sha256(body).hexdigest()}  {path}:chunks[{i}].body" for i, (_, body) in enumerate(chunks)]
    formats.same("bodies", lines("hash", path, "chunks[*].body"), want)
    formats.same("image", lines("hash", "-a", "md5", path, "image"), [f"{hashlib.md5(image).hexdigest()}  {path}:image"])
    told = json.loads(ask("hash", "--json", "-a", "sha1,crc32", "-e", "chunks[1].body", "-e", "image", path, path))
    one = [{"file": str(path), "path": "chunks[1].body", "offset": 8 + 25 + 8, "size": len(chunks[1][1]),
            "sha1": hashlib.sha1(chunks[1][1]).hexdigest(), "crc32": f"{zlib.crc32(chunks[1][1]):08x}"},
           {"file": str(path), "path": "image", "offset": 0, "size": len(image), "in": "zlib",
            "sha1": hashlib.sha1(image).hexdigest(), "crc32": f"{zlib.crc32(image):08x}"}]
    formats.same("JSON", told, one + one)
    (folder / "image").write_bytes(b"a file")
    formats.same("a file of that name", subprocess.run([os.environ["SONDE"], "hash", "a.png", "image"], cwd=folder, capture_output=True,
                                                       timeout=formats.SECONDS).stdout.decode().splitlines()[1],
                 f"{hashlib.sha256(b'a file').hexdigest()}  image")
    for words, status in ((["count(chunks)"], 2), (["chunks[0].typo"], 3), (["chunks[9].type"], 4), (['chunks[$.type == "none"].body'], 1)):
        ask("hash", path, *words, status=status)
    ask("hash", "--from", 3, path, "-e", "image", status=2)


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
    for byte in (0, data[100], 0x49):
        hits = json.loads(ask("find", "-s", "png", "--json", path, f"hex:{byte:02x}"))
        formats.same("hits", [hit["offset"] for hit in hits], [n for n, b in enumerate(data) if b == byte])
        formats.same("their fields", [hit["fields"] for hit in hits], [told[hit["offset"]]["fields"] for hit in hits])


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
    """Of 10 GiB only the pages around the record are read, and 16 MiB of memory of its own are plenty."""
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
    formats.same("id", lines("get", *words), [str(0x1122334455667788)])
    if pages_in_memory(path) > 4:
        raise formats.Failed(f"{pages_in_memory(path)} pages of the file were read")
    if b"__asan_init" not in pathlib.Path(os.environ["SONDE"]).read_bytes():
        formats.same("with 16 MiB", with_memory(16 << 20, "get", *words), [0, b"%d\n" % 0x1122334455667788])
        formats.same("with 64 KiB", with_memory(64 << 10, "get", *words)[0] != 0, True)  # such a limit is one
    if shutil.which("strace"):
        calls = reads_of(path, "get", *words)
        formats.same("what touches the file", [call for call in calls if not call.startswith("mmap(NULL, ")], [])
        formats.same("maps of it", len(calls), 1)


def with_memory(size, command, *words):
    """Status and output of a run that may have so many bytes of private memory."""
    def limit():
        resource.setrlimit(resource.RLIMIT_DATA, (size, size))
    done = subprocess.run([os.environ["SONDE"], command, *map(str, words)], capture_output=True, timeout=formats.SECONDS, preexec_fn=limit)
    return [done.returncode, done.stdout]


def reads_of(path, command, *words):
    """The calls that read a file or map it, as strace tells them."""
    done = subprocess.run(["strace", "-f", "-y", "-s0", "-e", "trace=read,pread64,readv,preadv,preadv2,mmap,sendfile,splice",
                           os.environ["SONDE"], command, *map(str, words)], capture_output=True, timeout=formats.SECONDS)
    if done.returncode != 0:
        raise formats.Skipped("strace may not trace here")
    return [line for line in done.stderr.decode().splitlines() if f"<{path}>" in line]


formats.main()
