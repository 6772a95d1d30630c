"""Ogg against ogginfo and opusinfo, and a reader of pages after the specification, on files of oggenc, opusenc and sox."""

import re
import struct

import formats


def crc(data):
    """The specification's checksum, a bit at a time."""
    value = 0
    for byte in data:
        value ^= byte << 24
        for _ in range(8):
            value = (value << 1 ^ (0x04c11db7 if value >> 31 else 0)) & 0xffffffff
    return value


def make_page(flags, position, serial, sequence, lacing, body):
    head = struct.pack("<4sBBqII", b"OggS", 0, flags, position, serial, sequence)
    tail = bytes([len(lacing)]) + bytes(lacing) + body
    return head + struct.pack("<I", crc(head + bytes(4) + tail)) + tail


def read_pages(data):
    """Flags, position, serial, sequence, checksum, lacing, and the pieces of packets with whether they end there."""
    at, pages = 0, []
    while at < len(data):
        magic, version, flags, position, serial, sequence, checksum, count = struct.unpack_from("<4sBBqIIIB", data, at)
        assert magic == b"OggS" and version == 0
        lacing = list(data[at + 27:at + 27 + count])
        at += 27 + count
        pieces, piece = [], b""
        for index, length in enumerate(lacing):
            piece += data[at:at + length]
            at += length
            if length < 255 or index == count - 1:
                pieces.append((piece.hex(), length < 255))
                piece = b""
        pages.append((flags, position, serial, sequence, checksum, lacing, pieces))
    return pages


def compare(path):
    document, told = formats.dump(path), read_pages(path.read_bytes())
    formats.same("pages", [[page["granule_position"], page["serial"], page["sequence"], page["crc"], page["lacing"],
                            [[one["data"], one["complete"]] for one in page["packets"]]] for page in document["pages"]],
                 [[*rest[:4], lacing, [list(piece) for piece in pieces]] for _, *rest, lacing, pieces in told])
    names = {"continued": 1, "first": 2, "last": 4}
    formats.same("flags", [sum(names[name] for name in page["flags"]) for page in document["pages"]], [flags for flags, *_ in told])
    return document


def comments_of(stream):
    return [one["text"] for one in stream["tags"]["comments"]["comments"]]


def sound(folder, *effects, rate=8000, channels=1):
    formats.need("sox")
    formats.say("sox", "-R", "-n", "-b", "16", "-r", str(rate), "-c", str(channels), folder / "a.wav", *(effects or ("synth", "3", "sine", "440")))
    return folder / "a.wav"


NOISE = ("synth", "20", "whitenoise")


@formats.test_each([(8000, 1, ()), (44100, 2, ()), (44100, 2, NOISE)])
def vorbis_of_oggenc(folder, form):
    formats.need("oggenc", "ogginfo")
    rate, channels, effects = form
    path = folder / "a.ogg"
    formats.say("oggenc", "-Q", "-a", "Ärtist", "-t", "Title", "-c", "LONG=" + "x" * 3000, sound(folder, *effects, rate=rate, channels=channels), "-o", path)
    stream = compare(path)["streams"][0]
    told = formats.say("ogginfo", path)
    formats.same("stream", [stream["identification"]["channels"], stream["identification"]["rate"], f"{stream['serial']:08x}",
                            stream["tags"]["comments"]["vendor"].split(" (")[0]],
                 [int(re.search(r"Channels: (\d+)", told)[1]), int(re.search(r"Rate: (\d+)", told)[1]), re.search(r"serial: ([0-9a-f]+)", told)[1],
                  re.search(r"Vendor: (.*?) \(", told)[1]])
    formats.same("comments", comments_of(stream), re.findall(r"^\t(.*=.*)$", told, re.M))
    formats.same("bitrate", stream["identification"]["bitrate_nominal"] / 1000, float(re.search(r"Nominal bitrate: ([0-9.]+)", told)[1]))
    formats.same("packets", len(stream["packets"]), 3)


@formats.test_each([(8000, 1, ()), (48000, 2, NOISE), (48000, 6, ())])
def opus_of_opusenc(folder, form):
    formats.need("opusenc", "opusinfo")
    rate, channels, effects = form
    path = folder / "a.opus"
    formats.say("opusenc", "--quiet", "--artist", "Ärtist", "--comment", "LONG=" + "x" * 70000, sound(folder, *effects, rate=rate, channels=channels), path)
    stream = compare(path)["streams"][0]
    told = formats.say("opusinfo", path)
    formats.same("stream", stream["identification"], {
        "channels": int(re.search(r"Channels: (\d+)", told)[1]), "skip": int(re.search(r"Pre-skip: (\d+)", told)[1]),
        "rate": int(re.search(r"Original sample rate: (\d+)", told)[1]), "version": 1, "family": 1 if channels > 2 else 0})
    formats.same("comments", comments_of(stream), re.findall(r"^\t(\w+=.*)$", told.split("Opus stream")[0], re.M))


@formats.test
def streams_within_and_behind_one_another(folder):
    path = folder / "a.ogg"
    pages = []
    for serial, mark in ((7, b"OpusHead\1\2" + struct.pack("<HIhB", 312, 48000, -256, 0)), (0xffffffff, b"unknown")):
        pages.append(make_page(2, 0, serial, 0, [len(mark)], mark))
    tags = b"OpusTags" + struct.pack("<I", 3) + b"any" + struct.pack("<II", 1, 300) + b"A=" + b"b" * 298
    pages.append(make_page(0, -1, 7, 1, [255], tags[:255]))
    pages.append(make_page(0, 5, 0xffffffff, 1, [255, 0, 0, 9], bytes(255) + bytes(9)))
    pages.append(make_page(1, 0, 7, 2, [len(tags) - 255], tags[255:]))
    pages.append(make_page(4, 100, 7, 3, [2], b"ab"))
    path.write_bytes(b"".join(pages))
    first, second = compare(path)["streams"]
    formats.same("opus", first, {"serial": 7, "identification": {"channels": 2, "gain": -256}, "tags": {"comments": {
        "vendor": "any", "comments": [{"text": "A=" + "b" * 298}]}}})
    formats.same("other", second, {"serial": 0xffffffff, "identification": {"data": b"unknown".hex()}})


@formats.test
def packets_of_many_pages(folder):
    """A page that no packet ends on has no position, in the headers and behind them."""
    path, tags = folder / "a.ogg", b"OpusTags" + struct.pack("<I", 0) + struct.pack("<II", 1, 150000) + b"A=" + b"b" * 149998
    pages = [make_page(2, 0, 9, 0, [19], b"OpusHead\1\1" + struct.pack("<HIhB", 312, 48000, 0, 0))]
    parts = [tags[at:at + 255 * 255] for at in range(0, len(tags), 255 * 255)]
    for number, part in enumerate(parts, 1):
        end = [] if part is not parts[-1] else [len(part) % 255]
        pages.append(make_page(number > 1, 0 if end else -1, 9, number, [255] * (len(part) // 255) + end, part))
    pages.append(make_page(0, 960, 9, 4, [3, 255], b"abc" + bytes(255)))
    pages.append(make_page(1, -1, 9, 5, [255] * 255, bytes(255 * 255)))
    pages.append(make_page(5, 1920, 9, 6, [255, 0], bytes(255)))
    path.write_bytes(b"".join(pages))
    stream = compare(path)["streams"][0]
    formats.same("headers", stream["headers"], [{"$ref": f"pages[{number}]"} for number in range(4)])
    formats.same("comments", comments_of(stream), ["A=" + "b" * 149998])


@formats.test
def streams_that_follow_one_another(folder):
    formats.need("opusenc")
    names = [f"{number}.opus" for number in range(8)]
    for name in names:
        formats.say("opusenc", "--quiet", "--title", name, sound(folder, "synth", "5", "whitenoise"), folder / name)
    path = folder / "a.opus"
    path.write_bytes(b"".join((folder / name).read_bytes() for name in names))
    streams = compare(path)["streams"]
    formats.same("serials", [stream["serial"] for stream in streams],
                 [read_pages((folder / name).read_bytes())[0][2] for name in names])
    formats.same("titles", [[text for text in comments_of(stream) if text.startswith("title=")] for stream in streams],
                 [[f"title={name}"] for name in names])


def three_pages():
    return [make_page(2 if i == 0 else 0, i * 10, 5, i, [3], bytes([i] * 3)) for i in range(3)]


DAMAGE = {
    "a wrong checksum": (lambda pages: pages[0][:22] + b"\0\0\0\0" + pages[0][26:] + pages[1], 1),
    "a page that is missing": (lambda pages: pages[0] + pages[2], 1),
    "something between pages": (lambda pages: pages[0] + b"what is this OggS" + pages[1], 4),
    "cut": (lambda pages: pages[0] + pages[1][:-1], 4),
}


@formats.test_each(DAMAGE)
def damage_is_told(folder, name):
    damage, status = DAMAGE[name]
    path = folder / "a.ogg"
    path.write_bytes(damage(three_pages()))
    document = formats.dump(path, status=status)
    if name == "something between pages":
        formats.same("pages", document["pages"][-1], {"sequence": 1, "packets": [{"data": "010101"}]})


@formats.test
def damage_anywhere(folder):
    formats.need("opusenc")
    path = folder / "a.opus"
    formats.say("opusenc", "--quiet", "--bitrate", "6", sound(folder, "synth", "0.2", "sine", "440"), path)
    data = path.read_bytes()
    whole = {0} | {match.start() for match in re.finditer(b"OggS", data)}
    formats.withstand(folder, "ogg", data, whole=whole)


formats.main()
