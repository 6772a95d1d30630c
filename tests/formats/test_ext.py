"""ext2, ext3 and ext4 file systems against e2fsprogs, and what was put in."""

import os
import random
import re
import stat
import struct
import time

import formats

KINDS = ["ext2", "ext3", "ext4"]
SHAPES = ["ext2 -b 4096", "ext4 -b 4096", "ext2 -b 2048 -I 128", "ext2 -r 0", "ext4 -O ^64bit,^metadata_csum,^flex_bg", "ext2 -b 1024 -g 1024",
          "ext3 -O ^filetype", "ext4 -O large_dir", "ext4 -O inline_data", "ext4 -b 1024 -O meta_bg,^resize_inode -g 256", "ext2 -O ^sparse_super,^resize_inode"]
KIND_OF = {stat.S_IFREG: "regular", stat.S_IFDIR: "directory", stat.S_IFLNK: "symlink", stat.S_IFIFO: "fifo"}
PERMISSIONS = [f"{who}_{what}" for who in ("other", "group", "user") for what in ("execute", "write", "read")] + ["sticky", "setgid", "setuid"]
os.environ["PATH"] += ":/usr/sbin:/sbin"


def fill(top):
    rng = random.Random(4)
    (top / "sub" / "deeper").mkdir(parents=True)
    (top / "short.txt").write_bytes(b"hello\n")
    (top / "empty").write_bytes(b"")
    (top / "medium").write_bytes(rng.randbytes(100_001))            # of block maps, through one more block
    (top / "sub" / "large").write_bytes(rng.randbytes(700_000))     # through two
    (top / "sub" / "deeper" / "grün").write_bytes(b"a name of UTF-8")
    (top / "sub" / ("n" * 255)).write_bytes(b"x" * 90)
    for i in range(200):
        (top / "sub" / "deeper" / f"one of many files with long names {i}").write_bytes(b"")
    os.symlink("short.txt", top / "link")
    os.symlink("5" * 59, top / "as long as fits")
    os.symlink("6" * 60, top / "longer than fits")
    os.symlink("far/" * 30, top / "long link")
    os.link(top / "short.txt", top / "sub" / "again")
    os.mkfifo(top / "pipe")
    os.chmod(top / "medium", 0o4750)
    for path in [*top.rglob("*"), top]:
        os.utime(path, (1500000000, 1600000000), follow_symlinks=False)


def make(folder, kind, *options, size="8M", fill=fill):
    formats.need("mke2fs", "debugfs", "dumpe2fs")
    top = folder / "top"
    top.mkdir()
    fill(top)
    path = folder / "a.img"
    formats.say("mke2fs", "-q", "-t", kind, "-d", top, "-L", "a label", *options, path, size)
    return top, path


def inode_of(volume, number):
    group, index = divmod(number - 1, volume["superblock"]["group_inodes"])
    return volume["groups"][group]["inodes"][index]


def tree(volume, directory=None, before=""):
    """Path, entry and inode of what is in a directory."""
    for entry in (directory or volume["root"])["entries"]:
        if "name" in entry:
            inode = inode_of(volume, entry["number"])
            yield before + entry["name"], entry, inode
            if "directory" in entry:
                yield from tree(volume, entry["directory"], before + entry["name"] + "/")


def inodes(volume):
    return {name: inode for name, _, inode in tree(volume)}


def mode(inode):
    return sum(1 << PERMISSIONS.index(name) for name in inode["permission"])


def blocks_of(node, first=0):
    """The blocks of a file: where in it, and where in the volume."""
    if "entries" in node:  # of a tree of extents
        for entry in node["entries"]:
            if "below" in entry:
                yield from blocks_of(entry["below"])
            else:
                yield from ((entry["block"] + i, entry["start"] + i) for i in range(entry["count"]))
    elif "indirect" in node:
        yield from ((i, number) for i, number in enumerate(node["numbers"]) if number)
        at, fan = 12, 1
        for name in ("map_1", "map_2", "map_3"):
            if name in node:
                fan = len(node[name]["numbers"])
                yield from blocks_of(node[name], at)
            at, span = at + fan ** int(name[-1]), fan
    else:
        fan = len(node["numbers"])
        for i, below in enumerate(node["below"]):
            if below and "numbers" in below:
                yield from blocks_of(below, first + i * fan)
            elif below:
                yield first + i, node["numbers"][i]


def same_as_folder(volume, top):
    found = inodes(volume)
    wanted = {str(path.relative_to(top)): path for path in top.rglob("*")}
    found.pop("lost+found")
    formats.same("paths", sorted(found), sorted(wanted))
    for name, path in wanted.items():
        told, inode = os.lstat(path), found[name]
        kind = KIND_OF[stat.S_IFMT(told.st_mode)]
        formats.same(name, inode, {"type": kind, "uid": told.st_uid, "gid": told.st_gid, "modified": int(told.st_mtime)})
        formats.same(f"mode of {name}", mode(inode), stat.S_IMODE(told.st_mode))
        if kind != "directory":
            formats.same(f"links of {name}", inode["links"], told.st_nlink)
        if kind == "regular":
            formats.same(f"content of {name}", [inode["size"], inode["content"]], [told.st_size, path.read_bytes().hex()])
        elif kind == "symlink":
            formats.same(f"target of {name}", inode["target"], os.readlink(path))


def same_as_dumpe2fs(volume, path):
    told = formats.say("dumpe2fs", path)
    head = dict(re.findall(r"^([^:\n]+): +(.*)$", told, re.M))
    numbers = {"inode_count": "Inode count", "block_count": "Block count", "reserved_count": "Reserved block count", "free_block_count": "Free blocks",
               "free_inode_count": "Free inodes", "first_block": "First block", "group_blocks": "Blocks per group", "group_inodes": "Inodes per group",
               "reserved_descriptor_blocks": "Reserved GDT blocks", "max_mount_count": "Maximum mount count", "journal_inode": "Journal inode",
               "extra_size_wanted": "Desired extra isize", "extra_size_least": "Required extra isize"}
    for field, name in numbers.items():
        if name in head:
            formats.same(field, volume["superblock"][field], int(head[name]))
    for field, name in {"block_size": "Block size", "inode_size": "Inode size", "first_inode": "First inode", "descriptor_size": "Group descriptor size"}.items():
        if name in head:
            formats.same(field, volume[field], int(head[name]))
    head_of = volume["superblock"]
    formats.same("name", head_of["volume_name"], head["Filesystem volume name"])
    formats.same("uuid", head_of["uuid"], head["Filesystem UUID"].replace("-", ""))
    formats.same("made", time.asctime(time.gmtime(head_of["made"])), head.get("Filesystem created", "Thu Jan  1 00:00:00 1970"))
    if "Directory Hash Seed" in head:
        seed = struct.pack("<4I", *head_of["hash_seed"])
        formats.same("hash", [head_of["hash"], seed.hex()], [head["Default directory hash"], head["Directory Hash Seed"].replace("-", "")])
    features = ["bits_64" if one == "64bit" else one for one in head["Filesystem features"].split() if one != "(none)"]
    formats.same("features", sorted(head_of["compatible"] + head_of["incompatible"] + head_of["read_only"]), sorted(features))
    if "Checksum" in head:
        formats.same("checksum", head_of["checksum"], int(head["Checksum"], 16))
    groups = re.findall(r"^Group \d+:.*?Block bitmap at (\d+).*?Inode bitmap at (\d+).*?Inode table at (\d+).*?"
                        r"(\d+) free blocks, (\d+) free inodes, (\d+) directories", told, re.M | re.S)
    fields = ("block_bitmap_block", "inode_bitmap_block", "inode_table_block", "free_blocks", "free_inodes", "directories")
    formats.same("groups", [[group[field] for field in fields] for group in volume["groups"]], [[int(number) for number in group] for group in groups])
    for group in volume["groups"]:
        used = sum(inode is not None for inode in group.get("inodes", []))
        formats.same("inodes in use", used, head_of["group_inodes"] - group["free_inodes"])


def same_as_debugfs(volume, path):
    """What it says of every inode that has a name."""
    found = list(tree(volume))
    script = path.with_name("stats")
    script.write_text("".join(f'stat "/{name}"\n' for name, _, _ in found))
    all_told = re.split(r"^debugfs: stat .*$", formats.say("debugfs", "-f", script, path), flags=re.M)[1:]
    for (name, entry, inode), told in zip(found, all_told, strict=True):
        said = dict(reversed(re.findall(r"(Inode|Generation|Size|File ACL|Links|Blockcount|Mode|User|Group): +(\w+)", told)))
        formats.same(f"{name} of debugfs", [entry["number"], mode(inode), inode["generation"], inode["size"], inode["attributes_block"], inode["links"],
                                            inode["sectors"], inode["uid"], inode["gid"]],
                     [int(said["Inode"]), int(said["Mode"], 8), *(int(said[field]) for field in
                      ("Generation", "Size", "File ACL", "Links", "Blockcount", "User", "Group"))])
        for field, what in {"changed": "ctime", "modified": "mtime", "accessed": "atime", "created": "crtime"}.items():
            when = re.search(rf"^ *{what}: 0x(\w+)", told, re.M)
            if when:
                formats.same(f"{field} of {name}", inode[field], int(when[1], 16))
        if "extents" in inode or "map" in inode:
            listed = re.split(r"^(?:BLOCKS|EXTENTS):", told, flags=re.M)[1:]
            wanted = [(int(a) + i, int(c) + i) for a, b, c in re.findall(r"\((\d+)(?:-(\d+))?\):(\d+)", "".join(listed))
                      for i in range(int(b or a) - int(a) + 1)]
            formats.same(f"blocks of {name}", [list(one) for one in blocks_of(inode.get("extents") or inode["map"])], [list(one) for one in wanted])


@formats.test_each(KINDS)
def everything(folder, kind):
    top, path = make(folder, kind)
    volume = formats.dump(path)
    same_as_folder(volume, top)
    same_as_dumpe2fs(volume, path)
    same_as_debugfs(volume, path)


@formats.test_each(SHAPES)
def other_shapes(folder, options):
    kind, *more = options.split()
    top, path = make(folder, kind, *more, size="12M")
    volume = formats.dump(path)
    same_as_dumpe2fs(volume, path)
    same_as_folder(volume, top)


@formats.test_each(KINDS)
def a_large_file(folder, kind):
    """Of block maps, through three more blocks."""
    top, path = make(folder, kind, "-b", "1024", size="80M", fill=lambda top: (top / "large").write_bytes(random.Random(6).randbytes(68_000_000)))
    volume = formats.dump(path)
    same_as_folder(volume, top)
    same_as_debugfs(volume, path)
    formats.same("levels", "map_3" in inodes(volume)["large"].get("map", {}), kind != "ext4")


@formats.test
def trees_of_extents(folder):
    """A file in more pieces than an inode has room for."""
    formats.need("mke2fs", "debugfs")
    _, path = make(folder, "ext4", "-b", "1024", size="4M", fill=lambda top: [(top / f"{i}").write_bytes(b"x" * 4096) for i in range(400)])
    large = folder / "large"
    (folder / "commands").write_text("".join(f"rm {i}\n" for i in range(0, 400, 2)))
    formats.say("debugfs", "-w", "-f", folder / "commands", path)
    free = int(re.search(r"^Free blocks: +(\d+)", formats.say("dumpe2fs", "-h", path), re.M)[1])
    large.write_bytes(random.Random(5).randbytes((free - 20) * 1024 - 17))
    formats.say("debugfs", "-w", "-R", f"write {large} large", path)
    volume = formats.dump(path)
    inode = inodes(volume)["large"]
    formats.same("depth", inode["extents"]["depth"] > 0, True)
    formats.same("content", inode["content"], large.read_bytes().hex())
    same_as_debugfs(volume, path)


def holes(top):
    """A file with holes: in front, between single blocks, and in front of the end."""
    with open(top / "holes", "wb") as file:
        for at in (50_000, 100_000, 600_000, 5_000_000):
            file.seek(at)
            file.write(b"%d" % at)
        file.truncate(5_500_000)


@formats.test_each(KINDS)
def a_file_with_holes(folder, kind):
    top, path = make(folder, kind, "-b", "1024", fill=holes)
    volume = formats.dump(path)
    inode = inodes(volume)["holes"]
    formats.same("inode", inode, {"size": 5_500_000, "whole": False, "content": None})
    same_as_debugfs(volume, path)
    made, whole = bytearray(5_500_000), path.read_bytes()
    for here, there in blocks_of(inode.get("extents") or inode["map"]):
        made[here * 1024:here * 1024 + 1024] = whole[there * 1024:there * 1024 + 1024]
    formats.same("content", made == (top / "holes").read_bytes(), True)
    formats.same("data", inode["stored"], 4 * 1024)


@formats.test_each(["ext2", "ext4"])
def a_hash_tree(folder, kind):
    formats.need("e2fsck")
    _, path = make(folder, kind, "-b", "1024", size="32M",
                   fill=lambda top: [(top / f"the name of file number {i} of {len(KINDS) * 1000}").touch() for i in range(3000)])
    formats.say("e2fsck", "-fyD", path, status=None)
    volume = formats.dump(path)
    same_as_folder(volume, folder / "top")
    told = formats.say("debugfs", "-R", "htree_dump /", path)
    root = volume["root"]["above"]["hash_tree"]
    formats.same("levels", root["levels"], int(re.search(r"Indirect levels: (\d+)", told)[1]))
    formats.same("count", root["node"]["count"], int(re.search(r"Number of entries \(count\): (\d+)", told)[1]))
    listed = re.findall(r"^Entry #\d+: Hash 0x(\w+)(?: \(\d+\))?, block (\d+)", told, re.M)[1:root["node"]["count"]]
    formats.same("nodes", [[one["hash"], one["block"]] for one in root["node"]["entries"]], [[int(a, 16), int(b)] for a, b in listed])


@formats.test_each(["ext2", "ext4"])
def extended_attributes(folder, kind):
    """In the inode, and in a block of their own."""
    _, path = make(folder, kind, size="4M", fill=lambda top: (top / "a").write_bytes(b"a"))
    wanted = {"user.short": b"value", "user.long": bytes(range(65, 91)) * 25, "trusted.other": b"x" * 7}
    (folder / "long").write_bytes(wanted["user.long"])
    for name, value in wanted.items():
        formats.say("debugfs", "-w", "-R", f"ea_set -f {folder}/long a {name}" if len(value) > 99 else f"ea_set a {name} {value.decode()}", path)
    inode = inodes(formats.dump(path))["a"]
    found = {f"{one['prefix']}.{one['name']}": one["value"] for block in ("attributes", "more_attributes") for one in inode[block]["attributes"]}
    formats.same("attributes", found, {name: value.hex() for name, value in wanted.items()})


@formats.test
def a_volume_with_few_files_is_dumped_at_once(folder):
    for kind, size in (("ext2", "64M"), ("ext4", "1G")):
        formats.say("mke2fs", "-q", "-t", kind, "-b", "4096", folder / kind, size)
        status, output, errors = formats.sonde(folder / kind)
        formats.same(kind, [status, len(output) < 4 << 20], [0, True])


@formats.test
def a_checksum_that_is_wrong(folder):
    _, path = make(folder, "ext4")
    data = bytearray(path.read_bytes())
    data[1024 + 0x34] ^= 1
    path.write_bytes(data)
    finding, = formats.dump(path, status=1)["superblock"]["$findings"]
    formats.same("finding", "checksum" in finding["message"], True)


@formats.test_each(["sub", "."])
def a_folder_that_contains_itself(folder, other):
    """Where deeper is, stands the folder that it is in, or the root."""
    top, path = make(folder, "ext2")
    volume = formats.dump(path)
    found = {name: entry for name, entry, _ in tree(volume)}
    deeper, number = found["sub/deeper"], 2 if other == "." else found["sub"]["number"]
    data = bytearray(path.read_bytes())
    entry = struct.pack("<IHBB", deeper["number"], deeper["length"], 6, 2) + b"deeper"
    struct.pack_into("<I", data, data.index(entry), number)
    path.write_bytes(data)
    status, output, errors = formats.sonde(path)
    formats.same("status", [status, b"a directory begins" in errors or b"what contains a directory" in errors, len(output) < 16 << 20], [4, True, True])


@formats.test
def pointers_that_lead_elsewhere(folder):
    """To the block that they are in, to the superblock, and out of the volume."""
    top, path = make(folder, "ext2", "-b", "1024")
    data = path.read_bytes()
    volume = formats.dump(path)
    large = inodes(volume)["sub/large"]["map"]
    double = large["double_indirect"] * 1024
    for target in (double // 1024, 1, 0x7fffffff):
        changed = bytearray(data)
        struct.pack_into("<I", changed, double, target)
        path.write_bytes(changed)
        status, output, errors = formats.sonde(path)
        formats.same(f"status with {target}", [status in (0, 4), b"sub" in errors or b"below[0]" in errors or status == 0], [True, True])
        formats.same("size", len(output) < 64 << 20, True)
        if target == 0x7fffffff:
            formats.same("status", status, 4)


@formats.test
def a_tree_of_extents_that_contains_itself(folder):
    _, path = make(folder, "ext4", "-b", "1024", size="4M", fill=lambda top: (top / "a").write_bytes(b"x" * 9000))
    data = bytearray(path.read_bytes())
    inode = inodes(formats.dump(path))["a"]
    block = inode["extents"]["entries"][0]["start"]
    at = data.index(struct.pack("<HHHHIIHHI", 0xf30a, 1, 4, 0, 0, 0, 9, 0, block))
    struct.pack_into("<HHHHIIIHH", data, at, 0xf30a, 1, 4, 1, 0, 0, block, 0, 0)
    struct.pack_into("<HHHHIIIHH", data, block * 1024, 0xf30a, 1, 84, 1, 0, 0, block, 0, 0)
    path.write_bytes(data)
    status, output, errors = formats.sonde(path)
    formats.same("fault", [status, b"levels count down" in errors], [4, True])


@formats.test
def an_entry_of_no_length(folder):
    """It is told once; the entries are not met again without end."""
    _, path = make(folder, "ext4")
    data = bytearray(path.read_bytes())
    at = data.index(b"one of many files with long names 7") - 8
    struct.pack_into("<H", data, at + 4, 0)
    path.write_bytes(data)
    entries = formats.dump(path, status=4)["root"]["entries"]
    for name in ("sub", "deeper"):
        entries, = (entry["directory"]["entries"] for entry in entries if entry.get("name") == name)
    formats.same("entries", 5 < len(entries) < 2000, True)


@formats.test
def a_file_system_that_is_cut_off(folder):
    _, path = make(folder, "ext4")
    data = path.read_bytes()
    for size in (0, 1, 1024, 1080, 1100, 2000, 2048, 2100, 50_000, 100_000, 120_000):
        path.write_bytes(data[:size])
        status, _, errors = formats.sonde(path, "-s", "ext")
        formats.same(f"status of {size} bytes", [status, b"Sanitizer" in errors], [4, False])


@formats.test
def groups_that_are_cut_off(folder):
    """What the other groups have is there."""
    _, path = make(folder, "ext2", "-b", "1024", "-g", "2048", size="12M")
    names = [entry["name"] for entry in formats.dump(path)["root"]["entries"]]
    path.write_bytes(path.read_bytes()[:9 << 20])
    volume = formats.dump(path, status=4)
    formats.same("names", [entry["name"] for entry in volume["root"]["entries"]], names)


@formats.test
def bytes_that_are_wrong(folder):
    """Here and there in the superblock, the descriptors, the inodes and the first directories."""
    _, path = make(folder, "ext2", "-b", "1024", size="2M", fill=lambda top: (top / "a").write_bytes(b"x" * 30000))
    data, rng = path.read_bytes(), random.Random(7)
    inode_table = formats.dump(path)["groups"][0]["inode_table_block"] * 1024
    for start, end in ((1024, 2048), (2048, 2080), (inode_table, inode_table + 12 * 256), (inode_table + 12 * 256, inode_table + 64 * 1024)):
        for _ in range(15):
            changed = bytearray(data)
            for _ in range(3):
                changed[rng.randrange(start, end)] = rng.choice((0, 0xff, rng.randrange(256)))
            path.write_bytes(changed)
            status, _, errors = formats.sonde(path, "-s", "ext")
            formats.same(f"status, bytes from {start}", [status in (0, 1, 4), b"Sanitizer" in errors], [True, False])


formats.main()
