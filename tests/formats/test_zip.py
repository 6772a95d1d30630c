"""ZIP archives against Python's zipfile, Info-ZIP's zip and unzip, and 7-Zip where it is there."""

import io
import os
import pathlib
import random
import struct
import sys
import zipfile
import zlib

import formats

METHODS = {0: "stored", 8: "deflated", 12: "bzip2", 14: "lzma"}
HOSTS = {0: "msdos", 3: "unix"}
TEXT = b"".join(b"%d\n" % i for i in range(2000))


class Unseekable(io.RawIOBase):
    """Makes zipfile write streamed entries."""

    def __init__(self, file):
        self.file = file

    def writable(self):
        return True

    def write(self, data):
        return self.file.write(data)


def local_header(data, at):
    """The fields of the header in front of a file, by the layout of APPNOTE 4.3.7."""
    names = ("needed", "flags", "method", "time", "date", "crc", "packed_size", "plain_size", "name_length", "extra_length")
    fields = dict(zip(names, struct.unpack_from("<5H3I2H", data, at + 4)))
    name = data[at + 30:at + 30 + fields["name_length"]]
    return fields, name


def same_as_zipfile(path, password=None):
    """Compares every entry; returns what sonde shows."""
    got = formats.dump(path)
    data = pathlib.Path(path).read_bytes()
    with zipfile.ZipFile(path) as archive:
        formats.same("comment", got["end"]["comment"], archive.comment.decode("cp437"))
        formats.same("names", [entry["name"] for entry in got["entries"]], [info.orig_filename for info in archive.infolist()])
        for info, entry in zip(archive.infolist(), got["entries"]):
            encrypted = bool(info.flag_bits & 1)
            fields, _ = local_header(data, info.header_offset)
            y, m, d, hh, mm, ss = info.date_time
            formats.same(info.filename, entry, {
                "crc": info.CRC, "size": info.file_size, "stored_size": info.compress_size, "made_by": info.create_version,
                "needed": info.extract_version, "made_on": HOSTS[info.create_system], "disk": info.volume,
                "date": (y - 1980) << 9 | m << 5 | d, "time": hh << 11 | mm << 5 | ss // 2, "mode": info.external_attr >> 16,
                "comment": info.comment.decode("utf-8" if info.flag_bits & 0x800 else "cp437"),
                "local": {"crc": fields["crc"], "packed_size": fields["packed_size"], "plain_size": fields["plain_size"],
                          "time": fields["time"], "date": fields["date"], "name": info.orig_filename}})
            formats.same(f"flags of {info.filename}", ["encrypted" in entry["flags"], "streamed" in entry["flags"], "utf8" in entry["flags"]],
                         [encrypted, bool(info.flag_bits & 8), bool(info.flag_bits & 0x800)])
            formats.same(f"directory of {info.filename}", "directory" in entry["attributes"], bool(info.external_attr & 16))
            if info.compress_type in METHODS:
                formats.same(f"method of {info.filename}", entry["method"], METHODS[info.compress_type])
            if info.compress_type in METHODS and not encrypted:
                formats.same(f"content of {info.filename}", entry["local"]["content"], archive.read(info).hex())
            else:
                formats.same(f"packed bytes of {info.filename}", len(entry["local"]["packed"]), 2 * info.compress_size)
    return got


def extra(entry, name):
    return next(e["body"] for e in entry["extras"] if e["id"] == name)


@formats.test
def methods(folder):
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        for method in METHODS:
            archive.writestr(f"grün {method}", TEXT, method)
            archive.writestr(f"empty {method}", b"", method)
        archive.mkdir("folder") if hasattr(archive, "mkdir") else archive.writestr("folder/", b"")
        archive.comment = b"a comment"
    same_as_zipfile(folder / "a.zip")


@formats.test
def a_comment_with_a_mark_inside(folder):
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        archive.writestr("a", TEXT)
        archive.comment = b"a comment that has PK\5\6 inside, and more behind it than an end record takes"
    got = formats.dump(folder / "a.zip")
    formats.same("archive", got, {"end": {"comment": archive.comment.decode(), "count": 1}})
    formats.same("name", got["entries"][0]["name"], "a")


@formats.test
def streamed(folder):
    with open(folder / "a.zip", "wb") as file, zipfile.ZipFile(Unseekable(file), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("one", TEXT)
        archive.writestr("stored", TEXT, zipfile.ZIP_STORED)
        with archive.open("large", "w", force_zip64=True) as file:
            file.write(TEXT)
    got = same_as_zipfile(folder / "a.zip")
    for entry in got["entries"]:
        formats.same("descriptor", entry["local"], {
            "descriptor_mark": "PK\7\x08", "descriptor_crc": zlib.crc32(TEXT), "descriptor_plain_size": len(TEXT),
            "descriptor_packed_size": entry["packed_size"]})


@formats.test
def descriptors_without_a_mark(folder):
    """APPNOTE 4.3.9.3: not everybody writes the signature."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(TEXT) + packer.flush()
    sums = struct.pack("<3I", zlib.crc32(TEXT), len(packed), len(TEXT))
    file = struct.pack("<4s5H3I2H", b"PK\3\4", 20, 8, 8, 0, 0x21, 0, 0, 0, 1, 0) + b"a" + packed + sums
    entry = struct.pack("<4s6H", b"PK\1\2", 20, 20, 8, 8, 0, 0x21) + sums + struct.pack("<5HII", 1, 0, 0, 0, 0, 0, 0) + b"a"
    (folder / "a.zip").write_bytes(file + entry + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 1, 1, len(entry), len(file), 0))
    local = same_as_zipfile(folder / "a.zip")["entries"][0]["local"]
    formats.same("mark", "descriptor_mark" in local, False)
    formats.same("size", local["descriptor_plain_size"], len(TEXT))


@formats.test
def zip64(folder):
    """More entries than 65,535, so that only the ZIP64 end record can count them."""
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        for i in range(65600):
            archive.writestr(str(i), b"")
    got = formats.dump(folder / "a.zip")
    formats.same("counts", got, {"end": {"count": 0xffff}, "last": {"count": 65600}})
    formats.same("names", [entry["name"] for entry in got["entries"]], [str(i) for i in range(65600)])


@formats.test
def zip64_sizes(folder):
    """Sizes and a place in the extra field, as of an archive that is larger than 4 GiB."""
    sizes = struct.pack("<2Q", len(TEXT), len(TEXT))
    large = struct.pack("<HH", 1, 16) + sizes
    file = struct.pack("<4s5H3I2H", b"PK\3\4", 45, 0, 0, 0, 0x21, zlib.crc32(TEXT), 0xffffffff, 0xffffffff, 1, len(large)) + b"a" + large + TEXT
    large = struct.pack("<HH", 1, 28) + sizes + struct.pack("<QI", 0, 0)
    entry = (struct.pack("<4s6H3I5HII", b"PK\1\2", 45, 45, 0, 0, 0, 0x21, zlib.crc32(TEXT), 0xffffffff, 0xffffffff, 1, len(large), 0, 0xffff,
                         0, 0, 0xffffffff) + b"a" + large)
    end = struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, len(entry), len(file))
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, len(file) + len(entry), 1)
    last = struct.pack("<4s4H2IH", b"PK\5\6", 0xffff, 0xffff, 0xffff, 0xffff, 0xffffffff, 0xffffffff, 0)
    for prefix in (b"", b"in front\n"):
        (folder / "a.zip").write_bytes(prefix + file + entry + end + locator + last)
        with zipfile.ZipFile(folder / "a.zip") as archive:
            formats.same("zipfile", archive.read("a"), TEXT)
        got = formats.dump(folder / "a.zip", "-s", "zip")
        formats.same("archive", got, {"prefix": len(prefix), "locator": {"offset": len(file) + len(entry)}, "last": {"offset": len(file)}})
        formats.same("entry", got["entries"][0], {"size": len(TEXT), "stored_size": len(TEXT), "local": {"content": TEXT.hex()}})
        formats.same("extra", extra(got["entries"][0], "zip64"), {"plain_size": len(TEXT), "local_offset": 0, "disk": 0})


@formats.test
def info_zip(folder):
    formats.need("zip", "zipinfo")
    (folder / "a.txt").write_bytes(TEXT)
    os.utime(folder / "a.txt", (1600000000, 1500000000))
    (folder / "grün.txt").write_bytes(b"short")
    (folder / "sub").mkdir()
    (folder / "sub" / "b").write_bytes(random.Random(1).randbytes(999))
    os.chmod(folder / "sub" / "b", 0o640)
    path = folder / "x.zip"
    formats.say("zip", "-qr", path, "a.txt", "grün.txt", "sub", cwd=folder)
    got = same_as_zipfile(path)
    times = extra(got["entries"][0]["local"], "timestamps")
    formats.same("times", times, {"modified": 1500000000, "accessed": 1600000000})
    formats.same("times of the directory", extra(got["entries"][0], "timestamps"), {"modified": 1500000000, "accessed": None})
    formats.same("owner", extra(got["entries"][0], "unix_owner"), {"uid": os.getuid(), "gid": os.getgid()})
    formats.same("modes", [oct(e["mode"]) for e in got["entries"] if not e["name"].endswith("/")][-1], "0o100640")
    told = formats.say("zipinfo", "-v", path)
    wanted = [int(line.split(":")[1].split()[0]) for line in told.splitlines() if line.strip().startswith("offset of local header")]
    formats.same("places", [e["local_offset"] for e in got["entries"]], wanted)


@formats.test
def a_stub_in_front(folder):
    with zipfile.ZipFile(folder / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", TEXT)
    (folder / "b.zip").write_bytes(b"#!/bin/sh\nexit\n" + (folder / "a.zip").read_bytes())
    formats.same("prefix", same_as_zipfile_at(folder / "b.zip")["prefix"], 15)


def same_as_zipfile_at(path):
    """As same_as_zipfile, of an archive whose places count from behind what stands in front."""
    got = formats.dump(path)
    with zipfile.ZipFile(path) as archive:
        for info, entry in zip(archive.infolist(), got["entries"]):
            formats.same(info.filename, entry["local"]["content"], archive.read(info).hex())
    return got


@formats.test
def encrypted(folder):
    formats.need("zip")
    (folder / "a.txt").write_bytes(TEXT)
    formats.say("zip", "-q", "-P", "secret", "x.zip", "a.txt", cwd=folder)
    same_as_zipfile(folder / "x.zip")


@formats.test
def seven_zip(folder):
    formats.need("7z")
    (folder / "a.txt").write_bytes(TEXT)
    for kind in ("-mm=deflate64", "-mm=ppmd", "-mm=lzma", "-mm=bzip2", "-mem=AES256 -psecret"):
        formats.say("7z", "a", "-bd", *kind.split(), "x.zip", "a.txt", cwd=folder)
        entry = same_as_zipfile(folder / "x.zip")["entries"][0]
        if "AES" in kind:
            formats.same("AES", extra(entry, "aes"), {"vendor": "AE", "strength": "aes_256", "method": "deflated"})
        os.remove(folder / "x.zip")


@formats.test
def archives_on_this_machine(folder):
    found = []
    for top in {pathlib.Path(sys.prefix, "lib"), pathlib.Path("/usr/share"), pathlib.Path("/usr/lib/jvm")}:
        for kind in ("jar", "whl", "zip"):
            found += [p for p in top.rglob("*." + kind) if p.is_file() and p.stat().st_size < 3 << 20][:4]
    for path in found:
        same_as_zipfile(path)
    if not found:
        raise formats.Skipped("there are none")


@formats.test
def an_archive_that_is_cut_off(folder):
    with zipfile.ZipFile(folder / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", b"first")
        archive.writestr("b", random.Random(2).randbytes(5000))
    path = folder / "b.zip"
    path.write_bytes((folder / "a.zip").read_bytes()[:3000])
    got = formats.dump(path, status=4)
    formats.same("first file", got["files"][0], {"name": "a", "content": b"first".hex()})
    formats.same("second file", got["files"][1]["name"], "b")


@formats.test
def a_checksum_that_is_wrong(folder):
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        archive.writestr("a", TEXT)
    data = bytearray((folder / "a.zip").read_bytes())
    data[100] ^= 1
    (folder / "a.zip").write_bytes(data)
    got = formats.dump(folder / "a.zip", status=1)
    formats.same("findings", [finding["path"] for finding in got["entries"][0]["$findings"]], ["entries[0].crc"])


formats.main()
