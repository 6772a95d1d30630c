#!/usr/bin/env python3
"""with_construct.py JOB FILE [N]: the jobs, with Construct; structs are compiled where it can."""

import json
import struct
import sys

import construct as c

KINDS = c.Enum(c.Int16ul, reading=0, setpoint=1, alarm=2, acknowledge=3, heartbeat=4, calibration=5, reset=6, fault=7)
RECORD = c.Struct(
    "id" / c.Int64ul, "time" / c.Int32ul, "kind" / KINDS, "channel" / c.Int8ul, "level" / c.Int8ul, "sequence" / c.Int24ul,
    "value" / c.Float64l, "ratio" / c.Float32l, "delta" / c.Int32sl, "port" / c.Int16ul, "temperature" / c.Int16sl,
    "balance" / c.Int64sl, "name" / c.PaddedString(12, "ascii"), c.Padding(5)).compile()
PACKET = c.Struct("ts_sec" / c.Int32ul, "ts_usec" / c.Int32ul, "captured" / c.Int32ul, "length" / c.Int32ul,
                  c.Padding(c.this.captured)).compile()
ENTRY = c.Struct(
    "tag" / c.Int16ul, "length" / c.Int32ul,
    "value" / c.Switch(c.this.tag, {1: c.Int32ul, 2: c.Int64sl, 3: c.PaddedString(c.this.length, "ascii")}))
CHUNK = c.Struct("length" / c.Int32ub, "type" / c.Bytes(4), "body" / c.Bytes(c.this.length), "crc" / c.Int32ub)


def elements(element, path, skip):
    """Yields one after another, which takes less memory than GreedyRange and no more time."""
    with open(path, "rb") as file:
        size = file.seek(0, 2)
        file.seek(skip)
        while file.tell() < size:
            yield element.parse_stream(file)


def shortest(value):
    texts = (float(f"{value:.{digits}g}") for digits in range(1, 10))
    return next(text for text in texts if struct.pack("<f", text) == struct.pack("<f", value))


def line(element):
    values = {name: value for name, value in element.items() if not name.startswith("_")}
    if "kind" in values:
        kind = values["kind"]
        values["kind"] = str(kind) if isinstance(kind, c.EnumIntegerString) else int(kind)
        values["ratio"] = shortest(values["ratio"])
    return json.dumps(values, separators=(",", ":"))


def verify(path):
    import zlib
    for i, chunk in enumerate(elements(CHUNK, path, 8)):
        if zlib.crc32(chunk.body, zlib.crc32(chunk.type)) != chunk.crc:
            print(i)


def main():
    job, path = sys.argv[1:3]
    records = lambda: elements(RECORD, path, 0)
    packets = lambda: elements(PACKET, path, 24)
    if job == "records-jsonl":
        sys.stdout.writelines(line(record) + "\n" for record in records())
    elif job == "records-csv":
        print("id,time,value,port")
        sys.stdout.writelines(f"{r.id},{r.time},{json.dumps(r.value)},{r.port}\n" for r in records())
    elif job == "records-count":
        print(sum(r.port >= 1024 and r.level < 50 for r in records()))
    elif job == "records-sum":
        ports = [r.port for r in records()]
        print(f"sum(port),max(port)\n{sum(ports)},{max(ports)}")
    elif job == "records-last":
        with open(path, "rb") as file:
            file.seek(-64, 2)
            print(RECORD.parse_stream(file).port)
    elif job == "packets-jsonl":
        sys.stdout.writelines(line(packet) + "\n" for packet in packets())
    elif job == "packets-count":
        print(sum(1 for _ in packets()))
    elif job == "packets-nth":
        print(next(packet.captured for i, packet in enumerate(packets()) if i == int(sys.argv[3])))
    elif job == "tlv-jsonl":
        sys.stdout.writelines(line(entry) + "\n" for entry in elements(ENTRY, path, 0))
    elif job == "chunks-verify":
        verify(path)


main()
