"""pcap against tshark, capinfos, text2pcap and editcap, in both byte orders, with micro- and nanoseconds."""

import json
import os
import random
import struct
import subprocess
import time

import formats

MAGIC = {False: 0xa1b2c3d4, True: 0xa1b23c4d}
FORMS = [(order, nanoseconds) for order in "<>" for nanoseconds in (False, True)]
LARGE = 64 << 20
MOST_KIB = 64 << 10


def make(path, order, nanoseconds, packets):
    """Writes packets (seconds, fraction, length on the wire, bytes) in a byte order of struct's."""
    with open(path, "wb") as out:
        out.write(struct.pack(order + "IHHiIII", MAGIC[nanoseconds], 2, 4, 0, 0, 65535, 1))
        for seconds, fraction, length, data in packets:
            out.write(struct.pack(order + "IIII", seconds, fraction, len(data), length) + data)


def some_packets(n, nanoseconds=False):
    rng = random.Random(n)
    for i in range(n):
        data = bytes(12) + b"\x08\x00" + rng.randbytes(rng.randrange(20, 1400))
        yield 1700000000 + i, rng.randrange(10**9 if nanoseconds else 10**6), len(data) + i % 3, data


def told_by_tshark(path, nanoseconds):
    packets = []
    for packet in json.loads(formats.say("tshark", "-n", "-r", path, "-T", "json", "-x")):
        layers = packet["_source"]["layers"]
        seconds, fraction = layers["frame"]["frame.time_epoch"].split(".")
        packets.append({"ts_sec": int(seconds), "ts_usec": int(fraction.ljust(9, "0")[:9]) // (1 if nanoseconds else 1000),
                        "incl_len": int(layers["frame"]["frame.cap_len"]), "orig_len": int(layers["frame"]["frame.len"]),
                        "data": layers["frame_raw"][0]})
    return packets


def told_by_capinfos(path):
    header, row = formats.say("capinfos", "-T", "-M", "-c", "-d", path).splitlines()
    return dict(zip(header.split("\t"), row.split("\t")))


@formats.test_each(FORMS)
def tshark_reads_the_same(folder, form):
    formats.need("tshark")
    order, nanoseconds = form
    path = folder / "a.pcap"
    make(path, order, nanoseconds, some_packets(40, nanoseconds))
    capture = formats.dump(path)
    formats.same("packets", capture["packets"], told_by_tshark(path, nanoseconds))
    formats.same("capture", capture, {"nanoseconds": nanoseconds, "link": "ethernet", "version_major": 2, "version_minor": 4,
                                      "snaplen": 65535})
    formats.same("count", len(capture["packets"]), 40)


@formats.test
def captures_of_text2pcap_and_editcap(folder):
    formats.need("tshark", "text2pcap", "editcap", "capinfos")
    rng = random.Random(7)
    with open(folder / "a.txt", "w", encoding="ascii") as out:
        for _ in range(25):
            data = rng.randbytes(rng.randrange(40, 300))
            for at in range(0, len(data), 16):
                out.write(f"{at:06x} {data[at:at + 16].hex(' ')}\n")
    whole, nano, short = (folder / name for name in ("a.pcap", "nano.pcap", "short.pcap"))
    formats.say("text2pcap", "-q", "-F", "pcap", "-l", "101", folder / "a.txt", whole)
    formats.say("editcap", "-F", "nsecpcap", whole, nano)
    formats.say("editcap", "-F", "pcap", "-s", "60", whole, short)
    for path in (whole, nano, short):
        capture = formats.dump(path)
        formats.same(path.name, capture["packets"], told_by_tshark(path, path == nano))
        formats.same(path.name, capture, {"nanoseconds": path == nano, "link": "raw"})
        told = told_by_capinfos(path)
        formats.same("packets", len(capture["packets"]), int(told["Number of packets"]))
        formats.same("bytes", sum(p["orig_len"] for p in capture["packets"]), int(told["Data size (bytes)"]))


@formats.test_each(FORMS)
def records_are_the_documents(folder, form):
    path = folder / "a.pcap"
    make(path, *form, some_packets(30))
    _, lines, _ = formats.sonde(path, "-f", "jsonl", "--each", "packets")
    formats.same("records", [json.loads(line) for line in lines.splitlines()], formats.dump(path)["packets"])


@formats.test
def an_empty_capture(folder):
    make(folder / "a.pcap", "<", False, [])
    formats.same("packets", formats.dump(folder / "a.pcap")["packets"], [])


@formats.test
def a_capture_that_is_cut_off(folder):
    path, packets = folder / "a.pcap", list(some_packets(5))
    make(path, ">", False, packets)
    os.truncate(path, path.stat().st_size - 10)
    listed = formats.dump(path, status=4)["packets"]
    formats.same("seconds", [p["ts_sec"] for p in listed], [p[0] for p in packets])
    formats.same("data", [p["data"] for p in listed[:-1]], [p[3].hex() for p in packets[:-1]])


@formats.test
def another_magic_number(folder):
    path = folder / "a.pcap"
    make(path, "<", False, some_packets(2))
    with open(path, "r+b") as file:
        file.write(b"\xa1\xb2\xc3\xd5")
    formats.dump(path, "-s", "pcap", status=4)


def peak_memory(path, *options):
    """The exit status and the most KiB of private memory; what is mapped of the file does not count."""
    process = subprocess.Popen([os.environ["SONDE"], "dump", *options, path], stdout=subprocess.DEVNULL)
    peak = 0
    while process.poll() is None:
        try:
            with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
                peak = max([peak] + [int(line.split()[1]) for line in status if line.startswith("RssAnon")])
        except OSError:
            pass
        time.sleep(0.001)
    return process.returncode, peak


@formats.test
def a_large_capture_needs_no_memory(folder):
    if not os.path.exists("/proc/self/status"):
        raise formats.Skipped("there is no /proc here")
    data = bytes(i * 7 & 255 for i in range(1500))

    def packets():
        size = 24
        while size < LARGE:
            length = 60 + size * 37 % 1440
            size += 16 + length
            yield 1700000000, size % 10**6, length, data[:length]

    path = folder / "a.pcap"
    make(path, "<", False, packets())
    for options in (["-f", "jsonl", "--each", "packets"], ["-f", "csv", "--each", "packets"], ["-f", "json"], ["-f", "tree"]):
        status, peak = peak_memory(path, *options)
        formats.same(f"{options}: status", status, 0)
        if peak > MOST_KIB:
            raise formats.Failed(f"{options}: {peak} KiB of private memory")


formats.main()
