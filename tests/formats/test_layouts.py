"""Random schemas and files for them: what sonde shows against values that were put in byte by byte here.

A maker writes a declaration, the bytes of one value of it, and what JSON must show, all at once. Then every output format
must agree, and a file that is cut off must show a part of the same."""

import csv
import io
import json
import os
import random
import struct
import subprocess

import formats

SEEDS = range(int(os.environ.get("SONDE_SEEDS", "120")))
FLOATS = {"float16": ("e", 2), "float": ("f", 4), "double": ("d", 8)}
TEXT = "abcXYZ019 _-\"\\,\u00e9"


class Layout:
    """A schema under construction: items are its declarations, data the file."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.order = self.random.choice(["little", "big"])
        self.items = []
        self.data = bytearray()
        self.names = 0

    def name(self, kind="f"):
        self.names += 1
        return f"{kind}{self.names}"

    def chance(self, one_in):
        return self.random.randrange(one_in) == 0

    # leaves: each returns (declaration with %s for the name, expected); the bytes are appended

    def integer(self, order):
        size = self.random.choice([1, 1, 2, 2, 3, 4, 4, 5, 6, 7, 8, 8, 12, 16])
        signed = self.chance(2)
        value = self.number(8 * size, signed)
        suffix = ""
        if size > 1 and self.chance(4):
            order = self.random.choice(["little", "big"])
            suffix = order[0] + "e"
        self.data += value.to_bytes(size, order, signed=signed)
        return f"{'' if signed else 'u'}int{8 * size}{suffix} %s", shown(value)

    def number(self, bits, signed):
        edge = self.random.choice(["any", "any", "low", "high", "small"])
        low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
        if edge == "any":
            return self.random.randint(low, high)
        return low if edge == "low" else high if edge == "high" else min(self.random.randrange(4), high)

    def floating(self, order):
        kind = self.random.choice(list(FLOATS))
        letter, size = FLOATS[kind]
        mark = "<" if order == "little" else ">"
        raw = self.random.randbytes(size) if self.chance(2) else struct.pack(mark + letter, self.random.randint(-999, 999) / 8)
        self.data += raw
        value = struct.unpack(mark + letter, raw)[0]
        if value != value:
            return kind + " %s", "NaN"
        if value in (float("inf"), float("-inf")):
            return kind + " %s", "Infinity" if value > 0 else "-Infinity"
        return kind + " %s", Float(value, mark + letter)

    def text(self, _):
        value = "".join(self.random.choice(TEXT) for _ in range(self.random.randrange(9)))
        raw = value.encode()
        kind = self.random.randrange(4)
        if kind == 0:
            room = len(raw) + self.random.randrange(4)
            self.data += raw + bytes(room - len(raw))
            return f"char %s[{room}]", value
        if kind == 1:
            self.data += raw
            return f"string %s[{len(raw)}]", value
        if kind == 2:
            self.data += raw + b"\0"
            return "cstring %s", value
        self.data += raw + b"\r\n"
        return 'string %s[] until "\\r\\n"', value

    def octets(self, _):
        raw = self.random.randbytes(self.random.randrange(7))
        self.data += raw
        return f"byte %s[{len(raw)}]", raw.hex()

    def named(self, order):
        """A value of an enum or of flags."""
        size = self.random.choice([1, 2, 4])
        name = self.name("e")
        mark = f"{size * 8}{order[0]}e" if size > 1 else "8"
        if self.chance(2):
            values = {f"{name}_{i}": self.random.randrange(1 << 8 * size) for i in range(3)}
            self.items.append(f"enum {name} : uint{mark} {{ {', '.join(f'{k} = {v}' for k, v in values.items())} }}")
            value = self.random.choice([*values.values(), self.random.randrange(1 << 8 * size)])
            expected = next((k for k, v in values.items() if v == value), value)
        else:
            bits = self.random.sample(range(8 * size), 3)
            self.items.append(f"flags {name} : uint{mark} {{ {', '.join(f'{name}_{b} = {1 << b}' for b in bits)} }}")
            value = self.random.randrange(1 << 8 * size)
            expected = [f"{name}_{b}" for b in bits if value >> b & 1]
            rest = value & ~sum(1 << b for b in bits)
            expected += [f"0x{rest:x}"] if rest else []
        self.data += value.to_bytes(size, order)
        return name + " %s", expected

    # what has parts: each adds lines and expected members

    def bits(self, lines, expected):
        """A run of bit-fields, filled up to a byte."""
        msb = self.chance(2)
        lines.append(f"bitorder {'msb' if msb else 'lsb'};")
        stream = []
        for _ in range(self.random.randint(1, 6)):
            width, signed, name = self.random.randint(1, 33), self.chance(3), self.name()
            if self.chance(6):
                lines.append(f"uint64 : {width};")
                raw = self.random.randrange(1 << width)
            elif self.chance(5):
                width, raw = 1, self.random.randrange(2)
                lines.append(f"bool {name} : 1;")
                expected[name] = bool(raw)
            else:
                value = self.number(width, signed)
                raw = value & ((1 << width) - 1)
                lines.append(f"{'' if signed else 'u'}int64 {name} : {width};")
                expected[name] = value
            stream.append((raw, width))
        total = sum(width for _, width in stream)
        if total % 8:
            lines.append(f"uint8 : {8 - total % 8};")
            stream.append((0, 8 - total % 8))
        self.data += bit_bytes(stream, msb)

    def leaf(self, order, lines, expected):
        make = self.random.choice([self.integer, self.integer, self.integer, self.floating, self.text, self.octets, self.named])
        declaration, value = make(order)
        name = self.name()
        lines.append(declaration % name + ";")
        expected[name] = value

    def array(self, order, lines, expected):
        """Of integers: so many, as many as a field says, in two dimensions, or up to one that is 0."""
        size, name = self.random.choice([1, 2, 3, 8]), self.name()
        n, m = self.random.randrange(5), self.random.randint(1, 3)
        kind = self.random.randrange(4)
        if kind == 1:
            count = self.name("n")
            lines.append(f"uint8 {count};")
            expected[count] = n
            self.data.append(n)
            dims = f"[{count}]"
        else:
            dims = [f"[{n}]", None, f"[{n}][{m}]", "[] until $ == 0"][kind]

        def row(length):
            values = [self.random.randint(1, (1 << 8 * size) - 1) for _ in range(length)]
            for value in values:
                self.data.extend(value.to_bytes(size, order))
            return values

        lines.append(f"uint{8 * size} {name}{dims};")
        expected[name] = [row(m) for _ in range(n)] if kind == 2 else row(n)
        if kind == 3:
            self.data.extend(bytes(size))
            expected[name].append(0)

    def choice(self, order, lines, expected):
        """A switch, or a condition, on a field before it."""
        tag, name, here = self.name("k"), self.name(), self.random.randrange(3)
        lines.append(f"uint8 {tag};")
        expected[tag] = here
        self.data.append(here)
        inner, members = [], {}
        start = len(self.data)
        self.leaf(order, inner, members)
        if self.chance(2):
            lines.append(f"switch ({tag}) {name} {{ {here}: {{ {inner[0]} }} 7: uint8; }}")
            expected[name] = members
        elif here == 1:
            lines.append(f"if ({tag} == 1) {{ {inner[0]} }} else {{ uint8 {self.name()}; }}")
            expected.update(members)
        else:
            lines.append(f"if ({tag} == 9) {{ {inner[0]} }}")
            del self.data[start:]

    def nested(self, order, lines, expected, depth):
        """A struct: declared, in place, in a region of its own, or several of them, with or without a distance."""
        kind, name = self.random.randrange(4), self.name()
        start = len(self.data)
        inner_order = self.random.choice(["little", "big"]) if self.chance(3) else order
        inner, members = self.members(inner_order, depth + 1)
        # one in place has the order around it, a declared one that of the file
        if inner_order != (order if kind < 2 else self.order):
            inner.insert(0, f"endian {inner_order};")
        body = " ".join(inner)
        size = len(self.data) - start
        if kind == 0:
            lines.append(f"struct {{ {body} }} {name};")
        elif kind == 1:
            extra = self.random.randrange(4)
            self.data += self.random.randbytes(extra)
            lines.append(f"struct {{ {body} }} {name} sized {size + extra};")
        else:
            times, gap = self.random.randint(1, 3), self.random.randrange(4) if kind == 3 else 0
            one = bytes(self.data[start:]) + self.random.randbytes(gap)
            self.data += self.random.randbytes(0) + one[size:]
            self.data += one * (times - 1)
            kind_name = self.name("s")
            self.items.append(f"struct {kind_name} {{ {body} }}")
            lines.append(f"{kind_name} {name}[{times}]{f' stride {size + gap}' if kind == 3 else ''};")
            members = [members] * times
        expected[name] = members

    def members(self, order, depth=0):
        lines, expected = [], {}
        for _ in range(self.random.randint(1, 5 if depth else 8)):
            kind = self.random.randrange(10)
            if kind < 5:
                self.leaf(order, lines, expected)
            elif kind == 5:
                self.array(order, lines, expected)
            elif kind == 6:
                self.bits(lines, expected)
            elif kind == 7:
                self.choice(order, lines, expected)
            elif kind == 8 and self.chance(2):
                gap = self.random.randrange(4)
                lines.append(f"skip {gap};")
                self.data += self.random.randbytes(gap)
            elif depth < 3:
                self.nested(order, lines, expected, depth)
        return lines, expected

    def placed(self, lines, expected):
        """Fields at a place, from the front, from the end, or where a field says."""
        for _ in range(self.random.randrange(3)):
            if not self.data:
                return
            at, name = self.random.randrange(len(self.data)), self.name()
            place = at if self.chance(2) else at - len(self.data)
            lines.append(f"uint8 {name} @ {place};")
            expected[name] = self.data[at]


class Float:
    """A floating-point number: a text for it must read back as the same one."""

    def __init__(self, value, form):
        self.bytes, self.form = struct.pack(form, value), form

    def __eq__(self, got):
        return isinstance(got, (int, float)) and struct.pack(self.form, got) == self.bytes

    def __repr__(self):
        return repr(struct.unpack(self.form, self.bytes)[0])


def shown(value):
    """Integers of more than 64 bits are texts of hexadecimal digits."""
    return value if -(1 << 63) <= value < 1 << 64 else f"{'-' if value < 0 else ''}0x{abs(value):x}"


def bit_bytes(stream, msb):
    number = filled = 0
    for raw, width in stream:
        if msb:
            number = number << width | raw
        else:
            number |= raw << filled
        filled += width
    return number.to_bytes(filled // 8, "big" if msb else "little")


def part_of(where, got, whole):
    """Fails unless what was got of a file that is cut off is a part of what is shown of all of it."""
    if isinstance(whole, dict):
        for key in got:
            if not key.startswith("$"):
                part_of(f"{where}.{key}", got[key], whole[key])
    elif isinstance(whole, list) and (not whole or not isinstance(whole[-1], str)):
        if len(got) > len(whole):
            raise formats.Failed(f"{where}: more elements than there are")
        for i, element in enumerate(got):
            part_of(f"{where}[{i}]", element, whole[i])
    elif isinstance(whole, str) and isinstance(got, str):
        if not whole.startswith(got.rstrip("\ufffd")):
            raise formats.Failed(f"{where}: {got!r} of {whole!r}")
    elif got != whole:
        raise formats.Failed(f"{where}: {got!r}, not {whole!r}")


def make(folder, seed):
    """Writes a schema and a file for it; returns their paths and what must be shown, in order."""
    layout = Layout(seed)
    lines, expected = layout.members(layout.order)
    layout.placed(lines, expected)
    schema, data = folder / "t.sonde", folder / "data"
    body = "\n    ".join(lines)
    schema.write_text("\n".join([f"endian {layout.order};", *layout.items, f"struct t {{\n    {body}\n}}", ""]))
    data.write_bytes(layout.data)
    return schema, data, expected


def ordered(value):
    return json.dumps(value, default=repr)


@formats.test_each([str(seed) for seed in SEEDS])
def layout(folder, seed):
    schema, data, expected = make(folder, int(seed))
    got = formats.dump(data, "-s", str(schema))
    if got != expected or list(got) != list(expected):
        raise formats.Failed(f"seed {seed}: got {ordered(got)}, wanted {ordered(expected)}")
    pretty = formats.dump(data, "-s", str(schema), "--pretty")
    if ordered(pretty) != ordered(got):
        raise formats.Failed(f"seed {seed}: --pretty shows something else")
    whole = data.read_bytes()
    for size in sorted({random.Random(seed).randrange(len(whole) + 1) for _ in range(4)}):
        data.write_bytes(whole[:size])
        status, output, errors = formats.sonde(data, "-s", str(schema))
        if status not in (0, 1, 4) or (size == len(whole)) != (status == 0) and status == 1:
            raise formats.Failed(f"seed {seed} cut at {size}: status {status}: {formats.told(errors)}")
        cut = json.loads(output)
        # what counts from the end, and gaps, may be there all the same
        part_of(f"seed {seed} cut at {size}", {k: v for k, v in cut.items() if f" {k} @ -" not in schema.read_text()}, got)


def record_lines(data, schema, form, each):
    command = [os.environ["SONDE"], "dump", "-s", str(schema), "-f", form, "--each", each, str(data)]
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60, check=True).stdout.decode()


def flat(value, prefix=""):
    """The cells of a record: members of structs by their paths."""
    for key, member in value.items():
        if isinstance(member, dict):
            yield from flat(member, f"{prefix}{key}.")
        else:
            yield prefix + key, member


@formats.test_each([str(seed) for seed in SEEDS])
def records(folder, seed):
    """The same struct many times: JSON Lines and CSV have the same values."""
    layout = Layout(int(seed))
    layout.choice = layout.leaf  # every record has the same members
    lines, _ = layout.members(layout.order, depth=2)
    one, times = bytes(layout.data), 1 + layout.random.randrange(40)
    schema, data = folder / "t.sonde", folder / "data"
    schema.write_text("\n".join([f"endian {layout.order};", *layout.items, "struct rec { " + " ".join(lines) + " }",
                                 "struct t { uint8 n; rec recs[n]; }"]))
    data.write_bytes(bytes([times]) + one * times)
    document = formats.dump(data, "-s", str(schema))["recs"]
    jsonl = [json.loads(line) for line in record_lines(data, schema, "jsonl", "recs").splitlines()]
    if ordered(jsonl) != ordered(document):
        raise formats.Failed(f"seed {seed}: JSON Lines differ from JSON")
    if not any(True for _ in flat(document[0])):
        return
    rows = list(csv.DictReader(io.StringIO(record_lines(data, schema, "csv", "recs"), newline="")))
    if len(rows) != times:
        raise formats.Failed(f"seed {seed}: {len(rows)} rows of CSV, not {times}")
    for row, record in zip(rows, document):
        for key, value in flat(record):
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
            cell = row[key]
            if cell != text and not (isinstance(value, float) and float(cell) == value) and cell != cell_of(value):
                raise formats.Failed(f"seed {seed}: {key} is {cell!r} in CSV and {text!r} in JSON")


def cell_of(value):
    return "|".join(map(str, value)) if isinstance(value, list) else str(value)


formats.main()
