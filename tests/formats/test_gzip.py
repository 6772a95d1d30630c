"""gzip against Python's gzip and zlib modules, gzip -lv, and RFC 1952 read again here."""

import gzip
import hashlib
import io
import pathlib
import struct
import subprocess
import zlib

import formats

FLAGS = {1: "text", 2: "header_crc", 4: "extra", 8: "name", 16: "comment"}
SYSTEMS = {0: "fat", 3: "unix", 11: "ntfs", 255: "unknown"}
EFFORTS = {0: "unsaid", 2: "slowest", 4: "fastest"}
TEXT = b"".join(b"%d: the same, and the same, and something else\n" % i for i in range(2000))


def cstring(data, at):
    end = data.index(b"\0", at)
    return data[at:end].decode("latin-1"), end + 1


def members(data):
    """Reads the members as RFC 1952 says, with struct and zlib."""
    at = 0
    while data[at:at + 2] == b"\x1f\x8b":
        start = at
        method, flags, modified, effort, system = struct.unpack_from("<BBIBB", data, at + 2)
        assert method == 8
        header = {"method": "deflate", "flags": [name for bit, name in FLAGS.items() if flags & bit],
                  "modified": modified,
                  "effort": EFFORTS[effort], "os": SYSTEMS[system], "extra": None, "name": None, "comment": None}
        member = {"header": header, "header_crc": None}
        at += 10
        if flags & 4:
            length = struct.unpack_from("<H", data, at)[0]
            at, end, fields = at + 2, at + 2 + length, []
            while at < end:
                size = struct.unpack_from("<H", data, at + 2)[0]
                fields.append({"id": data[at:at + 2].decode("latin-1"), "length": size,
                               "data": data[at + 4:at + 4 + size].hex()})
                at += 4 + size
            header["extra"] = {"length": length, "fields": fields}
        if flags & 8:
            header["name"], at = cstring(data, at)
        if flags & 16:
            header["comment"], at = cstring(data, at)
        if flags & 2:
            member["header_crc"] = struct.unpack_from("<H", data, at)[0]
            assert member["header_crc"] == zlib.crc32(data[start:at]) & 0xffff
            at += 2
        inflate = zlib.decompressobj(-15)
        content = inflate.decompress(data[at:])
        at = len(data) - len(inflate.unused_data)
        member["content"] = content.hex()
        member["crc"], member["size"] = struct.unpack_from("<II", data, at)
        assert member["crc"] == zlib.crc32(content) and member["size"] == len(content)
        at += 8
        yield member


def compare(path, status=0):
    wanted = list(members(path.read_bytes()))
    formats.same("gzip", formats.dump(path, "-s", "gzip", status=status), {"members": wanted})
    return wanted


def make(folder, name, content, *options):
    formats.need("gzip")
    path = folder / name
    path.write_bytes(content)
    formats.say("gzip", *options, path)
    return path.with_name(name + ".gz")


def built(content, extra=b"", name=None, comment=None, header_crc=False, text=False):
    flags = text | header_crc << 1 | bool(extra) << 2 | (name is not None) << 3 | (comment is not None) << 4
    head = struct.pack("<2sBBIBB", b"\x1f\x8b", 8, flags, 1700000000, 2, 11)
    head += struct.pack("<H", len(extra)) + extra if extra else b""
    head += b"".join(part.encode("latin-1") + b"\0" for part in (name, comment) if part is not None)
    head += struct.pack("<H", zlib.crc32(head) & 0xffff) if header_crc else b""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    return head + deflate.compress(content) + deflate.flush() + struct.pack("<II", zlib.crc32(content), len(content))


@formats.test
def made_by_gzip(folder):
    for level in ("-1", "-6", "-9", "-n"):
        path = make(folder, f"text{level}", TEXT, level)
        member, = compare(path)
        assert (member["header"]["name"] is None) == (level == "-n")


@formats.test
def agrees_with_its_list(folder):
    path = make(folder, "listed", TEXT)
    line = formats.say("gzip", "-lv", path).splitlines()[1].split()
    member, = formats.dump(path)["members"]
    formats.same("crc", f"{member['crc']:08x}", line[1])
    formats.same("size", member["size"], int(line[6]))
    formats.same("content", hashlib.sha256(bytes.fromhex(member["content"])).digest(), hashlib.sha256(TEXT).digest())


@formats.test
def empty_and_stored_contents(folder):
    compare(make(folder, "empty", b""))
    noise = b"".join(hashlib.sha256(b"%d" % i).digest() for i in range(5000))
    compare(make(folder, "noise", noise))


@formats.test
def made_by_python(folder):
    path = folder / "python.gz"
    out = io.BytesIO()
    with gzip.GzipFile("dir/caf\xe9.txt", "wb", 1, out, mtime=1234567890) as stream:
        stream.write(TEXT)
    path.write_bytes(out.getvalue())
    member, = compare(path)
    assert member["header"]["name"] == "caf\xe9.txt"


@formats.test
def several_members(folder):
    path = make(folder, "one", b"first\n")
    path.write_bytes(path.read_bytes() + make(folder, "two", TEXT).read_bytes()
                     + make(folder, "three", b"").read_bytes())
    contents = [bytes.fromhex(member["content"]) for member in compare(path)]
    assert len(contents) == 3 and b"".join(contents) == gzip.decompress(path.read_bytes())


@formats.test
def every_part_of_a_header(folder):
    path = folder / "full.gz"
    extra = b"RA" + struct.pack("<H", 5) + b"12345" + b"Ap" + struct.pack("<H", 0)
    for text in (False, True):
        path.write_bytes(built(TEXT, extra, "n\xe4me", "a comment\nof two lines", True, text))
        compare(path)
    path.write_bytes(built(TEXT, header_crc=True) + built(b"x", comment=""))
    compare(path)
    assert gzip.decompress(path.read_bytes()) == TEXT + b"x"


@formats.test_each(sorted(formats.SAMPLES.glob("*.gz")))
def sample(_, path):
    member, = compare(path)
    formats.same("header", member["header"], {"name": "sample.txt", "effort": "slowest", "modified": 1709210096})


@formats.test
def manual_pages_of_the_system(_):
    pages = sorted(p for p in pathlib.Path("/usr/share").glob("*/**/*.gz") if p.is_file() and p.stat().st_size < 100000)
    if not pages:
        raise formats.Skipped("there is no .gz in /usr/share")
    for path in pages[::max(1, len(pages) // 40)]:
        compare(path)


@formats.test
def damage_is_found(folder):
    path = folder / "damaged.gz"
    good = built(b"some content", name="x", header_crc=True)
    for at, status, member in ((-1, 1, "size"), (-5, 1, "crc"), (4, 1, "header_crc")):
        bad = bytearray(good)
        bad[at] ^= 1
        path.write_bytes(bad)
        findings = formats.dump(path, status=status)["members"][0]["$findings"]
        formats.same(f"finding at {at}", [f["path"].split(".")[-1] for f in findings], [member])
    path.write_bytes(good[:-9])
    formats.dump(path, status=4)
    if subprocess.run(["sh", "-c", f"gzip -t {path}"], stderr=subprocess.DEVNULL).returncode == 0:
        raise formats.Failed("gzip finds nothing wrong")


@formats.test
def what_follows_the_members(folder):
    path = folder / "trailing.gz"
    path.write_bytes(built(b"content") + b"\0" * 100)
    compare(path)


formats.main()
