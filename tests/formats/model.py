"""Parts of schemas and what they mean, written from the language's description, for the comparison in test_random.py.

A part of a schema is a Shape: it writes its declaration (declare), and reads its value (read) from a Reader: numbers,
strings, lists and dictionaries as the JSON of sonde has them, floats as Float. What takes up no whole bytes is read bit
by bit. A value that is absent is ABSENT; data that ends early raises EOFError. What is read is entered into places: its path,
and from it the value (of scalars), the first bit and the last (None where it is of no interest).
"""

import struct
from fractions import Fraction

ABSENT = object()
ENCODING = "iso-8859-1"


class Float:
    """A floating-point number: equal to the number that is read back from JSON, as precise as its type is."""

    def __init__(self, value, single):
        self.value, self.single = value, single

    def __eq__(self, other):
        if isinstance(other, str):
            other = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}.get(other)
        if not isinstance(other, float):
            return False
        if self.value != self.value:
            return other != other
        pack = ">f" if self.single else ">d"
        return struct.pack(pack, self.value) == struct.pack(pack, other)

    def __repr__(self):
        return repr(self.value)


class Reader:
    """Bytes, a place among them in bits, where the region ends, what fields inherit and what the file says."""

    def __init__(self, data, at, end, order, bitorder, file):
        self.data, self.at, self.end, self.order, self.bitorder, self.file = data, at, end, order, bitorder, file

    def fork(self, at, end=None):
        return Reader(self.data, at, self.end if end is None else end, self.order, self.bitorder, self.file)

    def region(self, size):
        """The next bytes, so many."""
        if self.at + size * 8 > self.end:
            raise EOFError
        return self.fork(self.at, self.at + size * 8)

    def align(self, bits=8):
        self.at += -self.at % bits

    def bytes(self, count):
        self.align()
        start = self.at // 8
        if (start + count) * 8 > self.end:
            raise EOFError
        self.at += count * 8
        return self.data[start:start + count]

    def bit(self, msb):
        if self.at >= self.end:
            raise EOFError
        byte, bit = self.data[self.at // 8], self.at % 8
        self.at += 1
        return byte >> (7 - bit if msb else bit) & 1

    def bits(self, width):
        msb = (self.bitorder or {"big": "msb", "little": "lsb"}[self.order]) == "msb"
        value = 0
        for index in range(width):
            bit = self.bit(msb)
            value = value << 1 | bit if msb else value | bit << index
        return value


class Shape:
    """fixed: its size in bytes, or None where the data decides it."""

    fixed = None
    ends = ";"

    def declare(self, name):
        """The declaration without what ends it; without a name, what an arm of a switch is."""
        return f"{self.type} {name}"

    def read(self, reader, path, places):
        raise NotImplementedError


def number(value):
    """An integer as JSON has it."""
    return value if -(1 << 63) <= value < 1 << 64 else f"{value:#x}"


def signed(raw, width):
    return raw - (1 << width) if raw >> (width - 1) else raw


class Scalar(Shape):
    def read(self, reader, path, places):
        reader.align()
        start = reader.at
        value = self.value(reader)
        places[path] = (value, start, reader.at)
        return value


class Int(Scalar):
    def __init__(self, size, is_signed, suffix=""):
        self.size, self.signed, self.suffix = size, is_signed, suffix
        self.type = f"{'' if is_signed else 'u'}int{size}{suffix}"
        self.fixed = size // 8

    def order(self, reader):
        return {"le": "little", "be": "big", "": reader.order}[self.suffix]

    def raw(self, reader):
        return int.from_bytes(reader.bytes(self.fixed), self.order(reader), signed=self.signed)

    def value(self, reader):
        return self.show(self.raw(reader))

    def show(self, raw):
        return number(raw)

    def of_bits(self, raw, width):
        return self.show(signed(raw, width) if self.signed else raw)


class Bool(Int):
    def __init__(self):
        super().__init__(8, False)
        self.type = "bool"

    def show(self, raw):
        return raw != 0


class Enum(Int):
    def __init__(self, name, of, names):
        super().__init__(of.size, of.signed)
        self.type, self.of, self.names = name, of, names

    def definition(self):
        members = ", ".join(f"{name} = {value}" for name, value in self.names)
        return f"enum {self.type} : {self.of.type} {{ {members} }}"

    def show(self, raw):
        return {value: name for name, value in self.names}.get(raw, number(raw))


class Flags(Int):
    def __init__(self, name, of, names):
        super().__init__(of.size, False)
        self.type, self.of, self.names = name, of, names

    def definition(self):
        members = ", ".join(f"{name} = {value}" for name, value in self.names)
        return f"flags {self.type} : {self.of.type} {{ {members} }}"

    def show(self, raw):
        shown, rest = [], raw
        for name, value in self.names:
            if raw & value == value:
                shown.append(name)
                rest &= ~value
        return shown + ([f"{rest:#x}"] if rest else [])


class Real(Scalar):
    SIZES = {"float16": 2, "bfloat16": 2, "float": 4, "double": 8, "float80": 10}

    def __init__(self, kind, suffix):
        self.kind, self.suffix = kind, suffix
        self.type = kind + suffix
        self.fixed = self.SIZES[kind]

    def value(self, reader):
        raw = int.from_bytes(reader.bytes(self.fixed), {"le": "little", "be": "big", "": reader.order}[self.suffix])
        if self.kind == "float80":
            return Float(self.extended(raw), False)
        if self.kind == "bfloat16":
            return Float(struct.unpack(">f", (raw << 16).to_bytes(4, "big"))[0], True)
        code = {2: ">e", 4: ">f", 8: ">d"}[self.fixed]
        return Float(struct.unpack(code, raw.to_bytes(self.fixed, "big"))[0], self.fixed < 8)

    @staticmethod
    def extended(raw):
        sign, exponent, mantissa = -1 if raw >> 79 else 1, raw >> 64 & 0x7FFF, raw & (1 << 64) - 1
        if exponent == 0x7FFF:
            return sign * float("inf") if mantissa == 1 << 63 else float("nan")
        if exponent and not mantissa >> 63:
            return float("nan")         # what the processors since the 80387 take for invalid
        try:
            return sign * float(Fraction(mantissa) * Fraction(2) ** (max(exponent, 1) - 16383 - 63))
        except OverflowError:
            return sign * float("inf")


class Varint(Scalar):
    def __init__(self, kind):
        self.type = kind

    def value(self, reader):
        value = shift = count = 0
        while True:
            byte = reader.bytes(1)[0]
            count += 1
            if self.type == "vlq(2)" and count == 2:
                return number(value << 8 | byte)
            if self.type.startswith("vlq"):
                value = value << 7 | byte & 0x7F
            else:
                value |= (byte & 0x7F) << shift
                shift += 7
            if byte < 0x80:
                break
        if self.type == "zigzag":
            value = value >> 1 ^ -(value & 1)
        return number(signed(value, shift) if self.type == "sleb128" else value)


class Text(Scalar):
    """char, string or byte with a length, or a cstring."""

    def __init__(self, kind, length):
        self.kind, self.length = kind, length
        self.fixed = length if isinstance(length, int) else None

    def declare(self, name):
        return f"cstring {name}" if self.kind == "cstring" else f"{self.kind} {name}[{self.length}]"

    def value(self, reader):
        if self.kind == "cstring":
            data = b""
            while not data.endswith(b"\0"):
                data += reader.bytes(1)
            return data[:-1].decode(ENCODING)
        return self.show(reader.bytes(now(self.length)))

    def show(self, data):
        if self.kind == "byte":
            return data.hex()
        return (data.split(b"\0")[0] if self.kind == "char" else data).decode(ENCODING)


class Count:
    """A small number that the data decides: `field & mask`, plus something."""

    def __init__(self, field, mask, plus=0):
        self.field, self.mask, self.plus = field, mask, plus

    def now(self):
        return (self.field.raw_value & self.mask) + self.plus

    def __str__(self):
        return f"({self.field.name} & {self.mask})" + (f" + {self.plus}" if self.plus else "")


def now(number):
    return number.now() if isinstance(number, Count) else number


class Array(Shape):
    """counts: numbers and Counts, the first dimension first."""

    def __init__(self, of, counts, stride=None, width=None):
        self.of, self.counts, self.stride, self.width = of, counts, stride, width
        known = of.fixed is not None and not width and all(isinstance(c, int) for c in counts)
        if known and stride is None:
            self.fixed = of.fixed
            for count in counts:
                self.fixed *= count

    def declare(self, name):
        name += "".join(f"[{count}]" for count in self.counts)
        text = self.of.declare(name) + (f" : {self.width}" if self.width else "")
        return text + (f" stride {self.stride}" if self.stride is not None else "")

    def read(self, reader, path, places):
        counts = [now(count) for count in self.counts]
        if not self.width:
            reader.align()
        start = reader.at
        value = self.read_level(reader, path, places, counts)
        places[path] = (ABSENT, start, None if self.width or self.stride is not None else reader.at)
        return value

    def read_level(self, reader, path, places, counts):
        if not counts:
            if self.width:
                return self.of.of_bits(reader.bits(self.width), self.width)
            return self.of.read(reader, path, places)
        values = []
        for index in range(counts[0]):
            start = reader.at
            stride = now(self.stride)
            bounded = reader if stride is None else reader.region(stride)
            here = f"{path}[{index}]"
            value = self.read_level(bounded, here, places, counts[1:])
            values.append(None if value is ABSENT else value)
            if stride is not None:
                reader.at = start + stride * 8
                places[here] = (places[here][0], start, None)
        return values


class Sequence(Shape):
    """An array that ends where its elements say so, or with the region."""

    def __init__(self, of, clause, test, inner=None):
        self.of, self.clause, self.test, self.inner = of, clause, test, inner

    def declare(self, name):
        text = self.of.declare(name + "[]" + (f"[{self.inner}]" if self.inner else ""))
        return text + {"until": f" until {self.test}", "while": f" while {self.test}", "": ""}[self.clause]

    def holds(self, value):
        return eval(self.test.replace("$", "it").replace(".c", "['c']"), {"it": value})   # Python has the same operators

    def read(self, reader, path, places):
        values, reader_start = [], reader.at
        reader.align()
        while reader.at < reader.end:
            start = reader.at
            shape = Array(self.of, [self.inner]) if self.inner else self.of
            value = shape.read(reader, f"{path}[{len(values)}]", places)
            if self.clause == "while" and not self.holds(value):
                reader.at = start
                for known in [known for known in places if known.startswith(f"{path}[{len(values)}]")]:
                    del places[known]
                break
            values.append(value)
            if self.clause == "until" and self.holds(value):
                break
        places[path] = (ABSENT, reader_start, reader.at)
        return values


class Field:
    """A member with a value: a shape, and where and whether it is there."""

    def __init__(self, name, shape, when=None, at=None, sized=None, width=None):
        self.name, self.shape, self.when, self.at, self.sized = name, shape, when, at, sized
        self.width, self.raw_value = width, None

    def declare(self):
        text = self.shape.declare(self.name) + (f" : {self.width}" if self.width else "")
        text += f" when ({self.when.field.name} & {self.when.mask}) != 0" if self.when else ""
        text += f" @ {self.at}" if self.at is not None else ""
        text += f" sized {self.sized}" if self.sized is not None else ""
        return text + (self.shape.ends if not isinstance(self.shape, Struct) else ";")

    def read(self, reader, path, places):
        if self.when and not self.when.now():
            return ABSENT
        if self.width:
            width = now(self.width)
            value = self.shape.of_bits(reader.bits(width), width)
            places[path] = (value, None, None)
            return value
        if not getattr(self.shape, "width", None):
            reader.align()
        if self.at is not None:
            at = now(self.at)
            return self.shape.read(reader.fork(at * 8, len(reader.data) * 8), path, places)
        start = reader.at
        if self.sized is not None:
            inner = reader.region(self.sized)
            value = self.shape.read(inner, path, places)
            reader.at = start + self.sized * 8
            places[path] = (places[path][0], start, reader.at)
        else:
            value = self.shape.read(reader, path, places)
        if isinstance(value, int):
            self.raw_value = int(value)
        return value


class Spread(Field):
    """Elements with places of their own: every so many bytes from the start of the file."""

    def __init__(self, name, shape, count, step):
        super().__init__(name, Array(shape, [count]))
        self.of, self.count, self.step = shape, count, step

    def declare(self):
        return f"{self.shape.declare(self.name)} @ $index * {self.step};"

    def read(self, reader, path, places):
        count = now(self.count)
        return [self.of.read(reader.fork(index * self.step * 8, len(reader.data) * 8), f"{path}[{index}]", places)
                for index in range(count)]


class Parts(Field):
    """Pieces of bytes, as long as an array says."""

    def __init__(self, name, lengths, count, kind):
        super().__init__(name, None)
        self.lengths, self.count, self.kind = lengths, count, kind

    def declare(self):
        return (f"uint8 {self.lengths}[{self.count}]; "
                f"{self.kind} {self.name}[{self.count}][{self.lengths}[$index] & 7];")

    def read(self, reader, path, places):
        raise NotImplementedError

    def read_into(self, reader, path, places, value):
        reader.align()
        prefix = path[:-len(self.name)]
        lengths = Array(Int(8, False), [self.count]).read(reader, prefix + self.lengths, places)
        value[self.lengths] = lengths
        start, pieces = reader.at, []
        for index, length in enumerate(lengths):
            pieces.append(Text(self.kind, length & 7).read(reader, f"{path}[{index}]", places))
        places[path] = (ABSENT, start, reader.at)
        value[self.name] = pieces


class Gap:
    """skip, align, or bits without a name."""

    def __init__(self, word, size):
        self.word, self.size = word, size

    def declare(self):
        return f"uint128 : {self.size};" if self.word == "bits" else f"{self.word} {self.size};"

    def read_into(self, reader, path, places, value):
        if self.word == "bits":
            reader.at += self.size
        elif self.word == "skip":
            reader.align()
            reader.at += self.size * 8
        else:
            reader.align()
            reader.align(self.size * 8)


class Ambient:
    def __init__(self, word, value, field=None):
        self.word, self.value, self.field = word, value, field

    def declare(self):
        if not self.field:
            return f"{self.word} {self.value};"
        return f"{self.word} ({self.field.name} & 1) == 1 ? big : little;"

    def read_into(self, reader, path, places, value):
        if self.word == "bitorder":
            reader.bitorder = self.value
        elif self.field:
            reader.order = "big" if self.field.raw_value & 1 else "little"
        else:
            reader.order = self.value


class Choice:
    """if and else: branches of members."""

    def __init__(self, count, then, other):
        self.count, self.then, self.other = count, then, other

    def declare(self):
        text = f"if (({self.count.field.name} & {self.count.mask}) != 0) {{ {' '.join(m.declare() for m in self.then)} }}"
        return text + (f" else {{ {' '.join(m.declare() for m in self.other)} }}" if self.other else "")

    def read_into(self, reader, path, places, value):
        prefix = path
        read_members(self.then if self.count.now() else self.other, reader, prefix, places, value)


class Switch(Shape):
    """arms: a list of (labels, Shape or None for nothing); None as labels: default."""

    ends = ""

    def __init__(self, count, arms):
        self.count, self.arms = count, arms

    def declare(self, name):
        arms = ""
        for labels, shape in self.arms:
            arms += f" {labels or 'default'}: {shape.declare('') + shape.ends if shape else ';'}"
        return f"switch ({self.count}) {name} {{{arms} }}"

    def read(self, reader, path, places):
        picked = self.count.now()
        for labels, shape in self.arms:
            if labels is None or any(int(label.split("..")[0]) <= picked <= int(label.split("..")[-1])
                                     for label in labels.split(", ")):
                return shape.read(reader, path, places) if shape else ABSENT
        return ABSENT


def read_members(members, reader, prefix, places, value):
    for member in members:
        if hasattr(member, "read_into"):
            name = getattr(member, "name", "")
            member.read_into(reader, prefix + name, places, value)
            continue
        got = member.read(reader, prefix + member.name, places)
        if got is not ABSENT:
            value[member.name] = got


class Struct(Shape):
    """A struct or union, named (written elsewhere) or in place."""

    def __init__(self, word, name, members, fixed=None):
        self.word, self.name, self.members, self.fixed = word, name, members, fixed
        self.ends = ";" if name else ""

    def body(self):
        return "{\n" + "\n".join("    " + member.declare() for member in self.members) + "\n}"

    def declare(self, name):
        if self.name:
            return f"{self.name} {name}"
        return f"{self.word} {self.body()} {name}" if name else self.body()

    def definition(self):
        return f"{self.word} {self.name} {self.body()}"

    def read(self, reader, path, places):
        reader.align()
        start, inner = reader.at, reader.fork(reader.at)
        if self.name:           # what the file says comes before what holds where the struct is used
            inner.order = reader.file[0] or reader.order
            inner.bitorder = reader.file[1] or reader.bitorder
        prefix, value = path + "." if path else "", {}
        if self.word == "struct":
            read_members(self.members, inner, prefix, places, value)
            inner.align()
            reader.at = inner.at
        else:
            end = start
            for member in self.members:
                each = reader.fork(start)
                read_members([member], each, prefix, places, value)
                each.align()
                end = max(end, each.at)
            reader.at = end
        places[path] = (ABSENT, start, reader.at)
        return value
