"""The independent readers: what the jobs must print, by Python's struct and json.

What is shown line by line is read in samples: such a reader yields the number and the text of one line in SAMPLE, then how
many lines there are, with nothing. The others return all that is printed. Each is given the paths of the files."""

import hashlib
import json
import mmap
import re
import struct
import zlib

SAMPLE = 101

KINDS = "reading", "setpoint", "alarm", "acknowledge", "heartbeat", "calibration", "reset", "fault"
RECORD = struct.Struct("<QIHBB3sdfiHhq12s5x")
RECORD_NAMES = ("id", "time", "kind", "channel", "level", "sequence", "value", "ratio", "delta", "port", "temperature",
                "balance", "name")
PACKET = struct.Struct("<IIII")
PACKET_NAMES = "ts_sec", "ts_usec", "captured", "length"


def contents(paths):
    with open(paths[0], "rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def json_text(value):
    return json.dumps(value, separators=(",", ":")).encode()


def json_line(names, values):
    return json_text(dict(zip(names, values))) + b"\n"


# --- records

def shortest_float(value):
    """Returns the number whose repr is the shortest text of a binary32 number."""
    texts = (float(f"{value:.{digits}g}") for digits in range(1, 10))
    return next(text for text in texts if struct.pack("<f", text) == struct.pack("<f", value))


def record_samples(data):
    for i in range(0, len(data) // RECORD.size, SAMPLE):
        yield i, dict(zip(RECORD_NAMES, RECORD.unpack_from(data, i * RECORD.size)))


def records_jsonl(paths):
    data = contents(paths)
    for i, values in record_samples(data):
        if values["kind"] < len(KINDS):
            values["kind"] = KINDS[values["kind"]]
        values["sequence"] = int.from_bytes(values["sequence"], "little")
        values["ratio"] = shortest_float(values["ratio"])
        values["name"] = values["name"].split(b"\0")[0].decode()
        yield i, json_line(values.keys(), values.values())
    yield len(data) // RECORD.size, b""


def records_csv(paths):
    data = contents(paths)
    columns = "id", "time", "value", "port"
    yield 0, ",".join(columns).encode() + b"\n"
    for i, values in record_samples(data):
        yield i + 1, ",".join(json.dumps(values[name]) for name in columns).encode() + b"\n"
    yield len(data) // RECORD.size + 1, b""


def ports(data):
    return (low + 256 * high for low, high in zip(data[35::RECORD.size], data[36::RECORD.size]))


def records_count(paths):
    data = contents(paths)
    return f"{sum(port >= 1024 and level < 50 for port, level in zip(ports(data), data[15::RECORD.size]))}\n"


def records_sum(paths):
    data = contents(paths)
    return f"sum(port),max(port)\n{sum(ports(data))},{max(ports(data))}\n"


def records_last(paths):
    data = contents(paths)
    return f"{RECORD.unpack_from(data, len(data) - RECORD.size)[RECORD_NAMES.index('port')]}\n"


def records_patch(paths):
    data = bytearray(contents(paths))
    for i, (port, level) in enumerate(zip(ports(data), data[15::RECORD.size])):
        if port >= 1024 and level < 50:
            at = i * RECORD.size + 31
            (delta,) = struct.unpack_from("<i", data, at)
            struct.pack_into("<i", data, at, -1 - delta)
    return bytes(data)


# --- packets

def packet_headers(data):
    at = 24
    while at < len(data):
        header = PACKET.unpack_from(data, at)
        yield header
        at += PACKET.size + header[2]


def packets_jsonl(paths):
    count = 0
    for header in packet_headers(contents(paths)):
        if count % SAMPLE == 0:
            yield count, json_line(PACKET_NAMES, header)
        count += 1
    yield count, b""


def packets_count(paths):
    return f"{sum(1 for _ in packet_headers(contents(paths)))}\n"


def packets_nth(paths):
    captured = [header[2] for header in packet_headers(contents(paths))]
    return f"{captured[len(captured) * 9 // 10]}\n"


# --- entries with tags

def tlv_jsonl(paths):
    data = contents(paths)
    at, count = 0, 0
    while at < len(data):
        tag, length = struct.unpack_from("<HI", data, at)
        if count % SAMPLE == 0:
            value = data[at + 6:at + 6 + length]
            value = value.decode() if tag == 3 else int.from_bytes(value, "little", signed=tag == 2)
            yield count, json_line(("tag", "length", "value"), (tag, length, value))
        at += 6 + length
        count += 1
    yield count, b""


# --- objects

HEADER = struct.Struct("<HHIQQQIHHHHHH")
HEADER_NAMES = ("kind", "machine", "version", "entry", "segments_offset", "sections_offset", "flags", "size", "segment_size",
                "segment_count", "section_size", "section_count", "names_section")
SECTION = struct.Struct("<IIQQQQIIQQ")
SECTION_NAMES = ("name_offset", "type", "flags", "address", "offset", "size", "link", "info", "alignment", "entry_size")
SYMBOL = struct.Struct("<IBBHQQ")
ABIS = ("sysv", "hpux", "netbsd", "gnu", 4, 5, "solaris", "aix", "irix", "freebsd", "tru64", "modesto", "openbsd", "openvms",
        "nonstop")
OBJECT_KINDS = "none", "relocatable", "executable", "shared", "core"
SECTION_TYPES = ("null", "progbits", "symtab", "strtab", "rela", "hash", "dynamic", "note", "nobits", "rel", "shlib", "dynsym",
                 12, 13, "init_array", "fini_array", "preinit_array", "group", "symtab_shndx")
SYMBOL_TYPES = "none", "object", "func", "section", "file", "common", "tls"
BINDINGS = "local", "global", "weak"


def name_of(names, number):
    return names[number] if number < len(names) else number


def text_at(data, at):
    return data[at:data.index(b"\0", at)].decode()


def symbol_of(data, at, names_at):
    name, info, other, index, value, size = SYMBOL.unpack_from(data, at)
    return {"name_offset": name, "binding": name_of(BINDINGS, info >> 4), "type": name_of(SYMBOL_TYPES, info & 15), "other": other,
            "section_index": index, "value": value, "size": size, "name": text_at(data, names_at + name)}


def object_of(data):
    values = dict(zip(HEADER_NAMES, HEADER.unpack_from(data, 16)))
    header = {"ident": {"class": "elf64", "order": "lsb", "version": 1, "abi": name_of(ABIS, data[7])}, **values,
              "kind": name_of(OBJECT_KINDS, values["kind"]), "machine": "x86_64"}
    sections = [dict(zip(SECTION_NAMES, SECTION.unpack_from(data, header["sections_offset"] + i * SECTION.size)))
                for i in range(header["section_count"])]
    for section in sections:
        section["type"] = name_of(SECTION_TYPES, section["type"])
        section["name"] = text_at(data, sections[header["names_section"]]["offset"] + section["name_offset"])
        if section["type"] in ("symtab", "dynsym"):
            section["symbols"] = [symbol_of(data, section["offset"] + at, sections[section["link"]]["offset"])
                                  for at in range(0, section["size"], SYMBOL.size)]
    return {"header": header, "sections": sections}


def elf_json(paths):
    for i in range(0, len(paths), SAMPLE):
        yield i, json_text(object_of(paths[i].read_bytes())) + b"\n"
    yield len(paths), b""


# --- chunks

def damaged_chunks(data):
    """Returns the numbers of the chunks whose CRC is wrong."""
    at, number, damaged = 8, 0, []
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        end = at + 8 + length
        if zlib.crc32(data[at + 4:end]) != struct.unpack_from(">I", data, end)[0]:
            damaged.append(number)
        at = end + 4
        number += 1
    return damaged


# --- bytes

def text_find(paths):
    return f"{len(re.findall(b'(?=sounding)', contents(paths)))}\n"


def text_grep(paths):
    with open(paths[0], "rb") as file:
        return "".join(f"{number}:{line.decode()}" for number, line in enumerate(file, 1) if b"sounding" in line)


def hash_crc32(paths):
    return f"{zlib.crc32(contents(paths)):08x}  {paths[0]}\n"


def hash_sha256(paths):
    return f"{hashlib.sha256(contents(paths)).hexdigest()}  {paths[0]}\n"
