"""tar archives against GNU tar and Python's tarfile."""

import io
import os
import re
import tarfile

import formats

KINDS = {b"\0": "old_file", b"0": "file", b"1": "link", b"2": "symlink", b"5": "directory", b"6": "fifo", b"S": "gnu_sparse"}
LETTERS = {"directory": "d", "symlink": "l", "link": "h", "fifo": "p"}
LONG = "d/sub/" + "n" * 90 + "/" + "m" * 60

# What each form of GNU tar's can't store is left out.
EXCLUDED = {"v7": ["n" * 90, "fifo"], "oldgnu": [], "gnu": [], "ustar": ["x" * 120, "t"], "pax": []}
FORMS = {"ustar": tarfile.USTAR_FORMAT, "gnu": tarfile.GNU_FORMAT, "pax": tarfile.PAX_FORMAT}


def make_tree(folder):
    """Files of every sort that needs no privileges, in the folder d."""
    os.makedirs(folder / LONG)
    for name, content in (("empty", b""), ("a", b"hello\n"), ("block", bytes(range(256)) * 2), ("sub/over", os.urandom(1513)),
                          ("sub/Ümläut", b"x" * 511)):
        (folder / "d" / name).write_bytes(content)
    os.link(folder / "d/a", folder / "d/hard")
    os.symlink("a", folder / "d/soft")
    os.mkfifo(folder / "d/fifo")
    os.chmod(folder / "d/a", 0o4751)
    os.utime(folder / "d/a", (1, 123456789))
    (folder / LONG / ("x" * 120)).write_bytes(b"long")
    os.symlink("t" * 150, folder / LONG / "t")


def number(header, name):
    """A field of octal digits, or the same in binary."""
    large = header.get("large_" + name)
    return int(header[name].strip(" ") or "0", 8) if large is None else large


def files(archive):
    """What the headers of sonde's document say together: name, kind, link, mode, owner, group, size, time and content."""
    listed, following, everywhere = [], {}, {}
    for entry in archive["entries"]:
        header, kind = entry["header"], entry["header"]["kind"]
        if kind == "pax_global":
            everywhere.update({record["key"]: record["value"] for record in entry["data"]})
        elif kind == "pax_next":
            following.update({record["key"]: record["value"] for record in entry["data"]})
        elif kind in ("gnu_long_name", "gnu_long_link"):
            following["path" if kind == "gnu_long_name" else "linkpath"] = entry["data"]
        else:
            told = {**everywhere, **following}
            name = told.get("path", "/".join(part for part in (header.get("prefix"), header["name"]) if part))
            listed.append([name.rstrip("/"), kind, told.get("linkpath", header["link"]), number(header, "mode"),
                           int(told.get("uid", number(header, "uid"))), int(told.get("gid", number(header, "gid"))), entry["size"],
                           round(float(told.get("mtime", number(header, "mtime"))), 3), entry["data"]])
            following = {}
    return listed


def told_by_tarfile(path):
    listed = []
    with tarfile.open(path) as archive, open(path, "rb") as raw:
        for member in archive:
            raw.seek(member.offset_data)
            listed.append([member.name, KINDS[member.type], member.linkname, member.mode, member.uid, member.gid, member.size,
                           round(float(member.mtime), 3), raw.read(member.size).hex() if member.isreg() else ""])
    return listed


def told_by_tar(path):
    """Mode and kind, owner, size and name of each file as GNU tar lists them."""
    listed = []
    for line in formats.say("tar", "--numeric-owner", "--quoting-style=literal", "-tvf", path).splitlines():
        mode, owner, size, _, _, name = line.split(None, 5)
        listed.append([mode, owner, int(size), re.split(" -> | link to ", name)[0].rstrip("/")])
    return listed


def as_tar_lists(file):
    name, kind, _, mode, uid, gid, size, _, _ = file
    letters = "".join(letter if mode >> 8 - i & 1 else "-" for i, letter in enumerate("rwxrwxrwx"))
    letters = letters[:2] + "s" + letters[3:] if mode & 0o4000 else letters
    return [LETTERS.get(kind, "-") + letters, f"{uid}/{gid}", size, name]


@formats.test_each(EXCLUDED)
def a_tree_in_gnu_tars_form(folder, form):
    formats.need("tar")
    make_tree(folder)
    path = folder / "a.tar"
    formats.say("tar", "-C", folder, f"--format={form}", *[f"--exclude={name}" for name in EXCLUDED[form]], "-cf", path, "d")
    listed = files(formats.dump(path, "-s", "tar"))
    formats.same("tarfile", listed, told_by_tarfile(path))
    formats.same("tar", [as_tar_lists(file) for file in listed], told_by_tar(path))


@formats.test_each(FORMS)
def members_in_tarfiles_form(folder, form):
    path = folder / "a.tar"
    with tarfile.open(path, "w", format=FORMS[form]) as archive:
        for i, size in enumerate((0, 1, 511, 512, 513, 10240)):
            member = tarfile.TarInfo("p" * 80 + "/" + "q" * 90 if i % 2 else f"file {i}")
            member.size, member.mode, member.gid = size, 0o640, 2**20
            member.uid, member.mtime = (7, 1700000000 + i) if form == "ustar" else (3000000, -5)
            archive.addfile(member, io.BytesIO(bytes([i]) * size))
    formats.same("tarfile", files(formats.dump(path)), told_by_tarfile(path))


@formats.test
def records_of_pax_headers(folder):
    path = folder / "a.tar"
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT, pax_headers={"comment": "for all"}) as archive:
        member = tarfile.TarInfo("ä" * 120)
        member.pax_headers = {"mtime": "1.5", "VENDOR.key": "a=b\nc"}
        archive.addfile(member)
    entries = formats.dump(path)["entries"]
    formats.same("kinds", [entry["header"]["kind"] for entry in entries], ["pax_global", "pax_next", "file"])
    formats.same("global", entries[0]["data"], [{"key": "comment", "value": "for all"}])
    with tarfile.open(path) as archive:
        told = archive.getmembers()[0].pax_headers
    formats.same("records", {r["key"]: r["value"] for entry in entries[:2] for r in entry["data"]}, told)
    formats.same("count", len(entries[1]["data"]), len(told) - 1)
    for record in entries[1]["data"]:
        whole = "{length} {key}={value}\n".format(**record)
        formats.same("length", int(record["length"]), len(whole.encode()))


@formats.test
def a_sparse_file_in_gnu_tars_form(folder):
    formats.need("tar")
    sparse, path, size = folder / "sparse", folder / "a.tar", 4 << 20
    with open(sparse, "wb") as out:
        for i in range(30):
            out.seek(i * 65536)
            out.write(bytes([i + 1]) * 4096)
        out.truncate(size)
    if sparse.stat().st_blocks * 512 >= size:
        raise formats.Skipped("files are not sparse here")
    formats.say("tar", "-C", folder, "-S", "--format=gnu", "-cf", path, "sparse")
    entry = formats.dump(path)["entries"][0]
    formats.same("kind", entry["header"]["kind"], "gnu_sparse")
    formats.same("size", int(entry["header"]["real_size"], 8), size)
    pieces = entry["header"]["pieces"] + [piece for block in entry["sparse"] for piece in block["pieces"]]
    rebuilt, data = bytearray(size), bytes.fromhex(entry["data"])
    for piece in pieces:
        if piece["offset"]:
            offset, length = int(piece["offset"], 8), int(piece["length"], 8)
            rebuilt[offset:offset + length], data = data[:length], data[length:]
    formats.same("bytes that are in no piece", len(data), 0)
    if bytes(rebuilt) != sparse.read_bytes():
        raise formats.Failed("the pieces do not make the file")


@formats.test_each(["gnu", "pax"])
def a_file_of_9_gib(folder, form):
    formats.need("tar")
    path, huge, after = folder / "a.tar", tarfile.TarInfo("huge"), tarfile.TarInfo("after")
    huge.size, after.size = 9 << 30, 3
    with open(path, "wb") as out:
        out.write(huge.tobuf(FORMS[form]))
        out.seek(huge.size, os.SEEK_CUR)
        out.write(after.tobuf(FORMS[form]) + b"abc".ljust(512, b"\0") + bytes(1024))
    shown = formats.say(os.environ["SONDE"], "dump", "--width", "200", path)
    sizes = [int(size) for size in re.findall(r" size = (\d+)", shown)]
    formats.same("sizes", sizes[-2:], [size for _, _, size, _ in told_by_tar(path)])
    formats.same("bytes", re.findall(r"data: .*\(([0-9,]+) bytes\)", shown)[-1:], [f"{huge.size:,}"])


DAMAGE = {
    "checksum": (lambda archive: archive[:3] + b"X" + archive[4:], 1),
    "no zeros behind the last file": (lambda archive: archive[:1536], 1),
    "something else behind it": (lambda archive: archive[:1536] + b"junk" + archive[1540:], 1),
    "size that is no number": (lambda archive: archive[:124] + b"9" + archive[125:], 4),
    "cut in a file": (lambda archive: archive[:800], 4),
    "cut in a header": (lambda archive: archive[:300], 4),
}


@formats.test_each(DAMAGE)
def damage_is_told(folder, name):
    path = folder / "a.tar"
    with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as archive:
        member = tarfile.TarInfo("name")
        member.size = 700
        archive.addfile(member, io.BytesIO(bytes(700)))
    formats.dump(path)
    damage, status = DAMAGE[name]
    path.write_bytes(damage(path.read_bytes()))
    formats.dump(path, status=status)


formats.main()
