"""Files cut at every length: never a crash, always JSON, and status 4 wherever described bytes are missing; verify tells the same."""

import io
import json
import os
import struct
import subprocess
import zipfile
import zlib

import formats


def png():
    def chunk(kind, body=b""):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = b"".join(b"\1" + bytes(range(y, y + 9)) for y in range(4))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 3, 4, 8, 2, 0, 0, 0)) +
            chunk(b"tEXt", b"Title\0cut") + chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"again " * 9)) +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND"))


def pcap():
    data = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
    for i in range(3):
        ip = struct.pack(">BBHHHBBHII", 0x45, 0, 28 + i, 1, 0, 64, 17, 0, 0x0A000001, 0x0A000002)
        udp = struct.pack(">HHHH", 53, 1024 + i, 8 + i, 0) + b"x" * i
        frame = bytes(range(12)) + b"\x08\x00" + ip + udp
        data += struct.pack("<IIII", 1700000000 + i, i, len(frame), len(frame)) + frame
    return data


def elf(width, order):
    """One segment with an interpreter, a table of strings, symbols and a note."""
    o, big = "<" if order == 1 else ">", width == 64
    word = "Q" if big else "I"
    head, segment, section = (64, 56, 64) if big else (52, 32, 40)
    names = b"\0.s\0.sym\0.note\0main\0"
    interpreter = b"/lib/ld.so\0"
    symbol = struct.pack(o + "IBBHQQ", 15, 18, 0, 1, 16, 4) if big else struct.pack(o + "IIIBBH", 15, 16, 4, 18, 0, 1)
    symbols = bytes(len(symbol)) + symbol
    note = struct.pack(o + "III", 4, 4, 9) + b"abc\0" + b"1234"
    at = head + segment
    places = [at + len(interpreter), at + len(interpreter) + len(names)]
    places.append(places[1] + len(symbols))
    end = places[2] + len(note)
    ident = b"\x7fELF" + bytes([width // 32, order, 1]) + bytes(9)
    header = ident + struct.pack(o + "HHI3" + word + "IHHHHHH", 3, 8, 1, 0, head, end, 0, head, segment, 1, section,
                                 4, 1)
    size = len(interpreter)
    program = (struct.pack(o + "IIQQQQQQ", 3, 4, at, at, at, size, size, 1) if big else
               struct.pack(o + "IIIIIIII", 3, at, at, at, size, size, 4, 1))
    layout = o + ("IIQQQQIIQQ" if big else "10I")
    table = bytes(section)
    for name, kind, place, body, link in ((1, 3, places[0], names, 0), (4, 2, places[1], symbols, 1),
                                          (9, 7, places[2], note, 0)):
        table += struct.pack(layout, name, kind, 0, 0, place, len(body), link, 0, 4, len(symbol) if kind == 2 else 0)
    return header + program + interpreter + names + symbols + note + table


def gzip():
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    content = b"something to deflate, something to inflate" * 3
    return (b"\x1f\x8b\x08\x18\0\0\0\0\2\3name\0comment\0" + deflate.compress(content) + deflate.flush() +
            struct.pack("<II", zlib.crc32(content), len(content)))


def bmp():
    rows = bytes(8 * 3)
    header = struct.pack("<IiiHHIIiiII", 40, 33, 3, 1, 1, 0, len(rows), 1, 1, 0, 0)
    return b"BM" + struct.pack("<IHHI", 62 + len(rows), 0, 0, 62) + header + bytes(8) + rows


def archive():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(zipfile.ZipInfo("stored"), "something")
        file.writestr("deflated", "something to deflate, " * 9)
        file.comment = b"the end"
    return made.getvalue()


PLACES = """
schema places "Placed fields, a chain, gathered bytes, a union, bits, strides, a switch";
endian big;
struct block { uint16 next; uint8 length; byte data[length]; }
struct entry { uint16 at; uint8 length; char name[length] @ at; }
struct item { uint8 kind; switch (kind) value { 1: uint8; 2: { uint8 a : 4; uint8 b : 4; } default: cstring; } }
union either { uint16 number; struct { uint8 count; byte bytes[count]; } piece; }
struct places {
    magic  "PL";
    uint8  count;
    uint16 first;
    entry  entries[count];
    block  blocks[] @ first then $.next until $.next == 0;
    struct { uint16 words[3]; } gathered from concat(blocks[*].data);
    let    names = join(entries[*].name, "/");
    item   items[3] stride 4;
    either either;
    uint16 table[3] : 12;
    uint8  : 4;
    uint8  rows[2][2];
    check  sum(rows[*][*]) == 10;
    uint8  last @ 60;
}
"""

PACKED = """
schema packed "Transforms in transforms, sized structs, varints, text to a terminator";
endian little;
struct note sized size { uint8 size; string text[] until "\\n"; byte rest[]; }
struct inner { vlq count; uint16 numbers[count]; byte packed[]; cstring text from zlib(packed); }
struct packed {
    uint16 size;
    byte   data[size];
    inner  inner from zlib(data);
    uint32 crc = crc32(data);
    note   notes[2];
    uint8  sum = bytesum(notes) & 0xff;
}
"""


def places():
    head = b"PL\x02" + struct.pack(">H", 40) + struct.pack(">HBHB", 58, 2, 56, 2)
    items = b"\x01\x05\0\0" + b"\x02\x67\0\0" + b"\x09ab\0"
    rest = items + b"\x03abc" + bytes.fromhex("1232343450") + b"\x01\x02\x03\x04"
    blocks = struct.pack(">HB", 48, 3) + b"\0\x01\0" + b"\xff\xff" + struct.pack(">HB", 0, 3) + b"\x02\0\x03"
    data = (head + rest).ljust(40, b"\xee") + blocks
    return data.ljust(56, b"\xee") + b"xyzw\x63"


def packed():
    text = zlib.compress(b"inside of the inside\0")
    data = zlib.compress(b"\x03" + struct.pack("<3H", 1, 2, 3) + text)
    notes = b"\x06hey\n!" + b"\x04ok\n"
    return struct.pack("<H", len(data)) + data + struct.pack("<I", zlib.crc32(data)) + notes + bytes([sum(notes) & 255])


# Schemas of this test, with their data.
OWN = {"places": (PLACES, places()), "packed": (PACKED, packed())}


def whole_sizes(name, data):
    """The sizes at which nothing that is described is missing, and the statuses they may have."""
    sizes = {len(data): (0,)}
    if name == "bmp":       # what pads the last row is nobody's; that the size is not the one told is a finding
        sizes.update({len(data) - missing: (1,) for missing in (1, 2, 3)})
    at = 24
    while name == "pcap" and at < len(data):    # it may end behind any packet
        sizes[at] = (0,)
        at += 16 + struct.unpack_from("<I", data, at + 8)[0]
    return sizes


FILES = {"png": ("png", png()), "pcap": ("pcap", pcap()), "gzip": ("gzip", gzip()), "bmp": ("bmp", bmp()),
         "zip": ("zip", archive()), "elf32-lsb": ("elf", elf(32, 1)), "elf32-msb": ("elf", elf(32, 2)), "elf64-lsb": ("elf", elf(64, 1)),
         "elf64-msb": ("elf", elf(64, 2))}


def cut(path, schema, data, size, whole):
    """Decodes the first bytes only; whole: the sizes at which nothing described is missing; verify tells the same."""
    path.write_bytes(data[:size])
    status, output, errors = formats.sonde(path, "-s", schema)
    if b"Sanitizer" in errors or b"runtime error" in errors:
        raise formats.Failed(f"cut at {size}: {formats.told(errors)}")
    try:
        json.loads(output)
    except ValueError as error:
        raise formats.Failed(f"cut at {size}: what comes out is no JSON: {error}")
    if status not in (whole[size] if size in whole else (4,)):
        raise formats.Failed(f"cut at {size} of {len(data)} bytes: status {status}: {formats.told(errors)}")
    formats.verifies(path, schema, f"cut at {size}", status, errors)


@formats.test_each(FILES)
def every_length(folder, name):
    schema, data = FILES[name]
    assert len(data) < 1024
    for size in range(len(data) + 1):
        cut(folder / "cut", schema, data, size, whole_sizes(name, data))


@formats.test_each(FILES)
def every_length_detected(folder, name):
    """Without -s, what is no longer known is status 1."""
    schema, data = FILES[name]
    path = folder / "cut"
    for size in range(0, len(data) + 1, 7):
        path.write_bytes(data[:size])
        status, output, errors = formats.sonde(path)
        known = size in whole_sizes(name, data) or status != 1
        if status not in (0, 1, 4) or known != bool(output):
            raise formats.Failed(f"cut at {size} of {len(data)} bytes: status {status}: {formats.told(errors)}")


@formats.test_each(OWN)
def every_length_of_constructs(folder, name):
    """In each output format; nothing is shown of what is not there."""
    text, data = OWN[name]
    schema, path = folder / f"{name}.sonde", folder / "cut"
    schema.write_text(text)
    for size in range(len(data) + 1):
        cut(path, schema, data, size, {len(data): (0,)})
        for form in ("tree", "jsonl", "csv"):
            each = [] if form == "tree" else ["--each", "entries" if name == "places" else "notes"]
            ended = subprocess.run([os.environ["SONDE"], "dump", "-f", form, "-s", schema, *each, path],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   timeout=formats.SECONDS)
            if ended.returncode not in (0, 4) or b"Sanitizer" in ended.stderr or b"runtime error" in ended.stderr:
                raise formats.Failed(f"{form}, cut at {size}: status {ended.returncode}: {formats.told(ended.stderr)}")
            if form == "jsonl":
                for line in ended.stdout.splitlines():
                    json.loads(line)


formats.main(at_once=os.cpu_count())
