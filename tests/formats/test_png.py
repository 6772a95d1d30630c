"""PNG against Python's struct and zlib, pngcheck and the images of programs that are installed."""

import pathlib
import re
import struct
import subprocess
import zlib

import formats

SIGNATURE = b"\x89PNG\r\n\x1a\n"
COLORS = {0: "greyscale", 2: "truecolor", 3: "indexed", 4: "greyscale_alpha", 6: "truecolor_alpha"}
SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
FILTERS = ["none", "sub", "up", "average", "paeth"]
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
WORDS = {"greyscale": "grayscale", "truecolor": "RGB", "indexed": "palette", "greyscale_alpha": "grayscale+alpha",
         "truecolor_alpha": "RGB+alpha"}


def chunk(kind, body=b""):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def row_bytes(width, depth, color):
    return (width * SAMPLES[color] * depth + 7) // 8


def scanlines(width, height, depth, color):
    return b"".join(bytes([y % 5]) + bytes((x * y) & 0xff for x in range(row_bytes(width, depth, color)))
                    for y in range(height))


def picture(width, height, depth, color, interlaced=0, first=(), before=(), after=(), parts=1):
    """first: chunks in front of the palette; before and after: around the image data, which is cut into parts."""
    if interlaced:
        passes = [(-(-(width - x) // dx), -(-(height - y) // dy)) for x, y, dx, dy in ADAM7]
        raw = b"".join(scanlines(w, h, depth, color) for w, h in passes if w > 0 and h > 0)
    else:
        raw = scanlines(width, height, depth, color)
    packed = zlib.compress(raw, 9)
    size = -(-len(packed) // parts)
    palette = [chunk(b"PLTE", bytes(i % 256 for i in range(3 << min(depth, 8))))] if color == 3 else []
    chunks = [chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, interlaced)), *first,
              *palette, *before,
              *(chunk(b"IDAT", packed[i:i + size]) for i in range(0, len(packed), size)), *after, chunk(b"IEND")]
    return SIGNATURE + b"".join(chunks)


def chunks_of(data):
    at = len(SIGNATURE)
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        body = data[at + 8:at + 8 + length]
        yield kind.decode(), body, struct.unpack_from(">I", data, at + 8 + length)[0]
        at += 12 + length
        if kind == b"IEND":
            return


def compare(path, status=0):
    """Every chunk, the header and the image data."""
    data = path.read_bytes()
    chunks = list(chunks_of(data))
    got = formats.dump(path, "-s", "png", status=status)
    formats.same("chunks", got["chunks"], [{"length": len(body), "type": kind, "crc": crc}
                                           for kind, body, crc in chunks])
    width, height, depth, color, _, _, interlaced = struct.unpack(">IIBBBBB", chunks[0][1])
    formats.same("header", got["chunks"][0]["body"], {
        "width": width, "height": height, "bit_depth": depth, "color": COLORS[color], "compression": 0, "filter": 0,
        "interlaced": interlaced})
    raw = zlib.decompress(b"".join(body for kind, body, _ in chunks if kind == "IDAT"))
    if interlaced:
        formats.same("image", got["image"], raw.hex())
    else:
        size = row_bytes(width, depth, color) + 1
        rows = [{"filter": FILTERS[raw[at]], "samples": raw[at + 1:at + size].hex()}
                for at in range(0, height * size, size)]
        formats.same("image", got["image"], rows)
    for (kind, body, _), shown in zip(chunks, got["chunks"]):
        if kind == "PLTE":
            formats.same(kind, [[c["red"], c["green"], c["blue"]] for c in shown["body"]],
                         [list(body[i:i + 3]) for i in range(0, len(body), 3)])
    return got


def checked(path, got):
    """Compares with what pngcheck -v says."""
    formats.need("pngcheck")
    text = formats.say("pngcheck", "-v", path)
    shown = re.findall(r"^  chunk (\S+) at offset (0x[0-9a-f]+), length (\d+)", text, re.M)
    at, wanted = 8, []
    for one in got["chunks"]:
        wanted.append([one["type"], at + 4, one["length"]])
        at += 12 + one["length"]
    formats.same("pngcheck", [[kind, int(offset, 16), int(length)] for kind, offset, length in shown], wanted)
    header = got["chunks"][0]["body"]
    size, depth, color = re.search(r"^    (\d+ x \d+) image, (\d+)-bit ([^,\n]+)", text, re.M).groups()
    formats.same("size", f"{header['width']} x {header['height']}", size)
    bits = header["bit_depth"]
    samples = {"truecolor": 3, "greyscale_alpha": 2, "truecolor_alpha": 4}.get(header["color"], 1)
    formats.same("colour", [bits * samples, WORDS[header["color"]]], [int(depth), color])


def body_of(got, kind):
    return next(c["body"] for c in got["chunks"] if c["type"] == kind)


KINDS = [(depth, color) for color, depths in ((0, (1, 2, 4, 8, 16)), (2, (8, 16)), (3, (1, 2, 4, 8)), (4, (8, 16)),
                                              (6, (8, 16)))
         for depth in depths]


@formats.test_each(KINDS)
def every_kind_of_pixel(folder, kind):
    depth, color = kind
    for interlaced in (0, 1):
        path = folder / f"{interlaced}.png"
        path.write_bytes(picture(13, 9, depth, color, interlaced, parts=3))
        checked(path, compare(path))


@formats.test
def chunks_of_all_kinds(folder):
    path = folder / "all.png"
    path.write_bytes(picture(5, 4, 8, 2, before=[
        chunk(b"gAMA", struct.pack(">I", 45455)), chunk(b"cHRM", struct.pack(">8I", *range(31270, 31278))),
        chunk(b"sBIT", bytes([5, 6, 5])), chunk(b"sRGB", bytes([1])), chunk(b"cICP", bytes([9, 16, 0, 1])),
        chunk(b"mDCV", struct.pack(">8H2I", *range(8), 10000000, 50)), chunk(b"cLLI", struct.pack(">2I", 10000, 2000)),
        chunk(b"bKGD", struct.pack(">3H", 1, 2, 3)), chunk(b"tRNS", struct.pack(">3H", 4, 5, 6)),
        chunk(b"pHYs", struct.pack(">2IB", 2835, 2834, 1)),
        chunk(b"sPLT", b"six\0\x10" + struct.pack(">10H", *range(10))),
    ], after=[
        chunk(b"tIME", struct.pack(">H5B", 2024, 2, 29, 23, 59, 60)), chunk(b"tEXt", b"Title\0caf\xe9"),
        chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"much " * 100)),
        chunk(b"iTXt", b"Author\0\0\0de\0" + "Verfasser·in\0Zoë".encode()),
        chunk(b"iTXt", b"Author\0\1\0fr\0\0" + zlib.compress("Zoë".encode())), chunk(b"prVt", b"\1\2"),
    ]))
    got = compare(path)
    bodies = {c["type"]: c["body"] for c in got["chunks"] if c["type"] not in ("iTXt", "IDAT")}
    formats.same("bodies", bodies, {
        "gAMA": 45455,
        "cHRM": {c: {"x": 31270 + 2 * i, "y": 31271 + 2 * i} for i, c in enumerate(("white", "red", "green", "blue"))},
        "sBIT": {"bits": {"red": 5, "green": 6, "blue": 5}}, "sRGB": "relative_colorimetric",
        "cICP": {"primaries": 9, "transfer": 16, "matrix": 0, "full_range": 1},
        "mDCV": {"green": {"x": 2, "y": 3}, "white": {"x": 6, "y": 7}, "max_luminance": 10000000, "min_luminance": 50},
        "cLLI": {"max_content": 10000, "max_frame_average": 2000},
        "bKGD": {"value": {"red": 1, "green": 2, "blue": 3}}, "tRNS": {"value": {"red": 4, "green": 5, "blue": 6}},
        "pHYs": {"x": 2835, "y": 2834, "unit": "metre"},
        "sPLT": {"name": "six", "depth": 16, "colors": [{"red": 0, "alpha": 3, "frequency": 4},
                                                        {"red": 5, "alpha": 8, "frequency": 9}]},
        "tIME": {"year": 2024, "month": 2, "day": 29, "hour": 23, "minute": 59, "second": 60},
        "tEXt": {"keyword": "Title", "value": "caf\xe9"}, "zTXt": {"keyword": "Comment", "value": "much " * 100},
        "prVt": "0102"})
    formats.same("international text", [c["body"] for c in got["chunks"] if c["type"] == "iTXt"], [
        {"keyword": "Author", "compressed": 0, "language": "de", "translated": "Verfasser·in", "value": "Zoë"},
        {"keyword": "Author", "compressed": 1, "language": "fr", "translated": "", "value": "Zoë"}])


@formats.test
def palette_and_transparency(folder):
    path = folder / "indexed.png"
    path.write_bytes(picture(5, 4, 2, 3, first=[chunk(b"sBIT", bytes([8, 7, 6]))],
                             before=[chunk(b"bKGD", b"\3"), chunk(b"hIST", struct.pack(">4H", *range(4))),
                                                 chunk(b"tRNS", bytes([0, 128]))]))
    got = compare(path)
    checked(path, got)
    formats.same("sBIT", body_of(got, "sBIT"), {"bits": {"red": 8, "green": 7, "blue": 6}})
    formats.same("tRNS", body_of(got, "tRNS"), {"value": [0, 128]})
    formats.same("bKGD", body_of(got, "bKGD"), {"value": 3})
    formats.same("hIST", body_of(got, "hIST"), [0, 1, 2, 3])
    path.write_bytes(picture(5, 4, 16, 4, before=[chunk(b"sBIT", bytes([12, 11])), chunk(b"bKGD", b"\1\2"),
                                                  chunk(b"iCCP", b"p\0\0" + zlib.compress(b"profile"))]))
    got = compare(path)
    formats.same("sBIT", body_of(got, "sBIT"), {"bits": {"grey": 12, "alpha": 11}})
    formats.same("bKGD", body_of(got, "bKGD"), {"value": 0x102})
    formats.same("iCCP", body_of(got, "iCCP"), {"name": "p", "method": 0, "profile": b"profile".hex()})


@formats.test
def animation(folder):
    path = folder / "animated.png"
    frame = struct.pack(">IIIIIHHBB", 0, 3, 2, 0, 0, 1, 10, 1, 0)
    path.write_bytes(picture(3, 2, 8, 0, before=[chunk(b"acTL", struct.pack(">II", 2, 0)), chunk(b"fcTL", frame)],
                             after=[chunk(b"fcTL", b"\0\0\0\1" + frame[4:-1] + b"\1"),
                                    chunk(b"fdAT", b"\0\0\0\2" + zlib.compress(bytes(8)))]))
    got = compare(path)
    formats.same("acTL", body_of(got, "acTL"), {"frames": 2, "plays": 0})
    formats.same("fcTL", [c["body"] for c in got["chunks"] if c["type"] == "fcTL"], [
        {"sequence": n, "width": 3, "height": 2, "x": 0, "y": 0, "delay": 1, "delay_unit": 10,
         "dispose": "background", "blend": blend}
        for n, blend in enumerate(("source", "over"))])
    formats.same("fdAT", body_of(got, "fdAT"), {"sequence": 2, "data": zlib.compress(bytes(8)).hex()})


@formats.test_each(sorted(formats.SAMPLES.glob("*.png")))
def sample(_, path):
    checked(path, compare(path))


@formats.test
def made_by_netpbm(folder):
    formats.need("pnmtopng")
    for name, pnm in (("grey", b"P5 17 3 255\n" + bytes(51)), ("bits", b"P4 9 2\n\xaa\x80\x55\x00"),
                      ("deep", b"P6 5 2 65535\n" + bytes(range(60)))):
        source, path = folder / name, folder / (name + ".png")
        source.write_bytes(pnm)
        with path.open("wb") as out:
            subprocess.run(["pnmtopng", "-interlace", "-gamma", "0.45", str(source)], stdout=out,
                           stderr=subprocess.DEVNULL, check=True)
        checked(path, compare(path))


@formats.test
def images_of_the_system(_):
    found = sorted(p for p in pathlib.Path("/usr/share").glob("**/*.png") if p.is_file() and p.stat().st_size < 30000)
    if not found:
        raise formats.Skipped("there is no .png in /usr/share")
    for path in found[::max(1, len(found) // 40)]:
        try:
            compare(path)
        except formats.Failed as error:
            raise formats.Failed(f"{path}: {error}")


@formats.test
def damage_is_found(folder):
    path = folder / "damaged.png"
    data = bytearray(picture(3, 2, 8, 0))
    data[29] ^= 1                                       # the header's checksum
    path.write_bytes(data)
    finding, = formats.dump(path, status=1)["chunks"][0]["$findings"]
    formats.same("finding", finding, {"path": "chunks[0].crc", "offset": 29})
    data = bytearray(picture(3, 2, 8, 3))
    start = data.index(b"PLTE") - 4
    del data[start:start + 12 + struct.unpack_from(">I", data, start)[0]]
    path.write_bytes(data)
    assert any("palette" in f["message"] for f in formats.dump(path, status=1)["$findings"])
    path.write_bytes(picture(3, 2, 4, 0).replace(b"\x04\0\0\0\0", b"\x03\0\0\0\0", 1))
    assert formats.dump(path, status=1)["chunks"][0]["body"]["$findings"]


formats.main()
