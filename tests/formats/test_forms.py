"""Display forms against Python's datetime, ipaddress, uuid and its formatting of numbers: random values of each."""

import datetime
import ipaddress
import os
import random
import re
import struct
import subprocess
import uuid

import formats

UTC = datetime.timezone.utc
ROUNDS = 300


def time_of(epoch, **since):
    moment = epoch + datetime.timedelta(**since)
    return moment.strftime("%Y-%m-%d %H:%M:%S").rjust(19, "0")


def clock(epoch, ticks, digits):
    """Ticks of so much a second, digits of which are a fraction that is not shown when it is 0."""
    def text(value):
        second, part = divmod(value, ticks)
        return time_of(epoch, seconds=second) + (f".{part:0{digits}}" if part else "") + " UTC"
    return text


def year(n, month=1, day=1):
    return datetime.datetime(n, month, day, tzinfo=UTC)


def span(epoch, ticks):
    """The ticks of the years 1 to 9999 that 64 bits hold."""
    first = int((year(1) - epoch).total_seconds()) * ticks
    last = int((year(9999, 12, 31) - epoch).total_seconds()) * ticks
    return max(first, -(1 << 63)), min(last, (1 << 63) - 1)


CLOCKS = {"unixtime": (year(1970), 1, 0), "unixtime_ms": (year(1970), 1000, 3), "unixtime_us": (year(1970), 10**6, 6),
          "unixtime_ns": (year(1970), 10**9, 9), "filetime": (year(1601), 10**7, 7), "webkittime": (year(1601), 10**6, 6),
          "mactime": (year(1904), 1, 0), "cocoatime": (year(2001), 1, 0)}


def shown(folder, fields):
    """What the tree shows of (type, form, value) triples, each packed as big-endian bytes."""
    source = ['schema forms "";', "endian big;", "struct forms {"]
    data = b""
    for index, (kind, form, raw) in enumerate(fields):
        source.append(f"    {kind.replace('_', f'v{index}')} as {form};")
        data += raw
    (folder / "forms.sonde").write_text("\n".join(source + ["}"]))
    (folder / "data").write_bytes(data)
    out = formats.say(os.environ["SONDE"], "-s", folder / "forms.sonde", "--width", "9999", "--fold", "0", folder / "data")
    return dict(re.findall(r"│ (v\d+): (.*)$", out, re.M))


def compare(folder, cases):
    """cases: (declaration with _ for the name, form, bytes, text wanted)"""
    got = shown(folder, [case[:3] for case in cases])
    for index, (kind, form, raw, wanted) in enumerate(cases):
        formats.same(f"{kind} as {form} of {raw.hex()}", got.get(f"v{index}"), wanted)


def write(folder, cases):
    """The same cases: each value equals its text, and none does when its last bit is another one."""
    checks = [f'    check v{index} == "{text}";' for index, (_, _, _, text) in enumerate(cases)]
    fields = [f"    {kind.replace('_', f'v{index}')} as {form};" for index, (kind, form, _, _) in enumerate(cases)]
    (folder / "forms.sonde").write_text("\n".join(['schema forms "";', "endian big;", "struct forms {", *fields, *checks, "}"]))
    for change, wanted in ((0, []), (1, [str(line) for line in range(4 + len(cases), 4 + 2 * len(cases))])):
        (folder / "data").write_bytes(b"".join(raw[:-1] + bytes([raw[-1] ^ change]) for _, _, raw, _ in cases))
        out = formats.say(os.environ["SONDE"], "verify", "-s", folder / "forms.sonde", folder / "data", status=change)
        formats.same("checks that do not hold", sorted(re.findall(r"forms\.sonde:(\d+)\)", out), key=int), wanted)


@formats.test_each(list(CLOCKS))
def clocks(folder, form):
    rng = random.Random(form)
    epoch, ticks, digits = CLOCKS[form]
    first, last = span(epoch, ticks)
    if form in ("filetime", "webkittime"):
        first = 0
    values = [first, last, 0, ticks - 1] + [rng.randint(first, last) for _ in range(ROUNDS)]
    values += [v // ticks * ticks for v in values[4:20]]
    text = clock(epoch, ticks, digits)
    cases = [("int64 _", form, struct.pack(">q", v), text(v)) for v in values]
    compare(folder, cases)
    write(folder, cases)


@formats.test
def float_times(folder):
    rng = random.Random(1)
    cases = []
    for _ in range(ROUNDS):
        n = rng.randrange(-10**9, 4 * 10**9) + rng.randrange(0, 1024) / 1024  # exact in a double, and in microseconds rounded
        micros = int((n % 1) * 10**6 + 0.5)
        part = f".{micros:06}" if micros else ""
        for form, epoch in (("unixtime", year(1970)), ("cocoatime", year(2001)), ("mactime", year(1904))):
            cases.append(("double _", form, struct.pack(">d", n), time_of(epoch, seconds=n // 1) + part + " UTC"))
        days = rng.randrange(-40000, 80000)
        hours = rng.randrange(0, 96) / 96 // (1 / 32) * (1 / 32)
        value = days + hours if days >= 0 else days - hours
        cases.append(("double _", "oletime", struct.pack(">d", value), time_of(year(1899, 12, 30), days=days + hours) + " UTC"))
    compare(folder, cases)


@formats.test
def dos_times(folder):
    rng = random.Random(2)
    cases = []
    for _ in range(ROUNDS):
        moment = datetime.datetime(1980, 1, 1) + datetime.timedelta(seconds=2 * rng.randrange(0, 128 * 365 * 43200))
        date = (moment.year - 1980) << 9 | moment.month << 5 | moment.day
        time = moment.hour << 11 | moment.minute << 5 | moment.second // 2
        cases.append(("uint16 _", "dosdate", struct.pack(">H", date), moment.strftime("%Y-%m-%d")))
        cases.append(("uint16 _", "dostime", struct.pack(">H", time), moment.strftime("%H:%M:%S")))
        cases.append(("uint32 _", "dosdatetime", struct.pack(">HH", date, time), moment.strftime("%Y-%m-%d %H:%M:%S")))
    compare(folder, cases)
    write(folder, cases)


@formats.test
def addresses(folder):
    rng = random.Random(3)
    cases, others = [], []  # the others are written in another way than they are shown
    for _ in range(ROUNDS):
        raw = rng.randbytes(16)
        cases.append(("byte _[16]", "uuid", raw, str(uuid.UUID(bytes=raw))))
        cases.append(("byte _[16]", "guid", raw, str(uuid.UUID(bytes_le=raw))))
        cases.append(("uint32 _", "ipv4", raw[:4], str(ipaddress.IPv4Address(raw[:4]))))
        cases.append(("byte _[4]", "ipv4", raw[:4], str(ipaddress.IPv4Address(raw[:4]))))
        cases.append(("byte _[6]", "mac", raw[:6], raw[:6].hex(":")))
        cases.append(("uint48 _", "mac", raw[:6], raw[:6].hex(":")))
        cases.append(("byte _[8]", "eui64", raw[:8], raw[:8].hex("-")))
        sparse = bytes(b if rng.random() < 0.3 else 0 for b in raw)
        for address in (raw, sparse):
            wanted = ipaddress.IPv6Address(address)
            if not wanted.ipv4_mapped:
                cases.append(("byte _[16]", "ipv6", address, str(wanted)))
                others.append(("byte _[16]", "ipv6", address, wanted.exploded.upper()))
    compare(folder, cases)
    others += [("uint128 _", form, raw, text.upper()) for _, form, raw, text in cases if form in ("uuid", "guid")]
    write(folder, cases + others)


@formats.test
def numbers(folder):
    rng = random.Random(4)
    cases = []
    for _ in range(ROUNDS):
        raw = rng.randbytes(8)
        n, s = int.from_bytes(raw, "big"), int.from_bytes(raw, "big", signed=True)
        cases.append(("uint64 _", "hex", raw, f"{n:#018x}"))
        cases.append(("int64 _", "hex", raw, f"{n:#018x}"))
        cases.append(("uint64 _", "dec", raw, str(n)))
        cases.append(("int64 _", "dec", raw, str(s)))
        cases.append(("uint64 _", "bin", raw, f"{n:#066b}"))
        cases.append(("uint64 _", "oct", raw, f"0o{n:022o}"))
        cases.append(("byte _[8]", "hex", raw, raw.hex()))
        for bits, form in ((8, 16), (14, 16), (16, 32), (30, 32), (32, 64)):
            part = raw[:form // 8]
            value = int.from_bytes(part, "big", signed=True)
            if bits < 32 and abs(value) >> bits:  # Python's shortest text, where it has no exponent
                cases.append((f"int{form} _", f"fixed{bits}", part, repr(value / (1 << bits))))
    compare(folder, cases)


formats.main()
