"""Random schemas on random bytes: what sonde shows against model.py, which reads them by hand, bit by bit.

Every schema is shown whole as JSON; then, with lets for the values, sizes and places of what was found; then each of its
arrays by --each, as JSON, JSON Lines and CSV.

usage: SONDE=… test_random.py [FIRST [ROUNDS]]
"""

import csv
import io
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

import formats
from model import (ABSENT, Ambient, Array, Bool, Choice, Count, Enum, Field, Flags, Float, Gap, Int, Parts, Reader, Real,
                   Sequence, Spread, Struct, Switch, Text, Varint)

SIZE = 4096
ROUNDS = 25


class Maker:
    """Makes a random schema."""

    def __init__(self, r):
        self.r, self.types, self.names = r, [], 0
        self.chosen = r.random() < 0.3      # the data chooses the byte order
        self.order = r.choice(["big", "little"])
        self.bitorder = r.choice(["msb", "lsb"]) if self.chosen or r.random() < 0.3 else None
        self.structs = []
        for _ in range(r.randrange(3)):
            self.structs.append(self.struct(2, f"s{self.number()}"))
            self.types.append(self.structs[-1])
        self.root = self.struct(0, "t", root=True)

    def number(self):
        self.names += 1
        return self.names

    def name(self):
        return f"m{self.number()}"

    def text(self, lets=("", "")):
        lines = ['schema t "";', 'encoding "ISO-8859-1";']
        lines += [] if self.chosen else [f"endian {self.order};"]
        lines += [f"bitorder {self.bitorder};"] if self.bitorder else []
        text = "\n".join(lines + [kind.definition() for kind in self.types]) + "\n"
        members = self.root.body()[1:-1]
        return f"{text}struct t {{\n{lets[0]}{members}{lets[1]}}}\n"

    def read(self, data):
        """Returns the value of the whole, and the places in it."""
        places = {}
        file = (None if self.chosen else self.order, self.bitorder)
        return self.root.read(Reader(data, 0, len(data) * 8, self.order, self.bitorder, file), "", places), places

    # types

    def width(self):
        return 8 * self.r.choice([1, 1, 2, 2, 3, 4, 4, 8, self.r.randint(1, 16)])

    def integer(self):
        return Int(self.width(), self.r.random() < 0.5, self.r.choice(["", "", "le", "be"]))

    def enum(self):
        width = self.width()
        of = Int(width, self.r.random() < 0.5)
        high = min(1 << (width - of.signed), 1 << 127) - 1
        low = -high if of.signed else 0
        values = {self.r.choice([0, 1, 2, 255, -1, low, high, self.r.randint(low, high)]) for _ in range(5)}
        names = [(f"e{self.number()}", value) for value in values if low <= value <= high]
        self.types.append(Enum(f"enum{self.number()}", of, names or [(f"e{self.number()}", 0)]))
        return self.types[-1]

    def flags(self):
        width = min(self.width(), 120)
        values = {self.r.randint(1, 7) << self.r.randrange(width - 2) for _ in range(3)}
        self.types.append(Flags(f"flags{self.number()}", Int(width, False), [(f"f{self.number()}", v) for v in values]))
        return self.types[-1]

    def scalar(self):
        return self.r.choice([
            self.integer, self.integer, self.integer, self.enum, self.flags, Bool,
            lambda: Real(self.r.choice(list(Real.SIZES)), self.r.choice(["", "le", "be"])),
            lambda: Varint(self.r.choice(["uleb128", "sleb128", "vlq", "vlq(2)", "zigzag"])),
            lambda: Text(self.r.choice(["char", "string", "byte"]), self.r.randint(1, 5)),
            lambda: Text("cstring", None)])()

    def bits_type(self):
        kind = self.r.choice([Bool, self.enum, self.flags, self.integer, self.integer])()
        kind = Int(kind.size, kind.signed) if type(kind) is Int else kind     # the bits have the order, no suffix
        return kind, 1 if isinstance(kind, Bool) else self.r.randint(1, kind.size)

    def element(self, depth):
        if depth < 3 and self.r.random() < 0.3:
            return self.r.choice(self.structs) if self.structs and self.r.random() < 0.5 else self.struct(depth + 1)
        return self.scalar()

    # members

    def bits(self):
        """Fields of bits that end on a byte, or those of a width that the data has."""
        made, used = [], 0
        for _ in range(self.r.randint(1, 5)):
            kind, width = self.bits_type()
            if self.r.random() < 0.2:
                count = self.r.randint(1, 4)
                made.append(Field(self.name(), Array(kind, [count], width=width)))
                used += count * width
            elif self.r.random() < 0.15:
                made.append(Gap("bits", width))
                used += width
            else:
                made.append(Field(self.name(), kind, width=width))
                used += width
        return made + ([Gap("bits", -used % 8)] if used % 8 else [])

    def count(self, controls, mask=3, plus=0):
        return Count(self.r.choice(controls), mask, plus)

    def array(self, controls, depth):
        of = self.element(depth)
        counts = [self.r.choice([self.r.randint(0, 4), self.count(controls)])
                  for _ in range(self.r.choice([1, 1, 1, 2, 3]))]
        if len(counts) > 1 and isinstance(of, Text) and of.kind != "cstring":
            counts = counts[:2]
        stride = None
        if self.r.random() < 0.25 and len(counts) == 1:
            room = of.fixed if of.fixed is not None else 48
            stride = self.r.choice([room + self.r.randrange(4), self.count(controls, 3, room)])
        return Array(of, counts, stride)

    def sequence(self):
        clause = self.r.choice(["until", "while"])
        if self.r.random() < 0.3:
            control = Field("c", Int(8, False))
            return Sequence(Struct("struct", None, [control, Field(self.name(), self.scalar())]), clause, "($.c & 3) != 0")
        of = Int(self.r.choice([8, 16, 24]), self.r.random() < 0.5)
        if self.r.random() < 0.3:
            return Sequence(of, clause, "($[0] & 3) != 0", inner=self.r.randint(1, 3))
        return Sequence(of, clause, "($ & 3) != 0")

    def switch(self, controls, depth):
        labels = self.r.choice([["0", "1", "2..3"], ["1, 3", "2"], ["0..2"], ["0", None], ["3", "0, 1", None]])
        arms = [(label, None if self.r.random() < 0.15 else self.element(depth)) for label in labels]
        return Switch(self.count(controls), arms)

    def sized(self, depth):
        inner = self.struct(depth + 1)
        inner.members.append(Field(self.name(), Sequence(Int(8, False), "", "")))
        return Field(self.name(), inner, sized=self.r.randint(20, 80))

    def placed(self, controls, depth):
        if self.r.random() < 0.4:
            return Spread(self.name(), self.element(depth), self.r.choice([2, self.count(controls)]), self.r.randint(0, 9))
        at = self.r.choice([self.r.randrange(200), self.count(controls, 255)])
        shape = self.r.choice([self.scalar(), self.array(controls, depth)])
        return Field(self.name(), shape, at=at)

    def member(self, controls, depth):
        """A list of members."""
        pick = self.r.random()
        if pick < 0.25:
            return [Field(self.name(), self.scalar())]
        if pick < 0.35:
            return self.bits()
        if pick < 0.52:
            return [Field(self.name(), self.array(controls, depth))]
        if pick < 0.57:
            return [Field(self.name(), self.sequence())]
        if pick < 0.62:
            return [Field(self.name(), self.scalar(), when=self.count(controls))]
        if pick < 0.67:
            return [Gap(self.r.choice(["skip", "align"]), self.r.choice([1, 2, 4, 8]))]
        if pick < 0.72:
            return [Parts(self.name(), self.name(), self.r.randint(1, 3), self.r.choice(["byte", "string"]))]
        if pick < 0.78:
            return [self.placed(controls, depth)]
        if pick < 0.81:
            value = self.r.choice(["msb", "lsb"])
            return [Ambient("bitorder", value)]
        if pick < 0.84:
            return [Ambient("endian", self.r.choice(["big", "little"]))]
        if depth > 2:
            return [Field(self.name(), self.scalar())]
        if pick < 0.88:
            return [Field(self.name(), self.struct(depth + 1))]
        if pick < 0.91:
            return [Field(self.name(), self.union(depth + 1))]
        if pick < 0.94:
            return [Field(self.name(), self.switch(controls, depth))]
        if pick < 0.97:
            return [self.sized(depth)]
        then = [Field(self.name(), self.element(depth)) for _ in range(2)]
        other = [Field(self.name(), self.element(depth))] if self.r.random() < 0.5 else []
        return [Choice(self.count(controls), then, other)]

    def struct(self, depth, name=None, root=False):
        controls = [Field("c", Int(8, False))]
        members = list(controls)
        if root and self.chosen:
            members.append(Ambient("endian", None, controls[0]))
        for _ in range(self.r.randint(4, 9) if root else self.r.randint(0, 4)):
            made = self.member(controls, depth)
            members += made
            if len(made) == 1 and type(made[0]) is Field and made[0].declare().startswith("uint8 m") and \
                    type(made[0].shape) is Int and not (made[0].when or made[0].width or made[0].at is not None):
                controls.append(made[0])
        return Struct("struct", name, members, fixed_size(members))

    def union(self, depth):
        members = [Field(self.name(), self.element(depth)) for _ in range(self.r.randint(1, 4))]
        return Struct("union", None, members)


def fixed_size(members):
    """In bytes, or None; only of members that are simple."""
    if any(type(m) is not Field or m.when or m.width or m.at is not None or m.shape.fixed is None for m in members):
        return None
    return sum(m.shape.fixed if m.sized is None else m.sized for m in members)


def random_bytes(r):
    """Zeros and small numbers among all others, so that texts and varints end."""
    return bytes(r.choice([0, 1, 2, 3, 255, r.randrange(128), r.randrange(256), r.randrange(256)]) for _ in range(SIZE))


# comparing

def run(options, schema, data):
    result = subprocess.run([os.environ["SONDE"], "dump", "-s", str(schema), *options, str(data)], stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=formats.SECONDS)
    if result.returncode not in (0, 1):
        raise formats.Failed(f"{' '.join(options)}: status {result.returncode}: {formats.told(result.stderr)}")
    return result.stdout.decode()


def same(where, got, wanted):
    if isinstance(wanted, dict):
        if not isinstance(got, dict):
            raise formats.Failed(f"{where}: {got!r} instead of {wanted!r}")
        got = {key: value for key, value in got.items() if not key.startswith("$")}
        if list(got) != list(wanted):
            raise formats.Failed(f"{where}: the members {list(got)} instead of {list(wanted)}")
        for key in wanted:
            same(f"{where}.{key}", got[key], wanted[key])
    elif isinstance(wanted, list):
        if not isinstance(got, list) or len(got) != len(wanted):
            raise formats.Failed(f"{where}: {got!r} instead of {wanted!r}")
        for index, value in enumerate(wanted):
            same(f"{where}[{index}]", got[index], value)
    elif wanted != got or isinstance(wanted, bool) != isinstance(got, bool):
        raise formats.Failed(f"{where}: {got!r} instead of {wanted!r}")


def lets(r, places, root):
    """Lets for what was found: (name, text, value)."""
    known = [path for path in places if path]
    made = []
    for path in r.sample(known, min(len(known), 12)):
        value, start, end = places[path]
        name = f"let{len(made)}"
        kind = r.choice(["value", "offset", "size"])
        if kind == "value" and value is not ABSENT:
            made.append((name, path, value))
        elif kind == "offset" and start is not None:
            made.append((name, f"offsetof({path})", start // 8))
        elif kind == "size" and start is not None and end is not None:
            made.append((name, f"sizeof({path})", (end - start) // 8))
    return made


def arrays(value, places, path=""):
    """Paths of the arrays that --each may name, and their elements."""
    for key, item in value.items():
        if isinstance(item, dict):
            yield from arrays(item, places, f"{path}{key}.")
        elif isinstance(item, list) and places.get(path + key, (None,))[0] is ABSENT:   # flags are lists, too
            yield path + key, item


def cell(text, wanted):
    """Whether the cell of a table says the same as JSON does."""
    if wanted is None or wanted is ABSENT:
        return text == ""
    if isinstance(wanted, (dict, list)) and text.startswith(("[", "{")):
        same("cell", json.loads(text), wanted)
        return True
    if isinstance(wanted, list):
        return text == "|".join(wanted)
    if isinstance(wanted, bool):
        return text == str(wanted).lower()
    if isinstance(wanted, Float):
        return wanted == (text if text.strip("-") in ("NaN", "Infinity") else float(text))
    return text == str(wanted)


def compare_table(where, text, elements):
    rows = list(csv.reader(io.StringIO(text, newline="")))
    if not elements:
        return
    names, rows = rows[0], rows[1:]
    if len(rows) != len(elements):
        raise formats.Failed(f"{where}: {len(rows)} rows instead of {len(elements)}")
    for row, element in zip(rows, elements):
        for name, got in zip(names, row, strict=True):
            wanted = element
            for step in name.split(".") if isinstance(element, dict) and name != "value" else []:
                wanted = wanted.get(step, ABSENT) if isinstance(wanted, dict) else ABSENT
            if not cell(got, wanted):
                raise formats.Failed(f"{where}, column {name}: {got!r} instead of {wanted!r}")


def compare_each(schema, data, value, places):
    for path, elements in arrays(value, places):
        each = ["--each", path]
        same(f"--each {path}", json.loads(run(["-f", "json", *each], schema, data)), elements)
        lines = run(["-f", "jsonl", *each], schema, data).splitlines()
        same(f"-f jsonl --each {path}", [json.loads(line) for line in lines], elements)
        compare_table(f"-f csv --each {path}", run(["-f", "csv", *each], schema, data), elements)


def try_schema(folder, seed):
    r = random.Random(seed)
    maker, data = Maker(r), random_bytes(r)
    schema, file = folder / "t.sonde", folder / "t.bin"
    file.write_bytes(data)
    schema.write_text(maker.text())
    try:
        value, places = maker.read(data)
    except EOFError:        # an element that is too large for its region: another test's matter
        return
    same("t", json.loads(run(["-f", "json"], schema, file)), value)
    run(["-f", "tree"], schema, file)
    compare_each(schema, file, value, places)
    made = lets(r, places, value)
    texts = [f"    let {name} = {text};\n" for name, text, _ in made]
    half = len(made) // 2
    schema.write_text(maker.text(("".join(texts[:half]), "".join(texts[half:]))))
    wanted = {name: value for name, _, value in made[:half]} | value | {name: value for name, _, value in made[half:]}
    same("t with lets", json.loads(run(["-f", "json"], schema, file)), wanted)


@formats.test_each([str(number * ROUNDS) for number in range(8)])
def random_schemas(folder, first):
    for seed in range(int(first), int(first) + ROUNDS):
        try:
            try_schema(folder, seed)
        except Exception as error:
            raise formats.Failed(f"schema {seed}: {type(error).__name__}: {error}")


def explore(first, rounds):
    """For people: tells each schema that fails, and keeps it in the current folder."""
    for seed in range(first, first + rounds):
        with tempfile.TemporaryDirectory() as folder:
            try:
                try_schema(pathlib.Path(folder), seed)
            except Exception as error:
                print(f"{seed}: {type(error).__name__}: {str(error)[:600]}")
                for name in ("t.sonde", "t.bin"):
                    pathlib.Path(f"{seed}-{name}").write_bytes((pathlib.Path(folder) / name).read_bytes())


if len(sys.argv) > 1:
    explore(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1)
else:
    formats.main()
