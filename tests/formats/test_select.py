"""`sonde select` against Python's struct over records and packets, and against what tshark tells of the same packets."""

import csv
import io
import ipaddress
import json
import os
import random
import struct
import subprocess
import time

import formats

CAPTURE = """schema capture "Packets of Ethernet, IPv4, UDP and TCP";
endian little;
struct inner {
    endian big;
    byte macs[12]; uint16 ether;
    uint8 ihl; uint8 tos; uint16 total; uint16 id; uint16 fragment; uint8 ttl; uint8 proto; uint16 sum;
    uint32 src as ipv4; uint32 dst as ipv4; uint16 sport; uint16 dport;
}
struct packet { uint32 sec as unixtime; uint32 usec; uint32 len; uint32 wire; inner frame from data; byte data[len]; }
struct capture { byte header[24]; packet packets[]; }
"""
RECORDS = """schema recs "Records";
endian little;
struct rec { uint64 id; int32 kind; uint16be len; double f; byte data[42]; }
struct recs { rec records[]; }
"""


def select(*words, status=0):
    done = subprocess.run([os.environ["SONDE"], "select", *map(str, words)], capture_output=True, timeout=formats.SECONDS)
    formats.same("status", done.returncode, status)
    return done.stdout.decode()


def rows(*words, status=0):
    return list(csv.reader(io.StringIO(select("-f", "csv", *words, status=status))))[1:]


def packet(rng, i):
    load = rng.randbytes(rng.randrange(300))
    ports = struct.pack(">HH", rng.randrange(20000, 30000), rng.randrange(30000, 40000))
    udp = rng.random() < 0.5
    inner = ports + (struct.pack(">HH", 8 + len(load), 0) if udp else struct.pack(">IIBBHHH", i, 0, 0x50, 0x10, 512, 0, 0)) + load
    hosts = bytes(rng.randrange(1, 224) for _ in range(8))
    ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(inner), i, 0, 64, 17 if udp else 6, 0) + hosts + inner
    frame = rng.randbytes(12) + b"\x08\x00" + ip
    return struct.pack("<IIII", 1700000000 + i, rng.randrange(10**6), len(frame), len(frame) + i % 2) + frame


def make_capture(folder, n):
    rng = random.Random(n)
    path = folder / "a.pcap"
    path.write_bytes(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1) + b"".join(packet(rng, i) for i in range(n)))
    schema = folder / "capture.sonde"
    schema.write_text(CAPTURE)
    return path, schema


def told_by_struct(path):
    data = path.read_bytes()
    at = 24
    while at < len(data):
        sec, usec, size, wire = struct.unpack_from("<IIII", data, at)
        proto, _, src, dst, sport, dport = struct.unpack_from(">BHIIHH", data, at + 16 + 23)
        yield [sec, usec, size, wire, proto, src, dst, sport, dport]
        at += 16 + size


COLUMNS = "sec,usec,len,wire,frame.proto,frame.src,frame.dst,frame.sport,frame.dport"


@formats.test
def packets_as_struct_reads_them(folder):
    path, schema = make_capture(folder, 2000)
    want = list(told_by_struct(path))
    formats.same("all", [[int(cell) for cell in row] for row in rows("-s", schema, path, "-c", COLUMNS)], want)
    for where, holds in (
            ("frame.proto == 17 && len > 200", lambda r: r[4] == 17 and r[2] > 200),
            ("$.wire != $.len || frame.sport in 25000..25999", lambda r: r[3] != r[2] or 25000 <= r[7] <= 25999),
            ("usec % 7 == 3 && !(frame.src > 0x80000000)", lambda r: r[1] % 7 == 3 and r[5] <= 0x80000000)):
        some = [row for row in want if holds(row)]
        formats.same(where, [[int(cell) for cell in row] for row in rows("-s", schema, path, "-w", where, "-c", COLUMNS)], some)
        formats.same("count", int(select("-s", schema, path, "-w", where, "--count")), len(some))
        for skip, limit in ((0, 1), (3, 5), (len(some) - 1, 5), (1, len(some))):
            formats.same(f"{where}, {skip}, {limit}",
                         [int(row[0]) for row in rows("-s", schema, path, "-w", where, "-c", "sec", "--skip", skip, "-n", limit)],
                         [row[0] for row in some[skip:skip + limit]])


@formats.test
def groups_as_python_makes_them(folder):
    path, schema = make_capture(folder, 1500)
    want = list(told_by_struct(path))
    groups = {}
    for row in want:
        groups.setdefault((row[4], row[2] // 100), []).append(row)
    columns = "count,sum(len),min(usec),max(frame.src),avg(wire)"
    got = rows("-s", schema, path, "-b", "frame.proto * 1000 + len / 100", "-a", columns)
    formats.same("groups", [[int(cell) for cell in row[:-1]] + [float(row[-1])] for row in got],
                 [[proto * 1000 + hundreds, len(all_), sum(r[2] for r in all_), min(r[1] for r in all_), max(r[5] for r in all_),
                   sum(r[3] for r in all_) / len(all_)] for (proto, hundreds), all_ in groups.items()])
    some = [row for row in want if row[2] > 200]
    got = rows("-s", schema, path, path, "-a", "count,sum(usec)", "-w", "len > 200")
    formats.same("of two files", got, [[str(2 * len(some)), str(2 * sum(row[1] for row in some))]])


@formats.test
def packets_as_tshark_tells_them(folder):
    formats.need("tshark")
    path, schema = make_capture(folder, 300)
    fields = "frame.time_epoch frame.cap_len frame.len ip.src ip.dst udp.srcport tcp.srcport udp.dstport tcp.dstport".split()
    text = formats.say("tshark", "-n", "-r", path, "-T", "fields", "-E", "separator=;", *(w for f in fields for w in ("-e", f)))
    want = []
    for line in text.splitlines():
        when, size, wire, src, dst, *ports = line.split(";")
        sec, fraction = when.split(".")
        want.append([int(sec), int(fraction.ljust(9, "0")[:6]), int(size), int(wire), int(ipaddress.ip_address(src)),
                     int(ipaddress.ip_address(dst)), int(ports[0] or ports[1]), int(ports[2] or ports[3])])
    formats.same("count", len(want), 300)
    columns = COLUMNS.replace(",frame.proto", "")
    formats.same("rows", [[int(cell) for cell in row] for row in rows("-s", schema, path, "-c", columns)], want)
    table = select("-s", schema, path, "-c", "frame.src,frame.dport").splitlines()[1:]
    formats.same("addresses", [line.split() for line in table], [[str(ipaddress.ip_address(row[4])), str(row[7])] for row in want])


@formats.test
def conditions_as_tshark_filters(folder):
    """Addresses and times are written as people write them, in a condition as in tshark's filters."""
    formats.need("tshark")
    path, schema = make_capture(folder, 400)
    some = list(told_by_struct(path))
    source, other, when = (ipaddress.ip_address(some[7][5]), ipaddress.ip_address(some[123][6]), 1700000000 + 150)
    moment = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(when))
    for where, display in (
            (f"$.len > 150 && $.frame.src == {source}", f"frame.cap_len > 150 && ip.src == {source}"),
            (f'frame.src == "{source}" || {other} == frame.dst', f"ip.src == {source} || ip.dst == {other}"),
            ("frame.src in 32.0.0.0..63.255.255.255 && wire < 200", "ip.src == 32.0.0.0/3 && frame.len < 200"),
            (f"frame.dst > {other} && frame.proto == 17", f"ip.dst > {other} && udp"),
            (f'sec >= "{moment} UTC"', f"frame.time_epoch >= {when}"),
            (f'sec < "{moment}" && frame.src != {source}', f"frame.time_epoch < {when} && ip.src != {source}")):
        want = formats.say("tshark", "-n", "-r", path, "-Y", display, "-T", "fields", "-e", "frame.number").split()
        formats.same(f"{display}: some packets", 0 < len(want) < 400, True)
        formats.same(where, [str(int(row[0]) + 1) for row in rows("-s", schema, path, "-w", where, "-c", "$index")], want)
        formats.same(where, select("-s", schema, path, "-w", where, "--count"), f"{len(want)}\n")


@formats.test
def records_of_one_size(folder):
    rng = random.Random(7)
    path, schema = folder / "in", folder / "recs.sonde"
    schema.write_text(RECORDS)
    form = "<Qi2sd42s"
    want = [(rng.randrange(1 << 64), rng.randrange(-2**31, 2**31), rng.randrange(1 << 16), rng.uniform(-9, 9), rng.randbytes(42))
            for _ in range(3000)]
    path.write_bytes(b"".join(struct.pack(form, r[0], r[1], struct.pack(">H", r[2]), r[3], r[4]) for r in want))
    where, holds = "kind < 0 && len % 2 == 1 && f >= 0.25", lambda r: r[1] < 0 and r[2] % 2 == 1 and r[3] >= 0.25
    some = [r for r in want if holds(r)]
    got = [json.loads(line) for line in select("-s", schema, path, "-f", "jsonl", "-w", where).splitlines()]
    formats.same("fields", got, [{"id": r[0], "kind": r[1], "len": r[2], "f": r[3]} for r in some])
    formats.same("count", int(select("-s", schema, path, "-w", where, "--count")), len(some))
    formats.same("bytes", [row[0] for row in rows("-s", schema, path, "-w", where, "-c", "data")], [r[4].hex() for r in some])
    formats.same("nothing", select("-s", schema, path, "-w", "kind == 0 && f > 100.0", "--count", status=1), "0\n")


WIDTHS = (("uint8", "<", 1, False), ("int8", "<", 1, True), ("uint16", "<", 2, False), ("int16be", ">", 2, True),
          ("uint24", "<", 3, False), ("int24be", ">", 3, True), ("int32", "<", 4, True), ("uint32be", ">", 4, False),
          ("uint40be", ">", 5, False), ("int56", "<", 7, True), ("uint64be", ">", 8, False), ("int64", "<", 8, True))


def some_condition(rng):
    """A condition as the schema language has it, and as a function of an element's numbers."""
    parts = []
    for _ in range(rng.randrange(1, 5)):
        k = rng.randrange(len(WIDTHS))
        _, _, size, signed = WIDTHS[k]
        least = -(1 << 8 * size - 1) if signed else 0
        span = 1 << 8 * size
        value = rng.choice((rng.randrange(least, least + span), least + span // 2, least, least + span - 1, least - 1, least + span, 0))
        sign = rng.choice(("<", "<=", ">", ">=", "!=", "==", "turned", "range"))
        if sign == "turned":
            parts.append((f"{value} > f{k}", f"{value} > r[{k}]"))
        elif sign == "range":
            high = value + rng.randrange(span)
            parts.append((f"$.f{k} in {value}..{high}", f"{value} <= r[{k}] <= {high}"))
        else:
            parts.append((f"f{k} {sign} {value}", f"r[{k}] {sign} {value}"))
    if rng.random() < 0.3:
        parts.insert(rng.randrange(len(parts) + 1), ("f0 + f1 > 100", "r[0] + r[1] > 100"))
    return " && ".join(p[0] for p in parts), eval("lambda r: " + " and ".join(p[1] for p in parts))


@formats.test
def random_conditions_on_numbers(folder):
    rng = random.Random(11)
    path, schema = folder / "in", folder / "recs.sonde"
    fields = " ".join(f"{name} f{k};" for k, (name, *_) in enumerate(WIDTHS))
    schema.write_text(f'schema recs "Records";\nendian little;\nstruct rec {{ {fields} uint16 pad; }}\nstruct recs {{ rec records[]; }}\n')
    size = sum(w[2] for w in WIDTHS) + 2
    for n in (0, 1, 63, 64, 65, 700):
        data = bytes(rng.choice((0, 0x7f, 0x80, 0xff, rng.randrange(256))) for _ in range(n * size))
        path.write_bytes(data)
        want = []
        for i in range(n):
            at, row = i * size, []
            for _, order, width, signed in WIDTHS:
                row.append(int.from_bytes(data[at:at + width], "little" if order == "<" else "big", signed=signed))
                at += width
            want.append(row)
        for _ in range(25):
            where, holds = some_condition(rng)
            some = [i for i, row in enumerate(want) if holds(row)]
            status = 0 if some else 1
            formats.same(where, select("-s", schema, path, "-w", where, "--count", status=status), f"{len(some)}\n")
            got = rows("-s", schema, path, "-w", where, "-c", "$index,f0,$prev.f2", status=status)
            formats.same(where, got, [[str(i), str(want[i][0]), str(want[i - 1][2]) if i else ""] for i in some])


@formats.test
def the_first_rows_of_a_huge_file_cost_little(folder):
    path, schema = folder / "in", folder / "recs.sonde"
    schema.write_text(RECORDS)
    with open(path, "wb") as out:
        out.truncate(10 << 30)
    begin = time.monotonic()
    formats.same("rows", len(rows("-s", schema, path, "-c", "id,kind", "-n", "20")), 20)
    formats.same("in less than a second", time.monotonic() - begin < 1, True)


formats.main()
