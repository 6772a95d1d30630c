"""WAV against sox, soxi and libsndfile."""

import array
import ctypes
import ctypes.util
import math
import os
import re
import struct
import subprocess

import formats

WIDTHS = [(bits, channels) for bits in (8, 16, 24, 32) for channels in (1, 2, 6)]
CODINGS = [("floating-point", "float"), ("a-law", "alaw"), ("u-law", "mulaw"), ("ima-adpcm", "ima_adpcm"), ("ms-adpcm", "adpcm"),
           ("gsm-full-rate", "gsm610")]

# From sndfile.h.
WRITE, WAV, RF64, WAVEX, PCM_16, FLOAT = 0x20, 0x010000, 0x220000, 0x130000, 0x0002, 0x0006
TITLE, ARTIST, COMMENT = 1, 4, 5
SET_CUE, SET_INSTRUMENT, SET_BROADCAST, FORWARD = 0x10cf, 0x10d1, 0x10f1, 801


def body(document, name):
    return next(chunk["body"] for chunk in document["chunks"] if chunk["id"] == name)


def soxi(path, what):
    return int(formats.say("soxi", "-" + what, path))


def samples_of(path, *options):
    return subprocess.run(["sox", path, "-t", "raw", *options, "-"], stdout=subprocess.PIPE, check=True).stdout


def tone(path, *options, samples=81):
    formats.say("sox", "-R", "-D", "-n", "-r", "8000", *options, path, "synth", str(samples / 8000), "sine", "440")


def same_format(document, path):
    formats.same("format", body(document, "fmt "), {"channels": soxi(path, "c"), "sample_rate": soxi(path, "r"),
                                                    "bits_per_sample": soxi(path, "b")})


@formats.test_each(WIDTHS)
def samples_of_sox(folder, width):
    formats.need("sox", "soxi")
    bits, channels = width
    path = folder / "a.wav"
    tone(path, "-b", str(bits), "-c", str(channels))
    document = formats.dump(path)
    same_format(document, path)
    formats.same("chunks", sorted(chunk["id"] for chunk in document["chunks"] if chunk["id"] != "fact"), ["data", "fmt "])
    formats.same("data", body(document, "data"), samples_of(path).hex())
    formats.same("bytes", len(body(document, "data")) // 2, soxi(path, "s") * channels * bits // 8)


@formats.test_each(CODINGS)
def codings_of_sox(folder, coding):
    formats.need("sox", "soxi")
    path = folder / "a.wav"
    tone(path, "-e", coding[0], *(["-b", "32"] if coding[1] == "float" else []), samples=4000)
    document = formats.dump(path)
    formats.same("format", body(document, "fmt "), {"coding": coding[1], "sample_rate": soxi(path, "r")})
    formats.same("fact", body(document, "fact"), {"sample_count": 4000})


@formats.test
def the_big_endian_form(folder):
    formats.need("sox", "soxi")
    path = folder / "a.wav"
    tone(path, "-B", "-b", "16")
    document = formats.dump(path)
    same_format(document, path)
    formats.same("form", document["form"], "RIFX")
    formats.same("data", body(document, "data"), samples_of(path, "-B").hex())


@formats.test
def padding_that_is_missing(folder):
    formats.need("sox")
    path = folder / "a.wav"
    tone(path, "-b", "8", samples=9)
    padded = formats.dump(path)
    formats.same("bytes", len(body(padded, "data")) // 2, 9)
    os.truncate(path, path.stat().st_size - 1)
    with open(path, "r+b") as file:
        file.seek(4)
        file.write(struct.pack("<I", padded["size"] - 1))
    formats.same("chunks", formats.dump(path)["chunks"], padded["chunks"])


@formats.test
def sizes_not_filled_in(folder):
    """As ffmpeg leaves them when it writes to a pipe."""
    formats.need("sox")
    path = folder / "a.wav"
    tone(path, "-b", "16")
    whole = formats.dump(path)
    with open(path, "r+b") as file:
        at = file.read().index(b"data") + 4
        for place in (4, at):
            file.seek(place)
            file.write(b"\xff\xff\xff\xff")
    formats.same("data", body(formats.dump(path), "data"), body(whole, "data"))


@formats.test
def samples_that_are_not_there(folder):
    formats.need("sox")
    path = folder / "a.wav"
    tone(path, "-b", "16")
    os.truncate(path, 100)
    formats.same("format", body(formats.dump(path, status=4), "fmt "), {"channels": 1})


class Info(ctypes.Structure):
    _fields_ = [("frames", ctypes.c_int64), ("rate", ctypes.c_int), ("channels", ctypes.c_int), ("format", ctypes.c_int),
                ("sections", ctypes.c_int), ("seekable", ctypes.c_int)]


class Cue(ctypes.Structure):
    _fields_ = [("index", ctypes.c_int32), ("position", ctypes.c_uint32), ("chunk", ctypes.c_int32), ("chunk_start", ctypes.c_int32),
                ("block_start", ctypes.c_int32), ("sample_offset", ctypes.c_uint32), ("name", ctypes.c_char * 256)]


class Cues(ctypes.Structure):
    _fields_ = [("count", ctypes.c_uint32), ("points", Cue * 100)]


class Loop(ctypes.Structure):
    _fields_ = [("mode", ctypes.c_int), ("start", ctypes.c_uint32), ("end", ctypes.c_uint32), ("count", ctypes.c_uint32)]


class Instrument(ctypes.Structure):
    _fields_ = [("gain", ctypes.c_int), ("note", ctypes.c_char), ("detune", ctypes.c_char), ("velocity_low", ctypes.c_char),
                ("velocity_high", ctypes.c_char), ("key_low", ctypes.c_char), ("key_high", ctypes.c_char),
                ("loop_count", ctypes.c_int), ("loops", Loop * 16)]


class Broadcast(ctypes.Structure):
    _fields_ = [("description", ctypes.c_char * 256), ("originator", ctypes.c_char * 32), ("reference", ctypes.c_char * 32),
                ("date", ctypes.c_char * 10), ("time", ctypes.c_char * 8), ("time_low", ctypes.c_uint32),
                ("time_high", ctypes.c_uint32), ("version", ctypes.c_short), ("umid", ctypes.c_char * 64),
                ("loudness", ctypes.c_int16 * 5), ("reserved", ctypes.c_char * 180), ("history_size", ctypes.c_uint32),
                ("history", ctypes.c_char * 256)]


def by_sndfile(path, form, samples, channels, texts=(), commands=()):
    """Has libsndfile write samples (floats); texts are pairs of a kind and bytes, commands of a code and a struct."""
    try:
        library = ctypes.CDLL(ctypes.util.find_library("sndfile") or "libsndfile.so.1")
    except OSError:
        raise formats.Skipped("libsndfile is not installed")
    library.sf_open.restype = ctypes.c_void_p
    library.sf_writef_float.restype = ctypes.c_int64
    info = Info(0, 48000, channels, form, 0, 0)
    file = ctypes.c_void_p(library.sf_open(bytes(path), WRITE, ctypes.byref(info)))
    if not file:
        raise formats.Skipped(f"libsndfile does not write format {form:#x}")
    frames = len(samples) // channels
    done = [library.sf_set_string(file, kind, text) == 0 for kind, text in texts]
    done += [library.sf_command(file, code, ctypes.byref(value), ctypes.sizeof(value)) == 1 for code, value in commands]
    done += [library.sf_writef_float(file, (ctypes.c_float * len(samples))(*samples), ctypes.c_int64(frames)) == frames]
    library.sf_close(file)
    if not all(done):
        raise formats.Failed(f"libsndfile does not do what it is asked to: {done}")


@formats.test
def texts_and_peaks_of_libsndfile(folder):
    path = folder / "a.wav"
    samples = array.array("f", [math.sin(i / 9) / 2 for i in range(202)])
    by_sndfile(path, WAV | FLOAT, samples, 2, [(TITLE, b"A title"), (ARTIST, "Ärtist".encode()), (COMMENT, b"odd")])
    document = formats.dump(path)
    formats.same("data", body(document, "data"), samples.tobytes().hex())
    formats.same("LIST", body(document, "LIST")["kind"], "INFO")
    formats.same("texts", {item["id"]: item["text"] for item in body(document, "LIST")["items"]},
                 {"INAM": "A title", "IART": "Ärtist", "ICMT": "odd"})
    for channel, peak in enumerate(body(document, "PEAK")["peaks"]):
        own = [abs(sample) for sample in samples[channel::2]]
        formats.same(f"peak of channel {channel}", struct.pack("f", peak["value"]).hex(), struct.pack("f", max(own)).hex())
        formats.same(f"its place in channel {channel}", own[peak["position"]], max(own))


@formats.test
def the_extensible_form_of_libsndfile(folder):
    path = folder / "a.wav"
    by_sndfile(path, WAVEX | PCM_16, [0.5] * 20, 2)
    formats.same("fmt", body(formats.dump(path), "fmt "),
                 {"coding": "extensible", "extra": {"valid_bits": 16, "speakers": ["front_left", "front_right"],
                                                    "subformat": "0100000000001000800000aa00389b71"}})


@formats.test
def cue_points_sampler_and_broadcast_of_libsndfile(folder):
    cues, instrument, broadcast = Cues(), Instrument(), Broadcast()
    cues.count = 3
    for i in range(3):
        cues.points[i] = Cue(i + 1, 0, 0x61746164, 0, 0, i * 30, b"mark")
    instrument.gain, instrument.note, instrument.velocity_high, instrument.key_high = 1, 60, 127, 127
    instrument.loop_count, instrument.loops[0] = 1, Loop(FORWARD, 5, 51, 3)  # up to, not including, 51
    broadcast.description, broadcast.originator, broadcast.reference = b"A description", b"sonde", b"REF"
    broadcast.date, broadcast.time, broadcast.time_low, broadcast.time_high = b"2026-11-23", b"10:11:12", 5, 1
    broadcast.version, broadcast.history = 1, b"A=PCM,F=48000\r\n"
    broadcast.history_size = len(broadcast.history)
    path = folder / "a.wav"
    by_sndfile(path, WAV | PCM_16, [0.25] * 100, 1,
               commands=[(SET_CUE, cues), (SET_INSTRUMENT, instrument), (SET_BROADCAST, broadcast)])
    document = formats.dump(path)
    formats.same("cue", body(document, "cue "),
                 {"count": 3, "points": [{"id": i + 1, "chunk": "data", "sample_offset": i * 30} for i in range(3)]})
    formats.same("smpl", body(document, "smpl"),
                 {"unity_note": 60, "sample_period": 10**9 // 48000, "loop_count": 1,
                  "loops": [{"kind": "forward", "start": 5, "end": 50, "play_count": 3}]})
    formats.same("bext", body(document, "bext"),
                 {"description": "A description", "originator": "sonde", "reference": "REF", "date": "2026-11-23",
                  "time": "10:11:12", "time_reference": (1 << 32) + 5})
    formats.same("history", body(document, "bext")["coding_history"][:15], "A=PCM,F=48000\r\n")


@formats.test
def rf64_of_libsndfile(folder):
    path = folder / "a.wav"
    by_sndfile(path, RF64 | PCM_16, [0.5] * 200, 2)
    document = formats.dump(path)
    formats.same("file", document, {"form": "RF64", "size": 0xffffffff, "large": {"body": {
        "riff_size": path.stat().st_size - 8, "data_size": 400, "sample_count": 100}}})
    formats.same("bytes", len(body(document, "data")) // 2, 400)


@formats.test
def more_than_4_gib(folder):
    path, size = folder / "a.wav", 5 << 30
    by_sndfile(path, RF64 | PCM_16, [0.5] * 200, 2)
    content = path.read_bytes()
    start = content.index(b"data") + 8
    with open(path, "r+b") as file:
        file.seek(start + size)
        file.write(b"last" + struct.pack("<I", 2) + b"ok")
        end = file.tell()
        file.seek(content.index(b"ds64") + 8)
        file.write(struct.pack("<QQQ", end - 8, size, size // 4))
    shown = formats.say(os.environ["SONDE"], "dump", "--width", "200", path)
    formats.same("chunks", re.findall(r'id: "(\w+)', shown), ["fmt", "data", "last"])
    formats.same("bytes", re.findall(r"body: .*\(([0-9,]+) bytes\)", shown), [f"{size:,}"])


formats.main()
