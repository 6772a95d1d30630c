#!/usr/bin/env python3
"""Writes a pcap file of UDP and TCP packets in IPv4 in Ethernet frames, of 20 to 879 bytes of data each.

usage: gen_ethernet.py FILE [PACKETS]       (100,000 packets are 51 MB)
"""

import random
import struct
import sys

ETHERNET = bytes.fromhex("0102030405060a0b0c0d0e0f0800")


def packet(rng, number):
    data = rng.randbytes(rng.randrange(20, 880))
    port = 1000 + number % 5000
    if number % 2:
        segment, protocol = struct.pack(">HHIIBBHHH", port, 80, number, number, 0x50, 0x18, 1024, 0, 0) + data, 6
    else:
        segment, protocol = struct.pack(">HHHH", port, 69, 8 + len(data), 0) + data, 17
    return ETHERNET + struct.pack(">BBHHHBBHII", 0x45, 0, 20 + len(segment), number & 0xFFFF, 0, 64, protocol, 0,
                                  0x0A000001 + number % 200, 0x0A000102) + segment


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    rng = random.Random(1)
    with open(sys.argv[1], "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        for number in range(int(sys.argv[2]) if len(sys.argv) > 2 else 100000):
            frame = packet(rng, number)
            out.write(struct.pack("<IIII", 1700000000 + number // 100, number % 1000000, len(frame), len(frame)) + frame)


main()
