"""MP4 and MOV files against ffprobe's account of them, AtomicParsley, and Python's struct."""

import json
import os
import re
import struct

import formats

FILES = sorted(formats.SAMPLES.glob("ffmpeg-*.m[4po][a4v]"))
CONTAINERS = ("moov", "trak", "mdia", "minf", "dinf", "edts", "mvex", "moof", "traf", "mfra", "udta")
TAGS = {"title": "©nam", "artist": "©ART", "comment": "©cmt", "date": "©day", "genre": "©gen", "track": "trkn"}


def told(path):
    return json.loads(path.with_name(path.name + ".ffprobe.json").read_text())


def inside(box):
    """The boxes in a box."""
    body = box.get("body")
    if isinstance(body, dict):
        body = body.get("boxes") or body.get("entries", [])
    return [one for one in body if isinstance(one, dict) and "type" in one] if isinstance(body, list) else []


def find(boxes, *path):
    """All boxes at a path of types."""
    here = [box for box in boxes if box["type"] == path[0]]
    return here if len(path) == 1 else [one for box in here for one in find(inside(box), *path[1:])]


def body(boxes, *path):
    return find(boxes, *path)[0]["body"]


def by_hand(data, start, end):
    """Types and sizes of the boxes within bytes, by 14496-12, 4.2."""
    at, found = start, []
    while at + 8 <= end:
        size, kind = struct.unpack_from(">I4s", data, at)
        head = 16 if size == 1 else 8
        size = struct.unpack_from(">Q", data, at + 8)[0] if size == 1 else size or end - at
        kind = kind.decode("latin-1")
        found.append([kind, size, by_hand(data, at + head, at + size) if kind in CONTAINERS else []])
        at += size
    return found


def shown(boxes, whole):
    return [[box["type"], box.get("large") or box["size"] or whole, shown(inside(box), whole) if box["type"] in CONTAINERS else []]
            for box in boxes]


def samples(track, timescale_of=None):
    """Size, place, time and key flag of each sample, as the tables of a track say."""
    table = {box["type"]: box["body"] for box in body([track], "trak", "mdia", "minf", "stbl")["boxes"]}
    times = [entry["delta"] for entry in table["stts"]["entries"] for _ in range(entry["samples"])]
    offsets = [entry["offset"] for entry in table.get("ctts", {"entries": []})["entries"] for _ in range(entry["samples"])]
    sizes = table["stsz"].get("sizes", [table["stsz"]["size"]] * table["stsz"]["count"])
    keys = table["stss"]["samples"] if "stss" in table else None
    found, runs, time = [], table["stsc"]["entries"], 0
    for number, place in enumerate(table["stco"]["offsets"], 1):
        run = [entry for entry in runs if entry["first_chunk"] <= number][-1]
        for _ in range(run["samples"]):
            i = len(found)
            found.append({"size": sizes[i], "pos": place, "dts": time, "pts": time + (offsets[i] if offsets else 0),
                          "key": keys is None or i + 1 in keys})
            place += sizes[i]
            time += times[i]
    return found


def packets(path, stream):
    """What ffprobe says of them, times from the first one's on."""
    found = [packet for packet in told(path)["packets"] if packet["stream_index"] == stream]
    first = found[0]["dts"]
    return [{"size": int(packet["size"]), "pos": int(packet["pos"]), "dts": packet["dts"] - first, "pts": packet["pts"] - first,
             "key": packet["flags"][0] == "K"} for packet in found]


@formats.test_each(FILES)
def boxes_by_hand(folder, path):
    data = path.read_bytes()
    boxes = formats.dump(path)["boxes"]
    formats.same("boxes", shown(boxes, 0), by_hand(data, 0, len(data)))


@formats.test_each([path for path in FILES if path.suffix != ".mov" and "fragments" not in path.name])  # it does without those
def boxes_by_atomicparsley(folder, path):
    formats.need("AtomicParsley")
    listed = [(kind, int(size)) for kind, size in re.findall(r"^ *Atom (.{4}) @ \d+ of size: (\d+)", formats.say("AtomicParsley", path, "-T"), re.M)]
    listed = [(kind, size) for kind, size in listed if kind in CONTAINERS + ("stbl", "stsd", "stts", "stsz", "stco", "ilst", "ftyp", "mdat", "mvhd")]

    def walk(boxes):
        for box in boxes:
            if box["type"] in dict(listed):
                yield box["type"], box["size"]
            yield from walk(inside(box))

    formats.same("boxes", [list(one) for one in walk(formats.dump(path)["boxes"])], [list(one) for one in listed])


@formats.test_each([path for path in FILES if "fragments" not in path.name])
def tracks(folder, path):
    boxes = formats.dump(path)["boxes"]
    for track, stream in zip(find(boxes, "moov", "trak"), told(path)["streams"]):
        entry = body([track], "trak", "mdia", "minf", "stbl")["boxes"][0]["body"]["entries"][0]
        formats.same("code", entry["type"], stream["codec_tag_string"])
        media = body([track], "trak", "mdia", "mdhd")
        formats.same("time base", f"1/{media['timescale']}", stream["time_base"])
        if stream["codec_type"] == "video":
            formats.same("size", entry["body"], {"width": stream["width"], "height": stream["height"]})
            formats.same("size of the track", body([track], "trak", "tkhd"), {"width": stream["width"], "height": stream["height"]})
        else:
            formats.same("rate", entry["body"]["rate"], int(stream["sample_rate"]))
            if stream["codec_tag_string"] != "mp4a":  # in AAC's own configuration
                formats.same("channels", entry["body"]["channels"], stream["channels"])
        if stream["tags"]:
            formats.same("language", "".join(chr(96 + letter) for letter in media["language"]), stream["tags"]["language"])


@formats.test_each([path for path in FILES if path.suffix in (".mp4", ".m4a") and "fragments" not in path.name])
def sample_tables(folder, path):
    for stream, track in enumerate(find(formats.dump(path)["boxes"], "moov", "trak")):
        mine = samples(track)
        shift = mine[0]["pts"] - packets(path, stream)[0]["pts"]  # the edit list's
        formats.same(f"track {stream}", [dict(one, pts=one["pts"] - shift) for one in mine], packets(path, stream))


@formats.test
def samples_of_sound(folder):
    path = formats.SAMPLES / "ffmpeg-pcm.mov"
    table = samples(find(formats.dump(path)["boxes"], "moov", "trak")[0])
    packet, = told(path)["packets"]
    formats.same("samples", [len(table), sum(one["size"] for one in table), table[0]["pos"]],
                 [packet["duration"], int(packet["size"]), int(packet["pos"])])


@formats.test
def fragments(folder):
    path = formats.SAMPLES / "ffmpeg-fragments.mp4"
    data = path.read_bytes()
    boxes = formats.dump(path)["boxes"]
    defaults = {one["body"]["track"]: one["body"] for one in find(boxes, "moov", "mvex", "trex")}
    found, at = {0: [], 1: []}, 0
    for box in boxes:
        for traf in find([box], "moof", "traf"):
            header, time = body([traf], "traf", "tfhd"), body([traf], "traf", "tfdt")["time"]
            for run in find([traf], "traf", "trun"):
                place = at + run["body"]["data_offset"]
                for sample in run["body"]["samples"]:
                    size = sample.get("size") or header.get("size") or defaults[header["track"]]["size"]
                    found[header["track"] - 1].append({"size": size, "pos": place, "time": time})
                    place += size
                    time += sample.get("duration") or header.get("duration") or defaults[header["track"]]["duration"]
        at += box["size"]
    formats.same("end", at, len(data))
    for stream, mine in found.items():
        wanted = packets(path, stream)
        first = mine[0]["time"]
        formats.same(f"track {stream}", [[one["size"], one["pos"], one["time"] - first] for one in mine],
                     [[one["size"], one["pos"], one["dts"]] for one in wanted])


@formats.test_each([path for path in FILES if path.suffix == ".mp4"])
def metadata(folder, path):
    tags = told(path)["format"]["tags"]
    items = {item["type"]: item["boxes"][0]["body"]["value"] for item in body(formats.dump(path)["boxes"], "moov", "udta", "meta", "ilst")}
    for name, kind in TAGS.items():
        value = items[kind]
        if kind == "trkn":
            value = "%d/%d" % struct.unpack_from(">2xHH", bytes.fromhex(value))
        formats.same(name, value, tags[name])


def box(kind, data=b"", size=None, large=None):
    head = struct.pack(">I4s", 8 + len(data) if size is None else size, kind)
    return head + (b"" if large is None else struct.pack(">Q", large)) + data


@formats.test
def sizes_of_both_forms_and_versions(folder):
    v1 = struct.pack(">B3xQQIQ", 1, 1 << 33, 2, 1000, 1 << 40) + struct.pack(">iH10x9i24xI", 0x10000, 0x100, *range(9), 3)
    edits = struct.pack(">B3xI", 1, 1) + struct.pack(">Qqhh", 1 << 35, -1, 1, 0)
    boxes = (box(b"ftyp", b"isom" + bytes(4) + b"mp42") + box(b"moov", box(b"mvhd", v1) + box(b"trak", box(b"edts", box(b"elst", edits)))) +
             box(b"mdat", b"x" * 20, 1, 36) + box(b"uuid", bytes(range(16)) + b"y") + box(b"free", b"to the end", 0))
    (folder / "a.mp4").write_bytes(boxes)
    got = formats.dump(folder / "a.mp4")["boxes"]
    formats.same("types", [one["type"] for one in got], ["ftyp", "moov", "mdat", "uuid", "free"])
    formats.same("mvhd", body(got, "moov", "mvhd"), {"created": 1 << 33, "timescale": 1000, "duration": 1 << 40, "rate": 1, "next_track": 3,
                                                   "matrix": list(range(9)), "seconds": (1 << 40) / 1000})
    formats.same("elst", body(got, "moov", "trak", "edts", "elst")["edits"], [{"duration": 1 << 35, "media_time": -1, "rate": 1}])
    formats.same("mdat", got[2], {"size": 1, "large": 36, "body": (b"x" * 20).hex()})
    formats.same("uuid", got[3], {"uuid": bytes(range(16)).hex(), "body": "79"})
    formats.same("free", got[4], {"size": 0, "body": b"to the end".hex()})


def chunks(data):
    """What begins at the offsets of the chunks, 24 bytes of each."""
    found = []
    for at in (m.start() for m in re.finditer(b"stco", data)):
        count = int.from_bytes(data[at + 8 : at + 12], "big")
        offsets = struct.unpack_from(f">{count}I", data, at + 12)
        found += [data[offset : offset + 24] for offset in offsets]
    return found


@formats.test_each(["A title that is much longer than it was", "T"])
def a_title_in_front_of_the_samples(folder, title):
    """Six sizes of boxes follow, and where each chunk lies."""
    old, new = formats.SAMPLES / "ffmpeg-faststart.mp4", folder / "a.mp4"
    program = os.environ["SONDE"]
    path = formats.say(program, "where", "-s", "mp4", old, "**.value").split()[0]
    formats.say(program, "set", "-s", "mp4", old, f'{path} = "{title}"', "-o", new)
    before, after = old.read_bytes(), new.read_bytes()
    formats.same("length", len(after) - len(before), len(title) - len("A title"))
    formats.same("chunks", len(chunks(before)), 20)
    formats.same("what they are", [c.hex() for c in chunks(after)], [c.hex() for c in chunks(before)])
    whole = by_hand(after, 0, len(after))
    formats.same("boxes", sum(size for _, size, _ in whole), len(after))
    formats.same("title", formats.say(program, "get", "-s", "mp4", new, path).strip(), title)


@formats.test
def a_file_that_is_cut_off(folder):
    data = (formats.SAMPLES / "ffmpeg-faststart.mp4").read_bytes()
    path = folder / "a.mp4"
    for size in range(0, 1900, 7):
        path.write_bytes(data[:size])
        status, _, errors = formats.sonde(path, "-s", "mp4")
        whole = size in (32, 1810, 1818)
        formats.same(f"status of {size} bytes", [status, b"Sanitizer" in errors], [0 if whole else 4, False])


@formats.test
def boxes_of_no_size(folder):
    """A box that says that it is smaller than its header ends, and the ones behind it are read."""
    start = box(b"ftyp", b"isom" + bytes(4))
    (folder / "a.mp4").write_bytes(start + box(b"free", b"", 3) + box(b"skip", b"y"))
    formats.same("the last box", formats.dump(folder / "a.mp4", status=4)["boxes"][-1], {"type": "skip", "body": "79"})
    (folder / "a.mp4").write_bytes(start + box(b"free", b"x" * 9000, 1, 0))
    formats.same("boxes", len(formats.dump(folder / "a.mp4", status=4)["boxes"]) < 4, True)


@formats.test
def boxes_within_each_other(folder):
    """Deeper than there may be structs: a fault, not a crash."""
    data = b"\0\0\0\x08free"
    for _ in range(5000):
        data = box(b"moov", data)
    (folder / "a.mp4").write_bytes(data)
    formats.dump(folder / "a.mp4", status=4)


formats.main()
