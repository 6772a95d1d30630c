"""FAT volumes against dosfstools and mtools, which make them, and what was put in."""

import datetime
import os
import random
import re
import struct

import formats

KINDS = {12: ("-F", "12", "-C"), 16: ("-F", "16", "-C"), 32: ("-F", "32", "-C")}
BLOCKS = {12: 1440, 16: 20000, 32: 40000}
LONG = "A name that is longer than two entries, with spaces and an ä.text"


def files():
    rng = random.Random(3)
    return {"README.TXT": b"short\n", "EMPTY": b"", LONG: rng.randbytes(3000), "SUB/NUMBERS.BIN": rng.randbytes(70000),
            "SUB/DEEPER/Deepest file.dat": rng.randbytes(513), "SUB/DEEPER/" + "x" * 13: b"thirteen"}


def make(folder, kind, sector=512):
    """A volume with files in folders, one of them deleted and one in clusters apart."""
    formats.need("mkfs.fat", "mcopy", "mmd", "mdel", "minfo")
    path = folder / "a.img"
    formats.say("mkfs.fat", *KINDS[kind], "-S", sector, "-n", "MY VOLUME", "-i", "1234abcd", path, BLOCKS[kind] * sector // 512)
    for name in ("SUB", "SUB/DEEPER"):
        formats.say("mmd", "-i", path, "::" + name)
    source = folder / "file"
    for i, (name, data) in enumerate(files().items()):
        source.write_bytes(data)
        os.utime(source, (1600000000 + 1000 * i, 1600000000 + 1000 * i))
        if name.startswith("SUB/NUM"):  # so that this one's clusters do not follow each other
            formats.say("mdel", "-i", path, "::GONE.TXT")
        formats.say("mcopy", "-m", "-i", path, source, "::" + name)
        if i == 0:
            source.write_bytes(b"x" * 9000)
            formats.say("mcopy", "-i", path, source, "::GONE.TXT")
    return path


def tree(entries, before=""):
    """Path and entry of what a directory has."""
    for entry in entries:
        if "name" not in entry or entry["deleted"] or "volume" in entry["attributes"]:
            continue
        yield before + entry["name"], entry
        if "directory" in entry["attributes"]:
            yield from tree(entry["directory"]["entries"], before + entry["name"] + "/")


def moment(entry):
    date, time = entry["written_date"], entry["written_time"]
    return datetime.datetime(1980 + (date >> 9), date >> 5 & 15, date & 31, time >> 11, time >> 5 & 63, (time & 31) * 2)


@formats.test_each(KINDS)
def files_and_folders(folder, kind):
    volume = formats.dump(make(folder, kind))
    found = dict(tree(volume["root"]))
    wanted = files()
    formats.same("paths", sorted(found), sorted([*wanted, "SUB", "SUB/DEEPER"]))
    for i, (name, data) in enumerate(wanted.items()):
        formats.same(f"size of {name}", found[name]["size"], len(data))
        formats.same(f"content of {name}", found[name].get("content", ""), data.hex())
        when = datetime.datetime.fromtimestamp((1600000000 + 1000 * i) & ~1, datetime.timezone.utc)
        formats.same(f"time of {name}", str(moment(found[name])), str(when)[:19])
    numbers = found["SUB/NUMBERS.BIN"]["clusters"]["numbers"]
    if kind != 32:  # mtools does not come back to a gap there
        formats.same("apart", numbers == list(range(numbers[0], numbers[0] + len(numbers))), False)
        formats.same("deleted", [e["extension"] for e in volume["root"] if e.get("deleted")], ["TXT"])


@formats.test_each(KINDS)
def what_minfo_says(folder, kind):
    path = make(folder, kind)
    volume = formats.dump(path)
    told = dict(re.findall(r"^([^:=\n]+)[:=] *(.*)$", formats.say("minfo", "-i", path, "::"), re.M))
    numbers = {"sector_size": "sector size", "cluster_sectors": "cluster size", "reserved_sectors": "reserved (boot) sectors",
               "table_count": "fats", "root_entries": "max available root directory slots", "table_sectors": "sectors per fat" if kind != 32 else
               "Big fatlen", "track_sectors": "sectors per track", "heads": "heads", "hidden_sectors": "hidden sectors"}
    for field, said in numbers.items():
        formats.same(field, volume[field], int(told[said].split()[0], 0))
    formats.same("sectors", volume["sectors"], int((told.get("big size") or told["small size"]).split()[0]) or int(told["big size"].split()[0]))
    formats.same("serial", volume["serial"], int(told["serial number"], 16))
    formats.same("labels", [volume["label"].strip(), volume["type_label"].strip()],
                 [told[name].strip('"').strip() for name in ("disk label", "disk type")])
    formats.same("kind", volume["kind"], kind)


@formats.test_each(KINDS)
def what_fsck_says(folder, kind):
    formats.need("fsck.fat")
    path = make(folder, kind)
    volume = formats.dump(path)
    told = formats.say("fsck.fat", "-nv", path)

    def number(pattern):
        return int(re.search(pattern, told)[1])

    formats.same("clusters", volume["clusters"], number(r"(\d+) data clusters"))
    formats.same("data", volume["data_start"], number(r"Data area starts at byte (\d+)"))
    formats.same("free", volume["clusters"] - volume["free"], number(r"files, (\d+)/"))
    formats.same("tables", [len(table) for table in volume["tables"]], [volume["clusters"] + 2] * 2)
    if kind == 32:
        formats.same("info", volume["info"]["free"], volume["free"])


@formats.test
def the_table_by_hand(folder):
    path = make(folder, 12)
    volume = formats.dump(path)
    data = path.read_bytes()
    start = volume["reserved_sectors"] * volume["sector_size"]
    table = [struct.unpack_from("<H", data, start + i * 3 // 2)[0] >> (i & 1) * 4 & 0xfff for i in range(volume["clusters"] + 2)]
    formats.same("table", volume["tables"][0], table)


@formats.test
def sectors_of_2048_bytes(folder):
    volume = formats.dump(make(folder, 16, 2048))
    formats.same("size", volume["sector_size"], 2048)
    formats.same("files", sorted(dict(tree(volume["root"]))), sorted([*files(), "SUB", "SUB/DEEPER"]))


@formats.test
def tables_that_differ(folder):
    path = make(folder, 16)
    data = bytearray(path.read_bytes())
    volume = formats.dump(path)
    data[(volume["reserved_sectors"] + volume["table_sectors"]) * 512 + 100] ^= 1
    path.write_bytes(data)
    finding, = formats.dump(path, status=1)["$findings"]
    formats.same("finding", "copies of the table" in finding["message"], True)


@formats.test
def a_chain_that_is_a_ring(folder):
    path = make(folder, 16)
    data = bytearray(path.read_bytes())
    volume = formats.dump(path)
    numbers = dict(tree(volume["root"]))["SUB/NUMBERS.BIN"]["clusters"]["numbers"]
    struct.pack_into("<H", data, volume["reserved_sectors"] * 512 + 2 * numbers[-1], numbers[0])
    path.write_bytes(data)
    found = dict(tree(formats.dump(path, status=4)["root"]))
    formats.same("another file", found[LONG]["content"], files()[LONG].hex())


@formats.test
def a_folder_that_contains_itself(folder):
    path = make(folder, 16)
    data = bytearray(path.read_bytes())
    volume = formats.dump(path)
    found = dict(tree(volume["root"]))
    sub, deeper = found["SUB"]["first"], found["SUB/DEEPER"]["first"]
    at = data.index(struct.pack("<H", deeper), volume["data_start"] + (sub - 2) * volume["cluster_size"] + 64 + 26)
    struct.pack_into("<H", data, at, sub)
    path.write_bytes(data)
    status, output, errors = formats.sonde(path)
    formats.same("status", status, 4)
    formats.same("fault", b"a directory" in errors or b"what contains a directory" in errors, True)
    formats.same("size", len(output) < 4 << 20, True)


@formats.test
def a_volume_that_is_cut_off(folder):
    path = make(folder, 12)
    data = path.read_bytes()
    for size in (0, 1, 40, 511, 512, 3000, 9728, 10000, 17000, 60000):
        path.write_bytes(data[:size])
        status, _, errors = formats.sonde(path, "-s", "fat")
        formats.same(f"status of {size} bytes", [status, b"Sanitizer" in errors], [4, False])


formats.main()
