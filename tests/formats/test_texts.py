"""Random expressions of texts, bytes, lists and floats against Python's: what takes them apart, joins, compares and
converts them, what is absent, and what fails."""

import json
import math
import os
import random
import subprocess

import formats

SEEDS = 60
LETS = 20

MARKS = b"ab|\x00\xff"
LETTERS = "abAZ019 |-éßĀ€𝄞"
ENCODINGS = {"UTF-8": "utf-8", "UTF-16LE": "utf-16-le", "UTF-16BE": "utf-16-be", "UTF-32LE": "utf-32-le", "ASCII": "ascii",
             "ISO-8859-1": "latin-1"}
FAULT = object()  # the value of what fails; that of what is absent is None


class Fault(Exception):
    pass


class Again(Exception):
    pass


def retried(make):
    """Makes another one where constants fail: some of those are errors of the schema."""
    def wrapper(self, depth):
        while True:
            try:
                return make(self, depth)
            except Again:
                pass

    return wrapper


class Expression:
    """A piece of a schema that needs no parentheses, and its value."""

    def __init__(self, text, value, constant=False):
        self.text, self.value, self.constant = text, value, constant


def within(low, n, high):
    if not low <= n < high:
        raise Fault
    return n


def int_of(text):
    digits = text.strip(" \t\n\r\0")
    if not digits:
        return None
    if not digits.lstrip("+-").isascii() or not digits[digits[0] in "+-":].isdigit():
        raise Fault
    return fit(int(digits))


def encoded(text, name):
    try:
        return text.encode(ENCODINGS[name])
    except UnicodeEncodeError as error:
        raise Fault from error


def cut(data, mark, more):
    at = data.find(mark)
    return data if at < 0 else data[:at + more]


def byte_list(numbers):
    return bytes(within(0, n, 256) for n in numbers)


def fit(n):
    return within(-1 << 127, n, 1 << 127)


def divided(a, b):
    if b == 0:
        raise Fault
    return a // b


def remainder(a, b):
    if b == 0:
        raise Fault
    return a % b


class Maker:
    def __init__(self, seed):
        self.rng = random.Random(seed)
        rng = self.rng
        self.t1 = "".join(rng.choices(LETTERS, k=rng.randrange(8)))
        self.t2 = "".join(rng.choices("abAZ019éß", k=rng.randrange(6)))
        self.b1 = bytes(rng.choices(MARKS, k=rng.randrange(12)))
        self.b2 = bytes(rng.randrange(256) for _ in range(rng.randrange(5)))
        self.f1, self.f2 = rng.uniform(-1e6, 1e6), rng.choice([0.5, -1.25, 1e-3, 1e15])
        self.n = rng.randrange(-128, 128)

    def schema(self):
        raw = self.t1.encode()
        return (f"struct texts {{\n    string t1[{len(raw)}];\n    cstring t2 encoding \"ISO-8859-1\";\n    byte b1[{len(self.b1)}];\n"
                f"    byte b2[{len(self.b2)}];\n    endian little;\n    double f1;\n    double f2;\n    int8 n;\n"
                "    string gone[1] when n == 1000;\n    byte gone_bytes[1] when n == 1000;\n")

    def data(self):
        import struct
        return (self.t1.encode() + self.t2.encode("latin-1") + b"\0" + self.b1 + self.b2 +
                struct.pack("<ddb", self.f1, self.f2, self.n))

    # -- how parts make a whole

    def strict(self, form, function, *parts):
        """What needs all of its parts."""
        values = [part.value for part in parts]
        try:
            value = FAULT if FAULT in values else None if None in values else function(*values)
        except Fault:
            value = FAULT
        constant = all(part.constant for part in parts)
        if constant and value is FAULT:
            raise Again
        return Expression(form.format(*(part.text for part in parts)), value, constant)

    def choice(self, make, depth):
        condition, a, b = self.truth(depth - 1), make(depth - 1), make(depth - 1)
        chosen = condition.value if condition.value in (FAULT, None) else (a if condition.value else b).value
        return Expression(f"({condition.text} ? {a.text} : {b.text})", chosen)

    def otherwise(self, make, depth):
        a, b = make(depth - 1), make(depth - 1)
        return Expression(f"({a.text} ?? {b.text})", b.value if a.value is None else a.value)

    # -- expressions of each kind

    @retried
    def text(self, depth):
        rng, down = self.rng, depth - 1
        if depth <= 0 or rng.random() < 0.15:
            word = "".join(rng.choices(LETTERS, k=rng.randrange(5)))
            return rng.choice([Expression("t1", self.t1), Expression("t2", self.t2), Expression("gone", None),
                               Expression(f'"{word}"', word, True)])
        name, plain = rng.choice(list(ENCODINGS)), rng.choice(["UTF-8", "ASCII", "ISO-8859-1"])
        return rng.choice([
            lambda: self.strict("reverse({})", lambda t: t[::-1], self.text(down)),
            lambda: self.strict("substr({}, {}, {})", lambda t, a, b: t[within(0, a, 1 << 127):within(0, b, 1 << 127)], self.text(down),
                                self.small(down), self.small(down)),
            lambda: self.joined(down),
            lambda: self.strict("trim({})", lambda t: t.strip(" \t\n\r\0"), self.text(down)),
            lambda: self.strict("text({})", str, self.integer(down)),
            lambda: self.strict('join({}, {})', lambda a, t: t.join(map(str, a)), self.numbers(down), self.text(down)),
            lambda: self.strict(f'decode({{}}, "{plain}")', lambda b: b.decode(ENCODINGS[plain], "replace"), self.some_bytes(down)),
            lambda: self.strict(f'decode(encode({{}}, "{name}"), "{name}")', lambda t: encoded(t, name).decode(ENCODINGS[name]),
                                self.text(down)),
            lambda: self.choice(self.text, depth), lambda: self.otherwise(self.text, depth)])()

    def joined(self, depth):
        parts = [self.text(depth) for _ in range(self.rng.randrange(1, 4))]
        values = [part.value for part in parts]
        value = FAULT if FAULT in values else "".join(v for v in values if v is not None)
        return Expression(f"concat({', '.join(part.text for part in parts)})", value)

    def mark(self):
        byte = self.rng.choice(MARKS)
        return self.rng.choice([Expression(str(byte), bytes([byte]), True), Expression(f'"\\x{byte:02x}"', bytes([byte]), True),
                                Expression("b2[0..0]", self.b2[:1] if self.b2 else FAULT)])

    @retried
    def some_bytes(self, depth):
        rng, down = self.rng, depth - 1
        if depth <= 0 or rng.random() < 0.15:
            return rng.choice([Expression("b1", self.b1), Expression("b2", self.b2), Expression("gone_bytes", None)])
        name = rng.choice(list(ENCODINGS))
        return rng.choice([
            lambda: self.strict("reverse({})", lambda b: b[::-1], self.some_bytes(down)),
            lambda: self.strict("substr({}, {}, {})", lambda t, a, b: t[within(0, a, 1 << 127):within(0, b, 1 << 127)],
                                self.some_bytes(down), self.small(down), self.small(down)),
            lambda: self.strict("upto({}, {})", lambda b, m: cut(b, m, 0), self.some_bytes(down), self.mark()),
            lambda: self.strict("through({}, {})", lambda b, m: cut(b, m, len(m)), self.some_bytes(down), self.mark()),
            lambda: self.strict("unpad({}, {})", lambda b, m: b.rstrip(m), self.some_bytes(down), self.mark()),
            lambda: self.strict(f'encode({{}}, "{name}")', lambda t: encoded(t, name), self.text(down)),
            lambda: self.strict("bytes({})", byte_list, self.numbers(down)),
            lambda: self.choice(self.some_bytes, depth), lambda: self.otherwise(self.some_bytes, depth)])()

    @retried
    def numbers(self, depth):
        """A list."""
        rng, down = self.rng, depth - 1
        if depth <= 0 or rng.random() < 0.3:
            items = [self.small(down) for _ in range(rng.randrange(1, 5))]
            values = [item.value for item in items]
            return Expression("{ " + ", ".join(item.text for item in items) + " }",
                              FAULT if FAULT in values else [v for v in values if v is not None])
        body, function = rng.choice([("$ * 2", lambda x, i: x * 2), ("$ + $index", lambda x, i: x + i), ("mod($, 5) - 2", lambda x, i: x % 5 - 2),
                                     ("div($, -3)", lambda x, i: x // -3), ("length(text($))", lambda x, i: len(str(x)))])
        over = rng.choice([self.numbers, self.some_bytes])(down)
        return self.strict(f"map({{}}, {body})", lambda a: [fit(function(x, i)) for i, x in enumerate(a)], over)

    def small(self, depth):
        rng = self.rng
        if rng.random() < 0.6:
            n = rng.randrange(8)
            return Expression(str(n), n, True)
        return self.integer(depth)

    @retried
    def integer(self, depth):
        rng, down = self.rng, depth - 1
        if depth <= 0 or rng.random() < 0.15:
            n = rng.choice([rng.randrange(300), 1 << rng.randrange(100)])
            return rng.choice([Expression("n", self.n), Expression(str(n), n, True)])
        return rng.choice([
            lambda: self.strict("length({})", len, rng.choice([self.text, self.some_bytes])(down)),
            lambda: self.strict("count({})", len, rng.choice([self.numbers, self.some_bytes])(down)),
            lambda: self.strict("sum({})", sum, rng.choice([self.numbers, self.some_bytes])(down)),
            lambda: self.strict("min({})", lambda a: min(a) if a else None, rng.choice([self.numbers, self.some_bytes])(down)),
            lambda: self.strict("max({})", lambda a: max(a) if a else None, self.numbers(down)),
            lambda: self.strict("{}[{}]", lambda b, i: b[within(0, i, len(b))], self.some_bytes(down), self.small(down)),
            lambda: self.strict("{}[{}]", lambda a, i: a[i] if 0 <= i < len(a) else None, self.numbers(down), self.small(down)),
            lambda: self.strict("int({})", int_of, self.text(down)),
            lambda: self.strict("int({})", int, self.real(down)),
            lambda: self.strict("div({}, {})", lambda a, b: fit(divided(a, b)), self.integer(down), self.integer(down)),
            lambda: self.strict("mod({}, {})", remainder, self.integer(down), self.integer(down)),
            lambda: self.strict("({} - {})", lambda a, b: fit(a - b), self.integer(down), self.integer(down)),
            lambda: self.strict("(-{})", lambda a: fit(-a), self.integer(down)),
            lambda: self.choice(self.integer, depth), lambda: self.otherwise(self.integer, depth)])()

    @retried
    def real(self, depth):
        rng, down = self.rng, depth - 1
        if depth <= 0 or rng.random() < 0.3:
            x = rng.choice([0.5, 2.5e-3, 1e9])
            return rng.choice([Expression("f1", self.f1), Expression("f2", self.f2), Expression(f"{x:.6f}", x, True)])
        other = rng.choice([self.real, self.integer])
        by = rng.choice([0.5, -3.0, 0.1, 7.0])
        return rng.choice([
            lambda: self.strict("({} + {})", lambda a, b: a + float(b), self.real(down), other(down)),
            lambda: self.strict("({} - {})", lambda a, b: float(a) - b, other(down), self.real(down)),
            lambda: self.strict("({} * {})", lambda a, b: a * float(b), self.real(down), other(down)),
            lambda: self.strict(f"({{}} / {by})", lambda a: a / by, self.real(down)),
            lambda: self.strict(f"div({{}}, {by})", lambda a: a // by, self.real(down)),
            lambda: self.strict(f"mod({{}}, {by})", lambda a: a % by, self.real(down)),
            lambda: self.strict("(-{})", lambda a: -a, self.real(down)),
            lambda: self.choice(self.real, depth)])()

    @retried
    def truth(self, depth):
        rng, down = self.rng, depth - 1
        if depth <= 0:
            yes = rng.random() < 0.5
            return Expression("true" if yes else "false", yes, True)
        make = rng.choice([self.text, self.some_bytes, self.integer, self.real])
        op, function = rng.choice([("<", lambda a, b: a < b), (">", lambda a, b: a > b), ("<=", lambda a, b: a <= b),
                                   (">=", lambda a, b: a >= b), ("==", lambda a, b: a == b), ("!=", lambda a, b: a != b)])
        other = self.integer if make == self.real and rng.random() < 0.5 else make
        if op in ("==", "!=") and make == self.some_bytes and rng.random() < 0.7:
            return self.strict(f"({{}} {op} {{}})", lambda a, b: (list(a) == b) == (op == "=="), self.some_bytes(down), self.numbers(down))
        if make in (self.text, self.some_bytes) and rng.random() < 0.3:
            return self.among(make, down)
        return self.strict(f"({{}} {op} {{}})", function, make(down), other(down))

    def among(self, make, depth):
        """x in { a, b }: items are looked at up to one that is equal."""
        wanted, items = make(depth), [make(depth) for _ in range(self.rng.randrange(1, 4))]
        value = wanted.value
        for item in items if value is not FAULT else []:
            if item.value is FAULT:
                value = FAULT
                break
            if value is not None and item.value == value:
                value = True
                break
        else:
            value = value if value in (None, FAULT) else False
        return Expression(f"({wanted.text} in {{ {', '.join(item.text for item in items)} }})", value)


def same(what, got, wanted):
    if isinstance(wanted, (bytes, bytearray)):
        wanted = wanted.hex()
    if isinstance(wanted, int) and not isinstance(wanted, bool) and not -(1 << 63) <= wanted < 1 << 64:
        wanted = f"{wanted:#x}"
    if isinstance(wanted, list):
        wanted = [n if -(1 << 63) <= n < 1 << 64 else f"{n:#x}" for n in wanted]
    formats.same(what, [type(got) is bool, got], [type(wanted) is bool, wanted])


@formats.test_each([str(seed) for seed in range(SEEDS)])
def texts(folder, seed):
    maker = Maker(seed)
    rng = maker.rng
    source, wanted = ['schema texts "";\n' + maker.schema()], {}
    for index in range(LETS):
        made = rng.choice([maker.text, maker.some_bytes, maker.integer, maker.real, maker.truth, maker.numbers])(rng.randrange(1, 5))
        if made.value is not FAULT and isinstance(made.value, float) and not math.isfinite(made.value):
            continue
        source.append(f"    let v{index} = {made.text};\n")
        wanted[f"v{index}"] = made
    (folder / "texts.sonde").write_text("".join(source) + "}\n")
    (folder / "data").write_bytes(maker.data())
    run = subprocess.run([os.environ["SONDE"], "-s", str(folder / "texts.sonde"), "-f", "json", str(folder / "data")],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=formats.SECONDS)
    fails = any(made.value is FAULT for made in wanted.values())
    if run.returncode != (4 if fails else 0):
        raise formats.Failed(f"status {run.returncode}: {formats.told(run.stderr)}; {''.join(source)}")
    got = json.loads(run.stdout)
    errors = {e["path"] for e in [got["$error"], *got.get("$errors", [])]} if fails else set()
    for name, made in wanted.items():
        if made.value is FAULT:
            formats.same(f"{made.text} fails", name in errors and name not in got, True)
        else:
            same(made.text, got.get(name), made.value)


formats.main()
