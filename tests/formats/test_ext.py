"""ext2, ext3 and ext4 file systems against e2fsprogs, and what was put in."""

import os
import random
import re
import stat
import struct

import formats

KINDS = ["ext2", "ext3", "ext4"]
KIND_OF = {stat.S_IFREG: "file", stat.S_IFDIR: "directory", stat.S_IFLNK: "link", stat.S_IFIFO: "fifo"}
os.environ["PATH"] += ":/usr/sbin:/sbin"


def fill(top):
    rng = random.Random(4)
    (top / "sub" / "deeper").mkdir(parents=True)
    (top / "short.txt").write_bytes(b"hello\n")
    (top / "empty").write_bytes(b"")
    (top / "medium").write_bytes(rng.randbytes(100_001))            # of block maps, through one more block
    (top / "sub" / "large").write_bytes(rng.randbytes(700_000))     # through two
    (top / "sub" / "deeper" / "grün").write_bytes(b"a name of UTF-8")
    for i in range(200):
        (top / "sub" / "deeper" / f"one of many files with long names {i}").write_bytes(b"")
    os.symlink("short.txt", top / "link")
    os.symlink("far/" * 30, top / "long link")
    os.link(top / "short.txt", top / "sub" / "again")
    os.mkfifo(top / "pipe")
    os.chmod(top / "medium", 0o4750)
    for path in [*top.rglob("*"), top]:
        os.utime(path, (1500000000, 1600000000), follow_symlinks=False)


def make(folder, kind, *options, size="8M"):
    formats.need("mke2fs", "debugfs", "dumpe2fs")
    top = folder / "top"
    top.mkdir()
    fill(top)
    path = folder / "a.img"
    formats.say("mke2fs", "-q", "-t", kind, "-d", top, "-L", "a label", *options, path, size)
    return top, path


def tree(directory, before=""):
    for entry in directory["entries"]:
        if "inode" in entry:
            yield before + entry["name"], entry
            if "directory" in entry["inode"]:
                yield from tree(entry["inode"]["directory"], before + entry["name"] + "/")


def same_as_folder(volume, top):
    found = dict(tree(volume["root"]["directory"]))
    wanted = {str(path.relative_to(top)): path for path in top.rglob("*")}
    found.pop("lost+found")
    formats.same("paths", sorted(found), sorted(wanted))
    for name, path in wanted.items():
        told, inode = os.lstat(path), found[name]["inode"]
        kind = KIND_OF[stat.S_IFMT(told.st_mode)]
        formats.same(name, inode, {"permissions": stat.S_IMODE(told.st_mode), "kind": kind, "uid": told.st_uid, "gid": told.st_gid,
                                   "modified": int(told.st_mtime), "links": told.st_nlink if kind != "directory" else inode["links"]})
        if kind == "file":
            formats.same(f"content of {name}", [inode["size"], inode["content"]], [told.st_size, path.read_bytes().hex()])
        elif kind == "link":
            formats.same(f"target of {name}", inode.get("target") or inode["path"], os.readlink(path))


def same_as_dumpe2fs(volume, path):
    told = formats.say("dumpe2fs", path)
    head = dict(re.findall(r"^([^:\n]+): +(.*)$", told, re.M))
    numbers = {"inodes": "Inode count", "blocks": "Block count", "free_blocks": "Free blocks", "free_inodes": "Free inodes", "first_block": "First block",
               "group_blocks": "Blocks per group", "group_inodes": "Inodes per group", "inode_size": "Inode size", "first_inode": "First inode",
               "reserved_descriptors": "Reserved GDT blocks", "max_mounts": "Maximum mount count"}
    for field, name in numbers.items():
        if name in head:
            formats.same(field, volume["super"][field], int(head[name]))
    formats.same("block size", volume["block_size"], int(head["Block size"]))
    formats.same("name", volume["super"]["name"], head["Filesystem volume name"])
    formats.same("uuid", volume["super"]["uuid"], head["Filesystem UUID"].replace("-", ""))
    features = ["wide" if one == "64bit" else one for one in head["Filesystem features"].split() if one != "(none)"]
    formats.same("features", sorted(volume["super"]["compatible"] + volume["super"]["incompatible"] + volume["super"]["read_only"]), sorted(features))
    if "Checksum" in head:
        formats.same("checksum", volume["super"]["checksum"], int(head["Checksum"], 16))
    groups = re.findall(r"^Group \d+:.*?Block bitmap at (\d+).*?Inode bitmap at (\d+).*?Inode table at (\d+).*?"
                        r"(\d+) free blocks, (\d+) free inodes, (\d+) directories", told, re.M | re.S)
    formats.same("groups", [[group[field] for field in ("block_bitmap", "inode_bitmap", "table", "free_blocks", "free_inodes", "directories")]
                            for group in volume["groups"]], [[int(number) for number in group] for group in groups])


def same_as_debugfs(volume, path):
    """Numbers of inodes, and what they say, of every entry of two directories."""
    found = dict(tree(volume["root"]["directory"]))
    for folder, prefix in (("/", ""), ("/sub/deeper", "sub/deeper/")):
        for line in formats.say("debugfs", "-R", f"ls -p {folder}", path).splitlines():
            if not line.startswith("/"):
                continue
            _, number, mode, uid, gid, name, size, _ = line.split("/")
            if name in (".", ".."):
                continue
            entry = found[prefix + name]
            formats.same(name, [entry["number"], entry["inode"]["permissions"], entry["inode"]["uid"], entry["inode"]["gid"]],
                         [int(number), int(mode, 8) & 0o7777, int(uid), int(gid)])
            if size:
                formats.same(f"size of {name}", entry["inode"]["size"], int(size))


@formats.test_each(KINDS)
def everything(folder, kind):
    top, path = make(folder, kind)
    volume = formats.dump(path)
    same_as_folder(volume, top)
    same_as_dumpe2fs(volume, path)
    same_as_debugfs(volume, path)


@formats.test_each(["ext4 -b 4096", "ext2 -b 2048 -I 128", "ext2 -r 0", "ext4 -O ^64bit,^metadata_csum,^flex_bg", "ext2 -b 1024 -g 1024", "ext3 -O ^filetype",
                    "ext4 -O large_dir"])
def other_shapes(folder, options):
    kind, *more = options.split()
    top, path = make(folder, kind, *more, size="12M")
    volume = formats.dump(path)
    same_as_dumpe2fs(volume, path)
    same_as_folder(volume, top)


@formats.test
def trees_of_extents(folder):
    """A file in more pieces than an inode has room for."""
    formats.need("mke2fs", "debugfs")
    top = folder / "top"
    top.mkdir()
    for i in range(400):
        (top / f"{i}").write_bytes(b"x" * 4096)
    path, large = folder / "a.img", folder / "large"
    formats.say("mke2fs", "-q", "-t", "ext4", "-b", "1024", "-d", top, path, "4M")
    (folder / "commands").write_text("".join(f"rm {i}\n" for i in range(0, 400, 2)))
    formats.say("debugfs", "-w", "-f", folder / "commands", path)
    free = int(re.search(r"^Free blocks: +(\d+)", formats.say("dumpe2fs", "-h", path), re.M)[1])
    large.write_bytes(random.Random(5).randbytes((free - 20) * 1024 - 17))
    formats.say("debugfs", "-w", "-R", f"write {large} large", path)
    inode = dict(tree(formats.dump(path)["root"]["directory"]))["large"]["inode"]
    formats.same("depth", inode["extents"]["depth"] > 0, True)
    formats.same("content", inode["content"], large.read_bytes().hex())
    listed = formats.say("debugfs", "-R", "ex large", path)
    leaves = [[int(a), int(b), int(c)] for level, depth, a, b, c in
              re.findall(r"^ *(\d+)/ *(\d+) +\d+/ *\d+ +(\d+) - +\d+ +(\d+) - +\d+ +(\d+)", listed, re.M) if level == depth]
    mine = [[e["block"], e["start"], e["length"]] for b in inode["extents"]["branches"] for e in b["node"]["leaves"]]
    formats.same("extents", mine, leaves)


@formats.test_each(KINDS)
def a_file_with_holes(folder, kind):
    formats.need("mke2fs")
    top = folder / "top"
    top.mkdir()
    with open(top / "holes", "wb") as file:
        file.seek(200_000)
        file.write(b"the end")
    formats.say("mke2fs", "-q", "-t", kind, "-d", top, folder / "a.img", "4M")
    inode = dict(tree(formats.dump(folder / "a.img")["root"]["directory"]))["holes"]["inode"]
    formats.same("inode", inode, {"size": 200_007, "content": None})
    formats.same("stored", inode["stored"] < inode["needed"], True)


@formats.test
def a_checksum_that_is_wrong(folder):
    _, path = make(folder, "ext4")
    data = bytearray(path.read_bytes())
    data[1024 + 0x34] ^= 1
    path.write_bytes(data)
    finding, = formats.dump(path, status=1)["super"]["$findings"]
    formats.same("finding", "checksum" in finding["message"], True)


@formats.test
def a_folder_that_contains_itself(folder):
    top, path = make(folder, "ext2")
    volume = formats.dump(path)
    found = dict(tree(volume["root"]["directory"]))
    sub, deeper = found["sub"], found["sub/deeper"]
    data = bytearray(path.read_bytes())
    entry = struct.pack("<IHBB", deeper["number"], deeper["length"], 6, 2) + b"deeper"
    at = data.index(entry)
    struct.pack_into("<I", data, at, sub["number"])
    path.write_bytes(data)
    status, output, errors = formats.sonde(path)
    formats.same("status", [status, b"what contains a directory" in errors, len(output) < 16 << 20], [4, True, True])


@formats.test
def an_entry_of_no_length(folder):
    """It is told once; the entries are not met again without end."""
    _, path = make(folder, "ext4")
    data = bytearray(path.read_bytes())
    at = data.index(b"one of many files with long names 7") - 8
    struct.pack_into("<H", data, at + 4, 0)
    path.write_bytes(data)
    entries = dict(tree(formats.dump(path, status=4)["root"]["directory"]))["sub/deeper"]["inode"]["directory"]["entries"]
    formats.same("entries", 5 < len(entries) < 2000, True)


@formats.test
def a_file_system_that_is_cut_off(folder):
    _, path = make(folder, "ext4")
    data = path.read_bytes()
    for size in (0, 1, 1024, 1080, 1100, 2000, 2048, 2100, 50_000, 100_000, 120_000):
        path.write_bytes(data[:size])
        status, _, errors = formats.sonde(path, "-s", "ext")
        formats.same(f"status of {size} bytes", [status, b"Sanitizer" in errors], [4, False])


formats.main()
