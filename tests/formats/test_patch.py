"""Files of shipped formats that sonde set and sonde patch have changed, against programs that read them: what says lengths, counts,
places and checksums has followed. What can't follow is refused."""

import gzip
import io
import os
import re
import sqlite3
import struct
import subprocess
import tarfile
import wave
import zipfile
import zlib

import changes
import formats


# PNG

def png_chunk(kind, body=b""):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def make_png(path):
    rows = b"".join(b"\0" + bytes((x * y + c * 40) & 255 for x in range(9) for c in range(3)) for y in range(7))
    packed = zlib.compress(rows)
    path.write_bytes(b"".join([
        b"\x89PNG\r\n\x1a\n", png_chunk(b"IHDR", struct.pack(">IIBBBBB", 9, 7, 8, 2, 0, 0, 0)),
        png_chunk(b"tEXt", b"Title\0a picture"), png_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"words " * 20)),
        png_chunk(b"iTXt", b"Author\0\0\0\0\0somebody"), png_chunk(b"IDAT", packed[:30]), png_chunk(b"IDAT", packed[30:]),
        png_chunk(b"tEXt", b"Software\0by hand"), png_chunk(b"IEND")]))


def png_chunks(data):
    at, chunks = 8, []
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        chunks.append((kind, data[at + 8:at + 8 + length]))
        formats.same(f"crc of {kind}", struct.unpack_from(">I", data, at + 8 + length)[0], zlib.crc32(data[at + 4:at + 8 + length]))
        at += 12 + length
    return chunks


PNG_CHANGES = {
    "texts deleted": ('delete chunks[$.type in {"tEXt", "zTXt", "iTXt"}];',
                      lambda chunks: [c for c in chunks if c[0] not in (b"tEXt", b"zTXt", b"iTXt")]),
    "a longer keyword": ('set chunks[1].body.keyword = "Description";',
                         lambda chunks: [c if i != 1 else (b"tEXt", b"Description\0a picture") for i, c in enumerate(chunks)]),
    "shorter keywords": ('set chunks[1].body.keyword = "T"; set chunks[7 - 1].body.keyword = "S";',
                         lambda chunks: [{1: (b"tEXt", b"T\0a picture"), 6: (b"tEXt", b"S\0by hand")}.get(i, c)
                                         for i, c in enumerate(chunks)]),
    "a time inserted": ('insert chunks[1] with hex("00000007 74494d45 07ea0b1a0a1e3b 00000000");',
                        lambda chunks: [*chunks[:1], (b"tIME", bytes.fromhex("07ea0b1a0a1e3b")), *chunks[1:]]),
    "a time inserted by its values": ('insert chunks[1] { type = "tIME", body = { year = 2026, month = 11, day = 26, hour = 10, '
                                      'minute = 30, second = 59 } };',
                                      lambda chunks: [*chunks[:1], (b"tIME", bytes.fromhex("07ea0b1a0a1e3b")), *chunks[1:]]),
    "texts deleted, a time inserted": ('delete chunks[1..3]; insert chunks[count(chunks) - 1] with '
                                       'hex("00000007 74494d45 07ea0b1a0a1e3b 00000000");',
                                       lambda chunks: [chunks[0], *chunks[4:-1], (b"tIME", bytes.fromhex("07ea0b1a0a1e3b")), chunks[-1]]),
}


@formats.test_each(PNG_CHANGES)
def png(folder, what):
    formats.need("pngcheck", "pngtopnm")
    script, wanted = PNG_CHANGES[what]
    path = folder / "a.png"
    make_png(path)
    before = path.read_bytes()
    pixels = formats.say("pngtopnm", path)
    changes.change(path, script=script)
    formats.say("pngcheck", "-q", path)
    formats.same("pixels", formats.say("pngtopnm", path), pixels)
    formats.same("chunks", [[str(k), d.hex()] for k, d in png_chunks(path.read_bytes())],
                 [[str(k), d.hex()] for k, d in wanted(png_chunks(before))])


# ZIP

FILES = {"one.txt": b"hello " * 50, "two.bin": bytes(range(256)), "folder/three": b"x" * 1000, "four": b""}
STUB = b"#!/bin/sh\nexit 1\n"


class Unseekable(io.RawIOBase):
    """Makes zipfile write sizes behind what they are of."""

    def __init__(self, file):
        self.file = file

    def writable(self):
        return True

    def write(self, data):
        return self.file.write(data)


def make_zip(path, stub=b"", streamed=False):
    made = io.BytesIO()
    with zipfile.ZipFile(Unseekable(made) if streamed else made, "w") as archive:
        for i, (name, data) in enumerate(FILES.items()):
            method = [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED][i % 2]
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 2, 3, 4, 6)), data, method)
        archive.comment = b"the end"
    path.write_bytes(stub + made.getvalue())


def same_zip(path, files, status=0):
    """status: of unzip, which is 1 where something stands in front of the archive."""
    formats.say("unzip", "-tq", path, status=status)
    shown = formats.say("zipinfo", "-1", path, status=status).splitlines()
    formats.same("names of zipinfo", shown, list(files))
    with zipfile.ZipFile(path) as archive:
        formats.same("names", archive.namelist(), list(files))
        for name, data in files.items():
            formats.same(name, archive.read(name).hex(), data.hex())
        formats.same("comment", archive.comment, b"the end")


def renamed(names):
    return {names.get(name, name): data for name, data in FILES.items()}


ZIP_NAMES = {
    "the first one longer": {"one.txt": "a/much/longer/name.txt"},
    "the last one longer": {"four": "the last one of all the files that are in the archive"},
    "all of them": {"one.txt": "1", "two.bin": "zwei zwei zwei", "folder/three": "drei", "four": "vier vier"},
}


@formats.test_each([(how, kind) for how in ZIP_NAMES for kind in ("plain", "stub", "streamed")])
def zip_entries_renamed(folder, form):
    formats.need("unzip", "zipinfo")
    path, names = folder / "a.zip", ZIP_NAMES[form[0]]
    make_zip(path, STUB if form[1] == "stub" else b"", form[1] == "streamed")
    changes.change(path, script="".join(f'set entries[$.name == "{old}"].name = "{new}";' for old, new in names.items()), schema="zip")
    same_zip(path, renamed(names), 1 if form[1] == "stub" else 0)


@formats.test
def zip_comment(folder):
    formats.need("unzip", "zipinfo")
    path = folder / "a.zip"
    make_zip(path)
    changes.change(path, 'end.comment = "some more words"')
    formats.say("unzip", "-tq", path)
    with zipfile.ZipFile(path) as archive:
        formats.same("comment", archive.comment, b"some more words")


# gzip

@formats.test
def gzip_name_removed(folder):
    path = folder / "a.gz"
    with open(path, "wb") as out, gzip.GzipFile("a-name.txt", "wb", 9, out, mtime=7) as file:
        file.write(b"some words " * 100)
    before = path.read_bytes()
    changes.change(path, script='replace members[0].header.name with ""; set members[0].header.flags.name = false;')
    formats.same("bytes", path.read_bytes().hex(), (before[:3] + b"\0" + before[4:10] + before[before.index(b"\0", 10) + 1:]).hex())
    formats.same("content", gzip.decompress(path.read_bytes()), b"some words " * 100)
    formats.need("gzip")
    formats.say("gzip", "-t", path)


@formats.test
def gzip_name_longer_under_a_header_checksum(folder):
    path = folder / "a.gz"
    header = b"\x1f\x8b\x08\x0a\0\0\0\0\0\x03name\0"
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = packer.compress(b"words") + packer.flush()
    path.write_bytes(header + struct.pack("<H", zlib.crc32(header) & 0xffff) + data + struct.pack("<II", zlib.crc32(b"words"), 5))
    changes.change(path, 'members[0].header.name = "a name"')
    header = header[:10] + b"a name\0"
    formats.same("header", path.read_bytes()[:19].hex(), (header + struct.pack("<H", zlib.crc32(header) & 0xffff)).hex())
    formats.same("content", gzip.decompress(path.read_bytes()), b"words")


# WAV

@formats.test_each(["insert chunks[1]", "insert chunks[0]", "append chunks"])
def wav_chunk_inserted(folder, where):
    formats.need("soxi")
    path = folder / "a.wav"
    with wave.open(str(path), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(bytes(range(200)))
    before = path.stat().st_size
    changes.change(path, script=where + ' with concat("note", hex("05000000"), "words", "\\0");')
    formats.same("size", struct.unpack_from("<I", path.read_bytes(), 4)[0], path.stat().st_size - 8)
    formats.same("bytes more", path.stat().st_size - before, 14)
    with wave.open(str(path), "rb") as file:
        formats.same("frames", file.readframes(100), bytes(range(200)))
    formats.same("samples", formats.say("soxi", "-s", path).strip(), "50")


@formats.test
def wav_text_longer(folder):
    """An odd length becomes an even one: the padding goes; two sizes follow, and the one of the whole."""
    path = folder / "a.wav"
    text = b"LIST" + struct.pack("<I", 4 + 8 + 6) + b"INFO" + b"INAM" + struct.pack("<I", 5) + b"Title\0"
    body = b"WAVE" + b"fmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8) + text + b"data" + struct.pack("<I", 4) + b"abcd"
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    changes.change(path, 'chunks[1].body.items[0].text = "A name"')
    text = b"LIST" + struct.pack("<I", 4 + 8 + 6) + b"INFO" + b"INAM" + struct.pack("<I", 6) + b"A name"
    body = b"WAVE" + b"fmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8) + text + b"data" + struct.pack("<I", 4) + b"abcd"
    formats.same("file", path.read_bytes().hex(), (b"RIFF" + struct.pack("<I", len(body)) + body).hex())


# tar

@formats.test_each({"gnu": tarfile.GNU_FORMAT, "ustar": tarfile.USTAR_FORMAT, "pax": tarfile.PAX_FORMAT})
def tar_owner(folder, form):
    path = folder / "a.tar"
    with tarfile.open(path, "w", format={"gnu": tarfile.GNU_FORMAT, "ustar": tarfile.USTAR_FORMAT, "pax": tarfile.PAX_FORMAT}[form]) as out:
        for i, name in enumerate(["first", "second", "third"]):
            info = tarfile.TarInfo(name)
            info.size, info.uname, info.gname, info.uid, info.gid = 700 * i, "ann", "users", 1000, 100
            out.addfile(info, io.BytesIO(b"x" * 700 * i))
    changes.change(path, script='set entries[*].header.user = "somebody"; set entries[1].header.uid = "0001751";')
    with tarfile.open(path) as file:
        formats.same("owners", [[m.name, m.uname, m.uid, m.size] for m in file],
                     [["first", "somebody", 1000, 0], ["second", "somebody", 0o1751, 700], ["third", "somebody", 1000, 1400]])
    formats.need("tar")
    listed = formats.say("tar", "tvf", path).splitlines()
    formats.same("listed", [line.split()[1] for line in listed], ["somebody/users"] * 3)


# ELF

def readelf(path, *options):
    return formats.say("readelf", "-W", *options, path, env={**os.environ, "LC_ALL": "C"})


def make_object(folder):
    formats.need("gcc", "readelf")
    source, path = folder / "a.c", folder / "a.o"
    source.write_text('__attribute__((section(".mine"))) int mine(int x) { return x + 41; }\nint main(void) { return mine(1) != 42; }\n')
    formats.say("gcc", "-c", "-o", path, source)
    source.unlink()
    return path


@formats.test
def elf_flags(folder):
    path = make_object(folder)
    before = readelf(path, "-a")
    changes.change(path, "flags = 0x12345")
    formats.same("what readelf says", readelf(path, "-a"), before.replace("Flags:                             0x0",
                                                                         "Flags:                             0x12345"))


@formats.test
def elf_section_of_another_name(folder):
    path = make_object(folder)
    before = readelf(path, "-a")
    changes.change(path, 'sections[$.name == ".mine"].name = ".hers"')
    formats.same("what readelf says", readelf(path, "-a"), before.replace(".mine", ".hers"))


@formats.test
def elf_section_of_a_longer_name(folder):
    """In an object all that follows is said by offsets: the linker makes a program of it that runs."""
    path, program = make_object(folder), folder / "a"
    names = re.findall(r"^ *\[ *\d+\] (\.\S+) +[A-Z]", readelf(path, "-S"), re.MULTILINE)
    changes.change(path, 'sections[$.name == ".mine"].name = ".somebody_elses"')
    formats.same("names", re.findall(r"^ *\[ *\d+\] (\.\S+) +[A-Z]", readelf(path, "-S"), re.MULTILINE),
                 [".somebody_elses" if name == ".mine" else name for name in names])
    formats.say("gcc", "-o", program, path)
    formats.say(program)


@formats.test
def elf_name_that_would_move_what_is_loaded(folder):
    """Code knows its addresses: in a program no text in front of it can grow."""
    path = make_object(folder)
    program = folder / "a"
    formats.say("gcc", "-o", program, path)
    changes.refused(program, script='for (s : sections[$.name == ".dynsym"]) { set s.body[1].name = "a_name_that_is_longer_than_it_was"; }',
                    say=["sections[", "the result would be wrong: a segment loads it to its address"])


# SQLite

@formats.test
def sqlite_user_version(folder):
    path = folder / "a.db"
    database = sqlite3.connect(path)
    database.execute("create table t(a, b)")
    database.executemany("insert into t values(?, ?)", [(i, "x" * i) for i in range(300)])
    database.commit()
    database.close()
    changes.change(path, "header.user_version = -42")
    database = sqlite3.connect(path)
    formats.same("user_version", database.execute("pragma user_version").fetchone()[0], -42)
    formats.same("integrity", database.execute("pragma integrity_check").fetchone()[0], "ok")
    formats.same("rows", database.execute("select count(*), sum(length(b)) from t").fetchone() == (300, 299 * 150), True)
    database.close()
    formats.need("sqlite3")
    formats.same("sqlite3", formats.say("sqlite3", path, "pragma user_version; pragma integrity_check").split(), ["-42", "ok"])


# IPv4 in pcap

def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def ipv4(protocol, source, destination, payload, fragment=0):
    """A packet; the checksum of TCP or UDP lies at 16 or 6 in the payload, and 0 there."""
    at = {6: 16, 17: 6}.get(protocol)
    if at and not fragment:
        sealed = checksum(source + destination + struct.pack(">BBH", 0, protocol, len(payload)) + payload)
        payload = payload[:at] + struct.pack(">H", sealed or 0xffff if protocol == 17 else sealed) + payload[at + 2:]
    header = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 7, fragment, 64, protocol, 0, source, destination)
    return header[:10] + struct.pack(">H", checksum(header)) + header[12:] + payload


def make_capture(path, order, link):
    a, b = bytes([10, 0, 0, 1]), bytes([10, 0, 0, 2])
    with open(path, "wb") as out:
        out.write(struct.pack(order + "IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, link))
        for i in range(60):
            source, destination = (a, b) if i % 2 else (b, a)
            data = bytes((i * 7 + k) & 255 for k in range(i % 50))
            if i % 3 == 0:
                packet = ipv4(17, source, destination, struct.pack(">HHHH", 5300, 5301, 8 + len(data), 0) + data)
            elif i % 10 == 7:
                packet = ipv4(17, source, destination, data, fragment=9)
            else:
                packet = ipv4(6, source, destination, struct.pack(">HHIIBBHHH", 1234, 4321, i, 0, 0x50, 0x18, 999, 0, 0) + data)
            frame = packet
            if link == 1:
                vlan = b"\x81\0\0\x05" if i % 4 == 0 else b""
                frame = bytes(range(12)) + vlan + b"\x08\0" + packet
                frame += bytes(max(0, 60 - len(frame)))
            out.write(struct.pack(order + "IIII", 1700000000 + i, i, len(frame), len(frame)) + frame)


def told_by_tshark(path):
    checks = [word for name in ("ip", "tcp", "udp") for word in ("-o", f"{name}.check_checksum:TRUE")]
    fields = [word for name in ("ip.src", "ip.dst", "ip.checksum.status", "tcp.checksum.status", "udp.checksum.status", "ip.frag_offset")
              for word in ("-e", name)]
    return [line.split("\t") for line in formats.say("tshark", "-n", "-r", path, *checks, "-T", "fields", *fields).splitlines()]


@formats.test_each([(order, link) for order in "<>" for link in (1, 101)])
def pcap_addresses(folder, form):
    formats.need("tshark")
    path = folder / "a.pcap"
    make_capture(path, *form)
    before = told_by_tshark(path)
    formats.same("packets", len(before), 60)
    names = {"10.0.0.1": "192.168.77.1", "10.0.0.2": "172.16.255.254"}
    script = "".join(f'for (f : frames[$.ip.header.source == "{old}"]) {{ set f.ip.header.source = "{new}"; }}'
                     f'for (f : frames[$.ip.header.destination == "{old}"]) {{ set f.ip.header.destination = "{new}"; }}'
                     for old, new in names.items())
    changes.change(path, script=script, schema="pcap_ip")
    after = told_by_tshark(path)
    formats.same("packets", after, [[names[p[0]], names[p[1]], *p[2:]] for p in before])
    for packet in after:
        if packet[2] != "1" or (packet[3] != "1" and packet[4] != "1" and packet[5] == "0"):
            raise formats.Failed(f"a checksum that tshark does not find right: {packet}")


@formats.test
def pcap_checksums_left_to_the_card(folder):
    """A sender's own capture: the sum of addresses and length alone, for the card to go on with, is no damage."""
    path = folder / "a.pcap"
    a, b = bytes([10, 0, 0, 1]), bytes([10, 0, 0, 2])
    packet = ipv4(6, a, b, struct.pack(">HHIIBBHHH", 1234, 4321, 5, 0, 0x50, 0x18, 999, 0, 0) + b"words")
    partial = ~checksum(a + b + struct.pack(">BBH", 0, 6, 25)) & 0xffff
    packet = packet[:36] + struct.pack(">H", partial) + packet[38:]
    head = struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101)
    path.write_bytes(head + struct.pack("<IIII", 1, 2, len(packet), len(packet)) + packet)
    formats.dump(path, "-s", "pcap_ip")
    wrong = packet[:37] + bytes([packet[37] ^ 1]) + packet[38:]
    path.write_bytes(head + struct.pack("<IIII", 1, 2, len(packet), len(packet)) + wrong)
    formats.dump(path, "-s", "pcap_ip", status=1)


formats.main()
