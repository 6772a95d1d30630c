"""Changes fields that lie in what a transform makes, and reads the files with Python: what was packed is packed anew, and
what says how long it is, and its checksums, follow."""

import base64
import bz2
import gzip
import lzma
import os
import struct
import subprocess
import zlib

import formats


def sonde(*words):
    done = subprocess.run([os.environ["SONDE"], *map(str, words)], capture_output=True, text=True)
    if done.returncode:
        raise formats.Failed(done.stderr.strip())


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def chunks(png):
    at, out = 8, []
    while at < len(png):
        (size,) = struct.unpack_from(">I", png, at)
        kind, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + size]
        (crc,) = struct.unpack_from(">I", png, at + 8 + size)
        assert crc == zlib.crc32(kind + data), kind
        out.append((kind, data))
        at += 12 + size
    return out


@formats.test
def text_of_a_png(folder):
    path = folder / "a.png"
    rows = zlib.compress(b"".join(b"\0" + bytes([i, 0, 0]) for i in range(1)))
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    png += chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"hello " * 20)) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    for text in (b"x", b"hello " * 20, bytes(range(65, 91)) * 99):
        path.write_bytes(png)
        sonde("set", path, f'chunks[1].body.value = "{text.decode()}"')
        (kind, data) = chunks(path.read_bytes())[1]
        assert kind == b"zTXt" and zlib.decompress(data[9:]) == text, text
        assert chunks(path.read_bytes())[2:] == chunks(png)[2:]


@formats.test
def content_of_a_gzip(folder):
    path = folder / "a.gz"
    for text in (b"", b"short", b"long " * 5000):
        path.write_bytes(gzip.compress(b"first\n") + gzip.compress(b"second\n"))
        script = f'replace members[1].content with hex("{text.hex()}");'
        sonde("patch", path, "-e", script)
        assert gzip.decompress(path.read_bytes()) == b"first\n" + text


SCHEMA = """schema packed "Numbers in what {name} makes";
endian little;
struct inner {{ uint16 a; uint8 b : 3; uint8 c : 5; byte rest[]; }}
struct packed {{ uint8 before; uint32 size; byte bytes[size]; inner in from {name}(bytes{args}); uint8 after; }}
"""

WAYS = {
    "zlib": (zlib.compress, zlib.decompress, ""),
    "gzip": (gzip.compress, gzip.decompress, ""),
    "bzip2": (bz2.compress, bz2.decompress, ""),
    "xz": (lzma.compress, lzma.decompress, ""),
    "lzma": (lambda b: lzma.compress(b, lzma.FORMAT_ALONE), lambda b: lzma.decompress(b, lzma.FORMAT_ALONE), ""),
    "base64": (base64.b64encode, base64.b64decode, ""),
    "hex": (lambda b: b.hex().encode(), lambda b: bytes.fromhex(b.decode()), ""),
    "xor": (lambda b: bytes(x ^ 0x5A for x in b), lambda b: bytes(x ^ 0x5A for x in b), ", 0x5a"),
    "rotl": (lambda b: bytes(x >> 3 | x << 5 & 255 for x in b), lambda b: bytes(x << 3 & 255 | x >> 5 for x in b), ", 3"),
}


@formats.test_each(list(WAYS))
def numbers_in(folder, name):
    pack, unpack, args = WAYS[name]
    path, schema = folder / "a.bin", folder / "packed.sonde"
    schema.write_text(SCHEMA.format(name=name, args=args))
    plain = struct.pack("<HB", 1, 0b00101_011) + b"the rest of it " * 9
    packed = pack(plain)
    path.write_bytes(b"\1" + struct.pack("<I", len(packed)) + packed + b"\2")
    sonde("set", "-s", schema, path, "in.a = 0xbeef", "in.c = 17")
    data = path.read_bytes()
    (size,) = struct.unpack_from("<I", data, 1)
    assert data[:1] == b"\1" and data[-1:] == b"\2" and len(data) == size + 6, name
    assert unpack(data[5:-1]) == struct.pack("<HB", 0xBEEF, 17 << 3 | 3) + plain[3:], name


formats.main()
