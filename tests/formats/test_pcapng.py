"""pcapng against tshark and capinfos: captures of text2pcap, editcap and mergecap, and blocks of every type in both byte orders."""

import json
import random
import struct

import formats

PACKET, SIMPLE, OLD = 6, 3, 2


def option(order, code, value):
    return struct.pack(order + "HH", code, len(value)) + value + bytes(-len(value) % 4)


def block(order, kind, body, *options):
    options = b"".join(option(order, code, value) for code, value in options) + (bytes(4) if options else b"")
    body += bytes(-len(body) % 4) + options
    return struct.pack(order + "II", kind, len(body) + 12) + body + struct.pack(order + "I", len(body) + 12)


def header(order, *options):
    return block(order, 0x0a0d0d0a, struct.pack(order + "IHHq", 0x1a2b3c4d, 1, 0, -1), *options)


def interface(order, link, snap, *options):
    return block(order, 1, struct.pack(order + "HHI", link, 0, snap), *options)


def packet(order, number, time, data, length, *options):
    return block(order, PACKET, struct.pack(order + "IIIII", number, time >> 32, time & 0xffffffff, len(data), length) + data, *options)


def every_block(order):
    """A section with each type of block and, but for those that nobody writes, each option."""
    text, data = b"some text", bytes(range(61))
    names = (struct.pack(order + "HH", 1, 15) + bytes([10, 0, 0, 1]) + b"one\0first\0\0\0"[:11] + b"\0" +
             struct.pack(order + "HH", 2, 20) + bytes(15) + b"\1two\0" + bytes(4))
    return b"".join((
        header(order, (1, text), (2, b"hardware"), (3, b"system"), (4, b"application")),
        interface(order, 1, 100, (2, b"eth0"), (3, b"a card"), (4, bytes([192, 168, 0, 1, 255, 255, 255, 0])),
                  (5, bytes(range(16)) + b"\x40"), (6, bytes(range(6))), (7, bytes(range(8))), (8, struct.pack(order + "Q", 10**9)),
                  (9, b"\x06"), (11, b"\0tcp"), (12, b"Linux"), (13, b"\x04"), (14, struct.pack(order + "q", 3600))),
        interface(order, 101, 0, (2, b"tun0"), (9, b"\x8a")),
        interface(order, 101, 0, (9, b"\x09")),
        block(order, 4, names, (2, b"server"), (3, bytes([1, 2, 3, 4]))),
        block(order, 10, struct.pack(order + "II", 0x544c534b, len(text)) + text),
        packet(order, 0, 1700000000 * 10**6 + 123456, data, 77, (1, text), (2, struct.pack(order + "I", 0x0a)),
               (4, struct.pack(order + "Q", 3)), (5, struct.pack(order + "Q", 99)), (6, struct.pack(order + "I", 7))),
        packet(order, 1, 1700000001 * 1024 + 512, data[:20], 20),
        packet(order, 2, 1700000002 * 10**9 + 5, data[:21], 21),
        block(order, SIMPLE, struct.pack(order + "I", len(data)) + data),
        block(order, OLD, struct.pack(order + "HHIIII", 1, 0xffff, 398, 0x10000, 3, 9) + data[:3]),
        interface(order, 1, 0, (2, b"late")),
        packet(order, 3, 1700000003 * 10**6, data[:22], 22),
        block(order, 5, struct.pack(order + "III", 0, 1, 2), (2, struct.pack(order + "II", 1, 5)), (4, struct.pack(order + "Q", 4)),
              (5, struct.pack(order + "Q", 1))),
        block(order, 0xbad, struct.pack(order + "I", 32473) + b"whose?"),
        block(order, 0x777, b"unknown")))


def packets_of(document):
    for section in document["sections"]:
        interfaces = [b["body"] for b in section["preface"] + section["blocks"] if b["type"] == "interface"]
        for one in section["blocks"]:
            if one["type"] in ("packet", "simple_packet", "old_packet"):
                yield one["type"], one["body"], interfaces


def told_by_tshark(path):
    packets = []
    for one in json.loads(formats.say("tshark", "-n", "-r", path, "-T", "json", "-x", "-j", "frame")):
        layers = one["_source"]["layers"]
        frame = layers["frame"]
        if "frame.interface_id" not in frame:
            continue  # custom blocks are packets to tshark
        packets.append((frame.get("frame.time_epoch"), int(frame["frame.cap_len"]), int(frame["frame.len"]),
                        frame.get("frame.interface_id_tree", {}).get("frame.interface_name"), layers["frame_raw"][0]))
    return packets


def comments_told(path):
    """tshark puts the comments of a packet into one field."""
    lines = formats.say("tshark", "-n", "-r", path, "-T", "fields", "-e", "frame.interface_id", "-e", "frame.comment").splitlines()
    told = [line.split("\t") for line in lines]
    return [comments.split(",") if comments else [] for number, comments in told if number]


def option_of(body, code):
    return next((o.get("value") for o in body["options"] if o["code"] == code), None)


def compare_with_tshark(path):
    document = formats.dump(path)
    told, comments = told_by_tshark(path), comments_told(path)
    packets = list(packets_of(document))
    formats.same("packets", len(packets), len(told))
    formats.same("captured", [body["data"] for _, body, _ in packets], [raw for *_, raw in told])
    formats.same("lengths", [body["length"] for _, body, _ in packets], [length for _, _, length, _, _ in told])
    for index, ((kind, body, interfaces), (time, captured, _, name, _)) in enumerate(zip(packets, told)):
        where = f"packet {index}"
        formats.same(where, len(body["data"]) // 2, captured)
        if kind != "simple_packet":
            formats.same(f"{where}: time", f"{body['seconds']}.{body['nanoseconds']:09d}", time.ljust(20, "0"))
            wanted = option_of(interfaces[body["interface"]], "name")
            if wanted is not None and name is not None:
                formats.same(f"{where}: interface", wanted, name)
            formats.same(f"{where}: comments", [o["value"] for o in body["options"] if o["code"] == "comment"], comments[index])
    return document


def text_dump(path, count, seed):
    rng = random.Random(seed)
    with open(path, "w", encoding="ascii") as out:
        for _ in range(count):
            data = rng.randbytes(rng.randrange(40, 300))
            for at in range(0, len(data), 16):
                out.write(f"{at:06x} {data[at:at + 16].hex(' ')}\n")


@formats.test
def captures_of_wireshark(folder):
    formats.need("tshark", "text2pcap", "editcap", "mergecap", "capinfos")
    one, two, noted, merged, short = (folder / f"{name}.pcapng" for name in ("one", "two", "noted", "merged", "short"))
    for path, link in ((one, 101), (two, 1)):
        text_dump(folder / "a.txt", 20, link)
        formats.say("text2pcap", "-q", "-F", "pcapng", "-N", f"card {link}", "-l", str(link), folder / "a.txt", path)
    (folder / "keys").write_text("CLIENT_RANDOM 01 02\n")
    formats.say("editcap", "--capture-comment", "of the file", "-a", "2:Ümlaut", "-a", "5:other", "--inject-secrets",
                f"tls,{folder / 'keys'}", one, noted)
    formats.say("mergecap", "-a", "-w", merged, noted, two)
    formats.say("editcap", "-s", "60", two, short)
    for path in (one, two, noted, merged, short):
        compare_with_tshark(path)
    document = formats.dump(noted)
    section = document["sections"][0]
    formats.same("comment", [o["value"] for o in section["header"]["body"]["options"] if o["code"] == "comment"][-1], "of the file")
    secrets = [b["body"] for b in section["preface"] if b["type"] == "secrets"]
    formats.same("secrets", secrets, [{"kind": "tls_key_log", "data": "CLIENT_RANDOM 01 02\n"}])
    told = formats.say("capinfos", "-F", "-k", one)
    if option_of(formats.dump(one)["sections"][0]["header"]["body"], "application") not in formats.say("capinfos", one):
        raise formats.Failed(f"the application is another: {told}")


@formats.test_each("<>")
def every_type_of_block(folder, order):
    formats.need("tshark")
    path = folder / "a.pcapng"
    path.write_bytes(every_block(order))
    section = compare_with_tshark(path)["sections"][0]
    formats.same("preface", [b["type"] for b in section["preface"]], ["interface"] * 3 + ["names", "secrets"])
    formats.same("blocks", [b["type"] for b in section["blocks"]],
                 ["packet"] * 3 + ["simple_packet", "old_packet", "interface", "packet", "statistics", "custom", 0x777])
    first = {o["code"]: o.get("value") for o in section["preface"][0]["body"]["options"]}
    formats.same("options", first, {
        "name": "eth0", "description": "a card", "ipv4": {"address": "c0a80001", "mask": "ffffff00"},
        "ipv6": {"address": bytes(range(16)).hex(), "prefix": 64}, "mac": "000102030405", "eui64": "0001020304050607",
        "speed": 10**9, "resolution": 6, "filter": {"kind": "text", "filter": "tcp"}, "system": "Linux", "fcs_length": 4,
        "time_offset": 3600, "end": None})
    formats.same("names", section["preface"][3]["body"], {
        "records": [{"type": "ipv4", "value": {"address": "0a000001", "names": ["one", "first", ""]}},
                    {"type": "ipv6", "value": {"names": ["two"]}}, {"type": "end"}],
        "options": [{"code": "server_name", "value": "server"}, {"code": "server_ipv4", "value": "01020304"}, {"code": "end"}]})
    formats.same("packet options", section["blocks"][0]["body"]["options"][1:], [
        {"code": "flags", "value": {"direction": "outbound", "reception": "multicast"}}, {"code": "drop_count", "value": 3},
        {"code": "packet_id", "value": 99}, {"code": "queue", "value": 7}, {"code": "end"}])
    formats.same("statistics", section["blocks"][7]["body"], {"time": (1 << 32) + 2, "options": [
        {"value": {"ticks": (1 << 32) + 5}}, {"code": "received", "value": 4}, {"code": "dropped", "value": 1}, {"code": "end"}]})
    formats.same("custom", section["blocks"][8]["body"], {"enterprise": 32473, "data": b"whose?".hex() + "0000"})


@formats.test
def sections_of_either_order(folder):
    formats.need("tshark")
    path = folder / "a.pcapng"
    path.write_bytes(every_block("<") + every_block(">") + every_block("<"))
    document = compare_with_tshark(path)
    formats.same("orders", [s["order"] for s in document["sections"]], [0x4d3c2b1a, 0x1a2b3c4d, 0x4d3c2b1a])


@formats.test
def many_packets(folder):
    formats.need("tshark")
    count, path = 20000, folder / "a.pcapng"
    path.write_bytes(header("<") + interface("<", 1, 0) + b"".join(packet("<", 0, i * 10**6, bytes(60), 60) for i in range(count)))
    seconds = [block["body"]["seconds"] for block in formats.dump(path)["sections"][0]["blocks"]]
    formats.same("seconds", seconds, list(range(count)))


DAMAGE = {
    "lengths that differ": (lambda data: data[:-4] + b"\x1c\0\0\0", 1),
    "an option that is too long": (lambda data: data.replace(b"\2\0\4\0eth0", b"\2\0\xff\xffeth0"), 4),
    "a block that is too short": (lambda data: data[:-16] + b"\x08" + data[-15:], 4),
    "another magic number": (lambda data: data[:8] + b"\0" + data[9:], 4),
    "an interface that there is not": (lambda data: data + packet("<", 9, 1, b"x", 1), 0),
}


@formats.test_each(DAMAGE)
def damage_is_told(folder, name):
    damage, status = DAMAGE[name]
    (folder / "a.pcapng").write_bytes(damage(every_block("<")))
    formats.dump(folder / "a.pcapng", "-s", "pcapng", status=status)


@formats.test_each("<>")
def damage_anywhere(folder, order):
    data = every_block(order)
    at, whole = 0, set()
    while at < len(data):
        at += struct.unpack_from(order + "I", data, at + 4)[0]
        whole.add(at)
    formats.withstand(folder, "pcapng", data, whole | {0})


formats.main()
