"""Random expressions against Python's integers: every operator, precedence, parentheses, what is absent, and arithmetic
that fails."""

import json
import os
import random
import struct
import subprocess

import formats

LOW, HIGH = -(1 << 127), (1 << 127) - 1
SEEDS = 40
LETS = 12

FIELDS = {"a": ("uint8", 200), "b": ("int8", -7), "c": ("int16", -30000), "d": ("uint32", 4000000000), "e": ("int64", -(1 << 62) - 1),
          "f": ("uint64", (1 << 64) - 1), "g": ("int128", LOW), "z": ("uint8", 0), "gone": ("uint8", None)}

# How tightly operators bind, loosest first; the language's table.
LEVELS = ["?:", "||", "&&", "|", "^", "&", "==", "<", "<<", "+", "*", "??", "unary", "primary"]
LEVEL = {op: LEVELS.index(op) for op in LEVELS}
LEVEL.update({"!=": LEVEL["=="], ">": LEVEL["<"], "<=": LEVEL["<"], ">=": LEVEL["<"], "in": LEVEL["<"], ">>": LEVEL["<<"],
              "-": LEVEL["+"], "/": LEVEL["*"], "%": LEVEL["*"]})


class Fault(Exception):
    pass


def fit(n):
    if not LOW <= n <= HIGH:
        raise Fault
    return n


def quotient(a, b):
    if b == 0:
        raise Fault
    q = abs(a) // abs(b)
    return q if (a < 0) == (b < 0) else -q


def floored(a, b):
    if b == 0:
        raise Fault
    return a // b


def shift(a, b, left):
    if b < 0:
        raise Fault
    if not left:
        return a >> b
    if a and b > 127:
        raise Fault
    return fit(a << b)


ARITHMETIC = {
    "+": lambda a, b: fit(a + b), "-": lambda a, b: fit(a - b), "*": lambda a, b: fit(a * b),
    "/": lambda a, b: fit(quotient(a, b)), "%": lambda a, b: a - b * quotient(a, b),
    "<<": lambda a, b: shift(a, b, True), ">>": lambda a, b: shift(a, b, False),
    "div": lambda a, b: fit(floored(a, b)), "mod": lambda a, b: a - b * floored(a, b),
    "&": lambda a, b: a & b, "|": lambda a, b: a | b, "^": lambda a, b: a ^ b,
}
COMPARISON = {"==": lambda a, b: a == b, "!=": lambda a, b: a != b, "<": lambda a, b: a < b, ">": lambda a, b: a > b,
              "<=": lambda a, b: a <= b, ">=": lambda a, b: a >= b}


class Node:
    def __init__(self, op, *kids):
        self.op, self.kids = op, kids

    def level(self):
        if self.op in ("int", "field", "bool", "div", "mod"):
            return LEVEL["primary"]
        return LEVEL["unary"] if self.op.startswith("u") else LEVEL[self.op]

    def constant(self):
        if self.op == "?:" and self.kids[0].constant():
            return self.kids[1 if value(self.kids[0]) else 2].constant()
        return self.op not in ("field", "in") and all(kid.constant() for kid in self.kids if isinstance(kid, Node))


def value(node):
    """What the expression is; None where it is absent."""
    op, kids = node.op, node.kids
    if op in ("int", "bool"):
        return kids[0]
    if op == "field":
        return FIELDS[kids[0]][1]
    if op == "?:":
        condition = value(kids[0])
        return None if condition is None else value(kids[1] if condition else kids[2])
    if op == "??":
        left = value(kids[0])
        return value(kids[1]) if left is None else left
    if op in ("&&", "||"):
        left = value(kids[0])
        return left if left is None or left == (op == "||") else value(kids[1])
    if op == "in":
        inside = value(kids[0])
        for low, high in kids[1]:
            ends = [value(low), value(high)] if high else [value(low)] * 2
            if None in ends and high and len(kids[1]) == 1:
                return None
            if inside is not None and None not in ends and ends[0] <= inside <= ends[1]:
                return True
        return None if inside is None else False
    of = [value(kid) for kid in kids]
    if None in of:
        return None
    if op == "u-":
        return fit(-of[0])
    if op == "u~":
        return ~of[0]
    if op == "u!":
        return not of[0]
    return {**ARITHMETIC, **COMPARISON}[op](*of)


def text(node, rng):
    """The expression as a schema has it, with parentheses where they are needed, and sometimes where they are not."""
    def part(kid, least):
        shown = text(kid, rng)
        return f"({shown})" if kid.level() < least or rng.random() < 0.1 else shown

    op, kids, level = node.op, node.kids, node.level()
    if op == "int":
        n = kids[0]
        return rng.choice([str, hex, bin, oct])(n)
    if op == "bool":
        return "true" if kids[0] else "false"
    if op == "field":
        return kids[0]
    if op in ("div", "mod"):
        return f"{op}({part(kids[0], 0)}, {part(kids[1], 0)})"
    if op.startswith("u"):
        return op[1] + " " * rng.randrange(2) + part(kids[0], level)
    if op == "?:":
        return f"{part(kids[0], level + 1)} ? {part(kids[1], level)} : {part(kids[2], level)}"
    if op == "in":
        items = [part(low, LEVEL["<<"]) + (f"..{part(high, LEVEL['<<'])}" if high else "") for low, high in kids[1]]
        shown = items[0] if len(items) == 1 and kids[1][0][1] else "{ " + ", ".join(items) + " }"
        return f"{part(kids[0], level)} in {shown}"
    right = op == "??"  # the one that groups to the right
    return f"{part(kids[0], level + right)} {op} {part(kids[1], level + (not right))}"


class Maker:
    def __init__(self, seed):
        self.rng = random.Random(seed)

    def node(self, op, *kids):
        """An operator over parts that a schema may hold: constants that fail are errors of it."""
        made = Node(op, *kids)
        if made.constant():
            try:
                value(made)
            except Fault:
                return self.leaf()
        return made

    def leaf(self):
        rng = self.rng
        if rng.random() < 0.6:
            return Node("field", rng.choice(list(FIELDS)))
        return Node("int", rng.choice([rng.randrange(10), rng.randrange(300), 1 << rng.randrange(127), rng.randrange(HIGH)]))

    def number(self, depth):
        rng = self.rng
        if depth == 0 or rng.random() < 0.1:
            return self.leaf()
        op = rng.choice(["+", "-", "*", "/", "%", "div", "mod", "<<", ">>", "&", "|", "^", "u-", "u~", "?:", "??"])
        if op.startswith("u"):
            return self.node(op, self.number(depth - 1))
        if op == "?:":
            return self.node(op, self.truth(depth - 1), self.number(depth - 1), self.number(depth - 1))
        if op in ("<<", ">>") and rng.random() < 0.8:  # mostly by what fits
            return self.node(op, self.number(depth - 1), Node("int", rng.randrange(40)))
        return self.node(op, self.number(depth - 1), self.number(depth - 1))

    def item(self, depth):
        """A value or a range; one of constants must not be empty."""
        low, high = self.number(depth), self.number(depth)
        if self.rng.random() < 0.4:
            return low, None
        if low.constant() and high.constant() and value(low) > value(high):
            low, high = high, low
        return low, high

    def truth(self, depth):
        rng = self.rng
        if depth == 0:
            return Node("bool", rng.random() < 0.5)
        op = rng.choice([*COMPARISON, "&&", "||", "u!", "in", "??", "=="])
        if op in ("&&", "||", "??"):
            return self.node(op, self.truth(depth - 1), self.truth(depth - 1))
        if op == "u!":
            return self.node(op, self.truth(depth - 1))
        if op == "in":
            items = [self.item(depth - 1) for _ in range(rng.randrange(1, 4))]
            return Node(op, self.number(depth - 1), items)
        if op in ("==", "!=") and rng.random() < 0.3:
            return self.node(op, self.truth(depth - 1), self.truth(depth - 1))
        return self.node(op, self.number(depth - 1), self.number(depth - 1))


def known(n):
    """A value as JSON has it; integers beyond 64 bits are hexadecimal text."""
    if isinstance(n, bool) or n is None or -(1 << 63) <= n < 1 << 64:
        return n
    return f"{n:#x}"


def packed():
    sizes = {"8": 1, "16": 2, "32": 4, "64": 8, "128": 16}
    data = b""
    for kind, n in FIELDS.values():
        if n is not None:
            data += n.to_bytes(sizes[kind.lstrip("uint")], "little", signed=kind[0] == "i")
    return data


@formats.test_each([str(seed) for seed in range(SEEDS)])
def expressions(folder, seed):
    maker = Maker(seed)
    source = ['schema expressions "";', "endian little;", "struct expressions {"]
    for name, (kind, n) in FIELDS.items():
        source.append(f"    {kind} {name}{' when z == 1' if n is None else ''};")
    wanted, texts = {}, {}
    for index in range(LETS):
        node = maker.rng.choice([maker.number, maker.truth])(maker.rng.randrange(1, 6))
        texts[f"v{index}"] = text(node, maker.rng)
        source.append(f"    let v{index} = {texts[f'v{index}']};")
        try:
            wanted[f"v{index}"] = known(value(node))
        except Fault:
            wanted[f"v{index}"] = Fault
    (folder / "expressions.sonde").write_text("\n".join(source + ["}"]))
    (folder / "data").write_bytes(packed())
    run = subprocess.run([os.environ["SONDE"], "-s", str(folder / "expressions.sonde"), "-f", "json", str(folder / "data")],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=formats.SECONDS)
    fails = Fault in wanted.values()
    if run.returncode != (4 if fails else 0):
        raise formats.Failed(f"status {run.returncode}: {formats.told(run.stderr)}; {texts}")
    got = json.loads(run.stdout)
    errors = {e["path"] for e in [got["$error"], *got.get("$errors", [])]} if fails else set()
    for name, n in wanted.items():
        if n is Fault:
            formats.same(f"{texts[name]} fails", name in errors and name not in got, True)
        else:
            formats.same(texts[name], got.get(name), n)


formats.main()
