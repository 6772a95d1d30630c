"""Transforms and checksums of larger data against Python's modules and the formats' own programs."""

import base64
import binascii
import bz2
import gzip
import hashlib
import lzma
import random
import subprocess
import zlib

import formats


def raw_deflate(data):
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def by(*command):
    """A function that has a program pack bytes."""
    def pack(data):
        formats.need(command[0])
        return subprocess.run(command, input=data, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True,
                              timeout=formats.SECONDS).stdout
    return pack


PACKERS = {
    "zlib": zlib.compress, "deflate": raw_deflate, "gzip": gzip.compress, "xz": lzma.compress,
    "bzip2": lambda data: bz2.compress(data, 1),
    "lzma": lambda data: lzma.compress(data, lzma.FORMAT_ALONE), "zstd": by("zstd", "-19", "-c"),
    "lz4": by("lz4", "-9", "-B4", "-c"),
    "base64": base64.encodebytes, "hex": lambda data: data.hex().encode(),
}
PROGRAMS = {"gzip": by("gzip", "-c"), "bzip2": by("bzip2", "-1", "-c"), "xz": by("xz", "-9", "--check=sha256", "-c"),
            "zstd": by("zstd", "--long=27", "--check", "-c"), "lz4": by("lz4", "-1", "-BD", "--content-size", "-c")}


def sample(seed, size=1_500_000):
    """Runs of noise, of one byte, and of what was there before."""
    rng = random.Random(seed)
    data = bytearray()
    while len(data) < size:
        kind = rng.randrange(3)
        data += (rng.randbytes(rng.randrange(60000)) if kind == 0
                 else bytes([rng.randrange(256)]) * rng.randrange(200000) if kind == 1
                 else data[rng.randrange(len(data) + 1):][:rng.randrange(50000)])
    return bytes(data[:size])


def unpack(folder, name, packed, status=0):
    schema = folder / "unpack.sonde"
    schema.write_text(f'schema unpack ""; struct unpack {{ bytes made from {name}($rest); byte behind[]; }} '
                      'struct bytes { byte all[]; }')
    (folder / "packed").write_bytes(packed)
    return formats.dump(folder / "packed", "-s", schema, status=status)


@formats.test_each(list(PACKERS))
def unpacked(folder, name):
    for seed in range(2):
        data = sample(seed)
        packed = PACKERS[name](data)
        got = unpack(folder, name, packed)
        formats.same("length", len(got["made"]["all"]) // 2, len(data))
        formats.same("made", bytes.fromhex(got["made"]["all"]) == data, True)
        formats.same("behind", got["behind"], "")


@formats.test_each(list(PROGRAMS))
def several_in_one(folder, name):
    parts = [sample(seed, 300_000) for seed in (3, 4)]
    packed = PROGRAMS[name](parts[0]) + PROGRAMS[name](parts[1])
    got = unpack(folder, name, packed + b"behind")
    formats.same("made", bytes.fromhex(got["made"]["all"]) == b"".join(parts), True)
    formats.same("behind", got["behind"], b"behind".hex())


@formats.test_each([name for name in PACKERS if name not in ("base64", "hex")])  # a cut between digits is no damage
def cut(folder, name):
    """What is there is the beginning of the whole."""
    rng = random.Random(name)
    data = sample(0)
    packed = PACKERS[name](data)
    some = 0
    for _ in range(8):
        ends = rng.randrange(1, len(packed) - 8)
        got = unpack(folder, name, packed[:ends], status=4)
        made = bytes.fromhex(got.get("made", {}).get("all", ""))
        formats.same(f"cut at {ends}", data.startswith(made), True)
        some += len(made)
    formats.same("something is left", some > 0, True)


@formats.test
def checksums(folder):
    schema = folder / "sums.sonde"
    names = ["crc32", "adler32", "crc16_xmodem", "crc64_xz", "md5", "sha1", "sha224", "sha256", "sha384", "sha512"]
    schema.write_text('schema sums ""; struct sums { uint8 first; byte data[]; '
                      + " ".join(f"let v_{name} = {name}(sums);" for name in names) + " }")
    for seed in range(6, 10):
        data = sample(seed, 100_003 + seed)
        (folder / "data").write_bytes(data)
        got = formats.dump(folder / "data", "-s", schema)
        wanted = {"crc32": zlib.crc32(data), "adler32": zlib.adler32(data), "crc16_xmodem": binascii.crc_hqx(data, 0)}
        wanted |= {name: hashlib.new(name, data).hexdigest() for name in names[4:]}
        wanted["crc64_xz"] = block_check(lzma.compress(data, check=lzma.CHECK_CRC64))
        formats.same("sums", {name: got[f"v_{name}"] for name in names}, wanted)


def block_check(packed):
    """The CRC-64 of the contents that stands behind the only block of an .xz file (its format, 3.4)."""
    index_size = (int.from_bytes(packed[-8:-4], "little") + 1) * 4
    end = len(packed) - 12 - index_size
    return int.from_bytes(packed[end - 8:end], "little")


formats.main()
