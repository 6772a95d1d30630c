"""Files cut at every length: never a crash, always JSON, and status 4 wherever described bytes are missing."""

import io
import json
import struct
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


# A file of packets may end behind any of them.
def whole_packets(data):
    at, ends = 24, {24}
    while at < len(data):
        at += 16 + struct.unpack_from("<I", data, at + 8)[0]
        ends.add(at)
    return ends


FILES = {"png": ("png", png()), "pcap": ("pcap", pcap()), "gzip": ("gzip", gzip()), "bmp": ("bmp", bmp()),
         "zip": ("zip", archive()), "elf32-lsb": ("elf", elf(32, 1)), "elf32-msb": ("elf", elf(32, 2)), "elf64-lsb": ("elf", elf(64, 1)),
         "elf64-msb": ("elf", elf(64, 2))}


def cut(path, schema, data, size, whole):
    """Decodes the first bytes only."""
    path.write_bytes(data[:size])
    status, output, errors = formats.sonde(path, "-s", schema)
    if b"Sanitizer" in errors or b"runtime error" in errors:
        raise formats.Failed(f"cut at {size}: {formats.told(errors)}")
    try:
        json.loads(output)
    except ValueError as error:
        raise formats.Failed(f"cut at {size}: what comes out is no JSON: {error}")
    if status != (0 if size in whole else 4):
        raise formats.Failed(f"cut at {size} of {len(data)} bytes: status {status}: {formats.told(errors)}")


@formats.test_each(FILES)
def every_length(folder, name):
    schema, data = FILES[name]
    assert len(data) < 1024
    whole = {len(data)} | (whole_packets(data) if name == "pcap" else set())
    for size in range(len(data) + 1):
        cut(folder / "cut", schema, data, size, whole)


@formats.test_each(FILES)
def every_length_detected(folder, name):
    """Without -s, what is no longer known is status 1."""
    schema, data = FILES[name]
    path = folder / "cut"
    for size in range(0, len(data) + 1, 7):
        path.write_bytes(data[:size])
        status, output, errors = formats.sonde(path)
        if status not in (0, 1, 4) or (status != 1 and not output) or (status == 1 and output):
            raise formats.Failed(f"cut at {size} of {len(data)} bytes: status {status}: {formats.told(errors)}")


formats.main()
