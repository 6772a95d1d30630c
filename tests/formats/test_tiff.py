"""TIFF against libtiff's tiffdump, and Exif against exiftool."""

import json
import re
import struct
import xml.etree.ElementTree

import formats

# tiffcp's options: byte orders, BigTIFF, strips and tiles, compressions.
FORMS = ["-L", "-B", "-L -8", "-B -8", "-L -r 3 -c lzw:2", "-B -t -w 16 -l 16 -c zip", "-B -8 -t -w 32 -l 16 -c packbits",
         "-L -p separate -r 4 -c none"]

# Where libtiff's or exiftool's name of a tag is not the specification's.
OTHER_NAMES = {
    "Photometric": "PhotometricInterpretation", "PlanarConfig": "PlanarConfiguration", "Colormap": "ColorMap",
    "SubfileType": "NewSubfileType", "OldSubfileType": "SubfileType", "ImageHeight": "ImageLength",
    "Thresholding": "Threshholding", "ModifyDate": "DateTime", "CreateDate": "DateTimeDigitized", "A100DataOffset": "SubIFDs",
    "ThumbnailOffset": "JpegOffset", "ThumbnailLength": "JpegLength",
    "ApplicationNotes": "XMP", "PixelScale": "ModelPixelScale", "IPTC-NAA": "IPTC", "ModelTransform": "ModelTransformation",
    "GeoTiffDirectory": "GeoKeyDirectory", "GeoTiffDoubleParams": "GeoDoubleParams", "GeoTiffAsciiParams": "GeoAsciiParams",
    "ISO": "PhotographicSensitivity", "Opto-ElectricConvFactor": "OECF", "CFAPattern2": "CFAPatternEP",
    "ExposureCompensation": "ExposureBiasValue", "ExifImageWidth": "PixelXDimension", "ExifImageHeight": "PixelYDimension",
    "FocalLengthIn35mmFormat": "FocalLengthIn35mmFilm", "OwnerName": "CameraOwnerName", "SerialNumber": "BodySerialNumber",
    "LensInfo": "LensSpecification",
    "DNGAdobeData": "DNGPrivateData", "InteropIndex": "Index", "InteropVersion": "Version",
    "RelatedImageHeight": "RelatedImageLength",
}


def plain(name):
    """A tag's name as the schema spells it, without marks between words."""
    name = re.sub("^MakerNote(?!Safety).*", "MakerNote", name)
    return re.sub("[^a-z0-9]", "", OTHER_NAMES.get(name, name).lower())


def image(folder, *options, width=40, height=21):
    """A file of libtiff's with colours, and what tiffcp makes of it."""
    pixels = bytes((x * 7 + y * 3 + c * 50) & 255 for y in range(height) for x in range(width) for c in range(3))
    (folder / "a.ppm").write_bytes(b"P6 %d %d 255\n" % (width, height) + pixels)
    formats.say("ppm2tiff", "-c", "none", folder / "a.ppm", folder / "plain.tif")
    if options:
        formats.say("tiffcp", *options, folder / "plain.tif", folder / "a.tif")
        return folder / "a.tif", pixels
    return folder / "plain.tif", pixels


def told_by_tiffdump(path):
    """Directories of (place, next, entries); an entry is (name, type, count, values as they are written)."""
    directories = []
    for line in formats.say("tiffdump", "-m", "100000", path).splitlines():
        directory = re.match(r"Directory \d+: offset (\d+) \(0x[0-9a-f]+\) next (\d+)", line)
        entry = re.match(r"(\S+) (?:\((\d+)\) )?([A-Z0-9]+) \(\d+\) (\d+)<(.*)>$", line)
        if directory:
            directories.append((int(directory[1]), int(directory[2]), []))
        elif entry:
            directories[-1][2].append((entry[1], entry[3], int(entry[4]), entry[5]))
    return directories


def as_tiffdump_writes(entry):
    values = entry["values"]
    if entry["type"] == "ascii":
        return values + r"\0"
    if entry["type"] == "undefined":
        return " ".join(f"{byte:#x}" if byte else "0" for byte in bytes.fromhex(values))
    if entry["type"] in ("rational", "srational"):
        values = [value.get("value") for value in values]
    return " ".join("%g" % value if isinstance(value, float) else str(value) for value in values)


def compare_with_tiffdump(path):
    document = formats.dump(path)
    told = told_by_tiffdump(path)
    formats.same("images", len(document["images"]), len(told))
    at = document["first"]
    for picture, (place, following, entries) in zip(document["images"], told):
        formats.same("place", at, place)
        at = picture["next"]
        formats.same("next", at, following)
        formats.same("entries", [[plain(e["tag"]), e["type"].upper(), e["count"], as_tiffdump_writes(e)] for e in picture["entries"]],
                     [[plain(name), *rest] for name, *rest in entries])
    return document


def values_of(picture, tag):
    return next(entry["values"] for entry in picture["entries"] if entry["tag"] == tag)


@formats.test_each(FORMS)
def tiffdump_tells_the_same(folder, form):
    formats.need("tiffcp", "ppm2tiff", "tiffdump")
    path, _ = image(folder, *form.split())
    document = compare_with_tiffdump(path)
    formats.same("file", document, {"order": "II" if "-L" in form else "MM", "version": 43 if "-8" in form else 42})
    pieces = "tiles" if "-t" in form else "strips"
    data, sizes = document["images"][0][pieces], values_of(document["images"][0], pieces[:-1] + "_byte_counts")
    formats.same(pieces, [len(piece) // 2 for piece in data], sizes)
    content = path.read_bytes()
    for piece, offset, size in zip(data, values_of(document["images"][0], pieces[:-1] + "_offsets"), sizes):
        formats.same(pieces, piece, content[offset:offset + size].hex())


@formats.test
def strips_that_are_not_packed_are_the_pixels(folder):
    formats.need("tiffcp", "ppm2tiff")
    path, pixels = image(folder, "-r", "4", "-c", "none")
    formats.same("pixels", "".join(formats.dump(path)["images"][0]["strips"]), pixels.hex())


@formats.test
def several_images(folder):
    formats.need("tiffcp", "ppm2tiff", "tiffdump")
    path, _ = image(folder)
    for form in ("-L", "-B -8"):
        many = folder / f"many{len(form)}.tif"
        formats.say("tiffcp", *form.split(), "-c", "lzw", path, path, path, many)
        formats.same("images", len(compare_with_tiffdump(many)["images"]), 3)


WRITTEN = ["-ISO=400", "-ExposureTime=1/250", "-FNumber=2.8", "-DateTimeOriginal=2024:01:02 03:04:05", "-ModifyDate=2024:05:06 07:08:09",
           "-GPSLatitude=47.5123", "-GPSLatitudeRef=N", "-GPSLongitude=8.25", "-GPSLongitudeRef=W", "-GPSAltitude=430.5",
           "-GPSAltitudeRef#=0", "-GPSVersionID=2 3 0 0", "-GPSDateStamp=2024:01:02", "-GPSTimeStamp=10:11:12", "-InteropIndex=R98",
           "-LensInfo=24 70 2.8 4", "-Flash#=1", "-ExposureCompensation=-0.7", "-Orientation#=6", "-Artist=Ärtist", "-Make=A maker",
           "-MeteringMode#=5", "-ExposureProgram#=2", "-FocalLength=35", "-SubjectArea=1 2 3 4", "-BrightnessValue=-1.5",
           "-LensModel=A lens", "-ColorSpace#=1", "-WhitePoint=0.3127 0.329"]
GROUPS = {"exif_ifd": "ExifIFD", "gps_ifd": "GPS", "interoperability_ifd": "InteropIFD"}


def collect(group, directory, out):
    for entry in directory["entries"]:
        out[group, plain(entry["tag"])] = entry
        if "directories" in entry:
            collect(GROUPS[entry["tag"]], entry["directories"][0], out)


def as_exiftool_says(group, name, entry):
    values = entry["values"]
    if entry["type"] in ("rational", "srational"):
        values = [value["value"] for value in values]
        if group == "GPS" and len(values) == 3:
            if name == "timestamp":
                return ":".join(f"{value:02.0f}" for value in values)
            values = [values[0] + values[1] / 60 + values[2] / 3600]
    if entry["type"] == "undefined":
        data = bytes.fromhex(values)
        return " ".join(str(byte) for byte in data) if name == "componentsconfiguration" else data.decode()
    if isinstance(values, str):
        return values
    return values[0] if len(values) == 1 else " ".join(format(value, ".10g") for value in values)


@formats.test_each(["II", "MM"])
def exiftool_reads_the_same(folder, order):
    formats.need("exiftool", "ppm2tiff")
    path, _ = image(folder)
    formats.say("exiftool", "-q", "-o", folder / "exif.tif", f"-ExifByteOrder={order}", *WRITTEN, path)
    entries = {}
    collect("IFD0", formats.dump(folder / "exif.tif")["images"][0], entries)
    told = json.loads(formats.say("exiftool", "-n", "-j", "-G1", "-a", folder / "exif.tif"))[0]
    compared = 0
    for key, value in told.items():
        group, _, name = key.partition(":")
        name = plain(re.sub("^GPS", "", name) if group == "GPS" else name)
        if group not in ("IFD0", *GROUPS.values()) or name in ("stripoffsets", "stripbytecounts", "bitspersample"):
            continue
        got = as_exiftool_says(group, name, entries[group, name])
        if isinstance(got, float) or isinstance(value, float):
            got, value = round(float(got), 6), round(float(value), 6)
        formats.same(key, str(got), str(value))
        compared += 1
    if compared < len(WRITTEN) + 10:
        raise formats.Failed(f"only {compared} tags were compared")


def directory_of(tags):
    """A file with an entry of a byte for each tag."""
    return struct.pack("<2sHIH", b"II", 42, 8, len(tags)) + b"".join(struct.pack("<HHII", tag, 1, 1, 7) for tag in tags) + bytes(4)


@formats.test
def names_are_those_of_exiftool(folder):
    formats.need("exiftool")
    tables = xml.etree.ElementTree.fromstring(formats.say("exiftool", "-listx", "-EXIF:All").encode(errors="replace"))
    names = {}
    for table in tables:
        if table.get("name") == "Exif::Main":
            for tag in table.findall("tag"):
                names.setdefault(int(tag.get("id")), set()).add(plain(tag.get("name")))
    (folder / "a.tif").write_bytes(directory_of(sorted(names)))
    entries = formats.dump(folder / "a.tif")["images"][0]["entries"]
    formats.same("entries", len(entries), len(names))
    known = 0
    for tag, entry in zip(sorted(names), entries):
        if not isinstance(entry["tag"], str):
            formats.same("number", entry["tag"], tag)
        elif plain(entry["tag"]) not in names[tag]:
            raise formats.Failed(f"{tag} is {entry['tag']}, not {names[tag]}")
        else:
            known += 1
    if known < 200:
        raise formats.Failed(f"only {known} tags are known by name")


def entry(tag, kind, count, value):
    return struct.pack("<HHII", tag, kind, count, value)


def file_of(*entries, following=0):
    return struct.pack("<2sHIH", b"II", 42, 8, len(entries)) + b"".join(entries) + struct.pack("<I", following)


DAMAGE = {
    "a directory that follows itself": (file_of(entry(256, 3, 1, 5), following=8), 4),
    # these two are shown as references to the directory around
    "a directory within itself": (file_of(entry(34665, 4, 1, 8)), 0),
    "directories that hold each other": (file_of(entry(330, 4, 1, 26)) + struct.pack("<H", 1) + entry(330, 4, 1, 8) + bytes(4), 0),
    "more values than there are bytes": (file_of(entry(256, 4, 0xffffffff, 8)), 4),
    "values outside": (file_of(entry(270, 2, 9, 0x7fffffff)), 4),
    "strips outside": (file_of(entry(273, 4, 1, 99999), entry(279, 4, 1, 5)), 4),
    "fewer sizes than strips": (file_of(entry(273, 3, 2, 8), entry(279, 4, 1, 1)), 4),
    "strips without sizes": (file_of(entry(273, 4, 1, 8)), 0),
    "a type that is not known": (file_of(entry(256, 99, 1, 5), entry(257, 3, 1, 6)), 0),
    "cut in an entry": (file_of(entry(256, 3, 1, 5), entry(257, 3, 1, 6))[:30], 4),
    "a place outside": (struct.pack("<2sHI", b"II", 42, 4096), 4),
    "another version": (struct.pack("<2sHI", b"II", 44, 8), 4),
}


@formats.test_each(DAMAGE)
def damage_is_told(folder, name):
    data, status = DAMAGE[name]
    (folder / "a.tif").write_bytes(data)
    document = formats.dump(folder / "a.tif", "-s", "tiff", status=status)
    if name == "a type that is not known":
        formats.same("entries", document["images"][0]["entries"], [{"type": 99, "unknown": "05000000"}, {"values": [6]}])


@formats.test
def damage_anywhere(folder):
    formats.need("exiftool", "ppm2tiff")
    path, _ = image(folder, width=5, height=4)
    formats.say("exiftool", "-q", "-o", folder / "exif.tif", *WRITTEN, path)
    formats.withstand(folder, "tiff", (folder / "exif.tif").read_bytes())


formats.main()
