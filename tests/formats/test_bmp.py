"""BMP against headers and pixels read again here with struct, against file, on images that programs write."""

import pathlib
import re
import struct
import subprocess

import formats

COMPRESSIONS = ["none", "rle8", "rle4", "bitfields", "jpeg", "png", "alpha_bitfields"]
SPACES = {0: "calibrated_rgb", 0x73524742: "srgb", 0x57696E20: "windows", 0x4C494E4B: "profile_linked",
          0x4D424544: "profile_embedded"}
INTENTS = {0: "none", 1: "business", 2: "graphics", 4: "images", 8: "absolute_colorimetric"}
XYZ = ["x", "y", "z"]


def read(data):
    """Reads a file as Microsoft's documentation says."""
    size, reserved_1, reserved_2, offset, header_size = struct.unpack_from("<IHHII", data, 2)
    wanted = {"size": size, "reserved_1": reserved_1, "reserved_2": reserved_2, "pixels_offset": offset}
    compression = used = image_size = 0
    if header_size == 12:
        width, height, planes, bits = struct.unpack_from("<HHHH", data, 18)
    else:
        width, height, planes, bits = struct.unpack_from("<iiHH", data, 18)
    header = {"size": header_size, "width": width, "height": height, "planes": planes, "bits": bits}
    if header_size >= 40:
        compression, image_size, x, y, used, important = struct.unpack_from("<IIiiII", data, 30)
        header.update(compression=COMPRESSIONS[compression], image_size=image_size, x_per_metre=x, y_per_metre=y,
                      colors_used=used, colors_important=important)
    if header_size >= 52 and header_size != 64:
        names = ["red", "green", "blue", "alpha"][:3 if header_size == 52 else 4]
        header["masks"] = dict(zip(names, struct.unpack_from(f"<{len(names)}I", data, 54)))
    if header_size in (108, 124):
        space, *ends = struct.unpack_from("<I9i3I", data, 70)
        header["color_space"] = SPACES[space]
        for i, color in enumerate(("red", "green", "blue")):
            header[f"{color}_end"] = dict(zip(XYZ, ends[3 * i:3 * i + 3]))
            header[f"{color}_gamma"] = ends[9 + i]
    if header_size == 124:
        intent, profile, profile_size, reserved = struct.unpack_from("<4I", data, 122)
        header.update(intent=INTENTS[intent], profile_offset=profile, profile_size=profile_size, reserved=reserved)
        if SPACES[space] == "profile_embedded":
            header["profile"] = data[14 + profile:14 + profile + profile_size].hex()
        if SPACES[space] == "profile_linked":
            header["profile"] = data[14 + profile:data.index(b"\0", 14 + profile)].decode("cp1252")
    wanted["header"] = header

    at = 14 + header_size
    if header_size == 40 and compression in (3, 6):
        names = ["red", "green", "blue", "alpha"][:compression // 3 + 2]
        wanted["masks"] = dict(zip(names, struct.unpack_from(f"<{len(names)}I", data, at)))
        at += 4 * len(names)
    count = used or (1 << bits if 0 < bits <= 8 else 0)
    entry = 3 if header_size == 12 else 4
    fields = ("blue", "green", "red", "reserved")[:entry]
    wanted["palette"] = [dict(zip(fields, data[i:i + entry])) for i in range(at, at + count * entry, entry)]
    if compression in (0, 3, 6):
        stride = (width * bits + 31) // 32 * 4
        wanted["rows"] = [{"pixels": pixels(data[i:i + stride], width, bits)}
                          for i in range(offset, offset + stride * abs(height), stride)]
    else:
        wanted["data"] = data[offset:offset + image_size].hex()
    return wanted


def pixels(row, width, bits):
    if bits <= 8:
        number, size = int.from_bytes(row, "big"), 8 * len(row)
        return [number >> size - bits * (x + 1) & (1 << bits) - 1 for x in range(width)]
    if bits == 24:
        return [dict(zip(("blue", "green", "red"), row[3 * x:3 * x + 3])) for x in range(width)]
    return list(struct.unpack_from(f"<{width}{'H' if bits == 16 else 'I'}", row))


def compare(path, status=0):
    wanted = read(path.read_bytes())
    formats.same("bmp", formats.dump(path, "-s", "bmp", status=status), wanted)
    return wanted


def image(header_size, width, height, bits, compression=0, used=0, tail=b"", gap=0, space=0x73524742, body=None):
    """tail: a colour profile behind the pixels, known to a header of 124 bytes. gap: bytes in front of the pixels."""
    stride = (width * bits + 31) // 32 * 4
    body = bytes(i * 7 & 0xff for i in range(stride * abs(height))) if body is None else body
    if header_size == 12:
        header = struct.pack("<IHHHH", 12, width, height, 1, bits)
    else:
        header = struct.pack("<IiiHHIIiiII", header_size, width, height, 1, bits, compression, len(body), 2835, -1,
                             used, 0)
    extra = struct.pack("<4I", 0xf800, 0x07e0, 0x001f, 0)
    palette = b"" if bits > 8 else bytes(i & 0xff for i in range((used or 1 << bits) * (3 if header_size == 12 else 4)))
    if header_size == 40 and compression in (3, 6):
        palette = extra[:4 * (compression // 3 + 2)] + palette
    offset = 14 + header_size + len(palette) + gap
    if header_size == 64:
        header += struct.pack("<HHHHIIII", 0, 0, 0, 2, 30, 40, 0, 77)
    elif header_size > 40:
        header = (header + extra + struct.pack("<I9i3I", space, *range(-4, 5), 1, 2, 3) +
                  struct.pack("<4I", 4, offset - 14 + len(body), len(tail), 0))[:header_size]
    start = b"BM" + struct.pack("<IHHI", offset + len(body) + len(tail), 0, 0, offset)
    return start + header + palette + b"\xee" * gap + body + tail


@formats.test_each([12, 40, 52, 56, 64, 108, 124])
def every_header(folder, size):
    path = folder / "made.bmp"
    for bits in (1, 4, 8, 24) if size == 12 else (1, 2, 4, 8, 16, 24, 32):
        for width, height in ((1, 1), (7, 5), (33, 3)):
            path.write_bytes(image(size, width, height, bits))
            compare(path)
    got = formats.dump(path)["header"]
    if size == 64:
        formats.same("header", got, {"units": 0, "halftoning": 2, "halftoning_1": 30, "halftoning_2": 40,
                                     "color_encoding": 0, "identifier": 77})


@formats.test
def rows_from_the_top(folder):
    path = folder / "top.bmp"
    path.write_bytes(image(40, 5, -4, 24))
    compare(path)
    formats.same("rows", len(formats.dump(path)["rows"]), 4)


@formats.test
def masks(folder):
    path = folder / "masks.bmp"
    for size, compression, bits in ((40, 3, 16), (40, 3, 32), (40, 6, 32), (52, 3, 16), (56, 3, 16), (108, 3, 16),
                                    (124, 3, 32)):
        path.write_bytes(image(size, 5, 3, bits, compression))
        compare(path)


@formats.test
def palettes(folder):
    path = folder / "palette.bmp"
    path.write_bytes(image(40, 9, 2, 8, used=17))
    compare(path)
    path.write_bytes(image(40, 9, 2, 4, gap=10))
    compare(path)
    path.write_bytes(image(40, 9, 2, 24))
    assert compare(path)["palette"] == []


@formats.test
def color_profiles(folder):
    path = folder / "profile.bmp"
    path.write_bytes(image(124, 2, 2, 24, tail=b"profile", space=0x4D424544))
    assert compare(path)["header"]["profile"] == b"profile".hex()
    path.write_bytes(image(124, 2, 2, 24, tail=b"C:\\caf\xe9.icm\0", space=0x4C494E4B))
    compare(path)


@formats.test
def packed_pixels(folder):
    path = folder / "packed.bmp"
    for compression, bits, body in ((1, 8, b"\x05\x07\x00\x00\x00\x01"), (2, 4, b"\x05\x21\x00\x01"),
                                    (4, 0, b"\xff\xd8\xff\xd9"), (5, 0, b"\x89PNG")):
        path.write_bytes(image(40, 5, 1, bits, compression, body=body))
        compare(path)


@formats.test_each(sorted(formats.SAMPLES.glob("*.bmp")))
def sample(_, path):
    compare(path)


@formats.test
def agrees_with_file(folder):
    formats.need("file")
    path = folder / "seen.bmp"
    for size, kind in ((12, "OS/2 1.x format"), (40, "Windows 3.x format"), (108, "Windows 95/NT4 and newer format"),
                       (124, "Windows 98/2000 and newer format")):
        path.write_bytes(image(size, 17, 9, 24))
        text = formats.say("file", "-b", path)
        got = formats.dump(path)
        shown = re.search(r"PC bitmap, ([^,]+), (\d+) x (\d+)(?: x (\d+))?", text)
        formats.same("kind", shown[1], kind)
        formats.same("size", [str(got["header"]["width"]), str(got["header"]["height"])], [shown[2], shown[3]])
        if shown[4]:
            formats.same("bits", str(got["header"]["bits"]), shown[4])


@formats.test
def made_by_netpbm(folder):
    formats.need("ppmtobmp")
    source = folder / "source.ppm"
    for name, pnm in (("colours", b"P6 13 5 255\n" + bytes(i * 11 & 0xff for i in range(195))),
                      ("bits", b"P4 9 2\n\xaa\x80\x55\x00")):
        source.write_bytes(pnm)
        for option in ("-windows", "-os2"):
            path = folder / f"{name}{option}.bmp"
            with path.open("wb") as out:
                subprocess.run(["ppmtobmp", option, str(source)], stdout=out, stderr=subprocess.DEVNULL, check=True)
            compare(path)


@formats.test
def damage_is_found(folder):
    path = folder / "damaged.bmp"
    good = image(40, 7, 5, 24)  # rows of 21 bytes and 3 that fill them up
    path.write_bytes(good[:-4])
    formats.dump(path, status=4)
    path.write_bytes(good[:-3])
    finding, = formats.dump(path, status=1)["$findings"]
    formats.same("finding", finding, {"path": "size", "offset": 2})
    path.write_bytes(good[:26] + b"\2" + good[27:])
    finding, = formats.dump(path, status=1)["header"]["$findings"]
    formats.same("finding", finding, {"path": "header.planes", "offset": 26})
    path.write_bytes(good + b"x")
    finding, = formats.dump(path, status=1)["$findings"]
    formats.same("finding", finding, {"path": "size", "offset": 2})
    path.write_bytes(good[:14] + b"\x29" + good[15:])
    formats.dump(path, "-s", "bmp", status=4)


formats.main()
