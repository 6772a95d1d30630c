"""Kaitai Struct's test specifications (.kst), evaluated over sonde's typed JSON.

A specification holds a file's data against assertions, each an expression over the decoded document and what it must come to:

    actual:   body[1].as<foo::bar>.name      names, indexes, .size and the like; casts change nothing
    expected: 0x2a, -1.5, "text", [1, 2].as<bytes>, animal::cat, true, null, [0 + 1, 2]

Nothing here comes from sonde: values are compared as Python has them (integers exactly, floats within 1e-6).
"""

import math
import re


class Wrong(Exception):
    """An assertion that does not hold, or can't be looked at; says why."""


# --- what is expected


class EnumValue:
    def __init__(self, path):
        self.type, _, self.name = path.rpartition("::")

    def __repr__(self):
        return f"{self.type}::{self.name}"


TOKEN = re.compile(
    r"""\s*(?:
      (?P<string>"(?:[^"\\]|\\.)*"|'[^']*')
    | (?P<float>\d[\d_]*\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+)
    | (?P<int>0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|\d[\d_]*)
    | (?P<cast>\.as<[\w:\[\]]+>)
    | (?P<name>[A-Za-z_]\w*(?:::\w+)*)
    | (?P<sign>[-+\[\](),])
    )""",
    re.X | re.S,
)

ESCAPES = {"a": "\a", "b": "\b", "t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "e": "\x1b"}


def unescape(text):
    def one(match):
        code = match.group(1)
        if code[0] == "u":
            return chr(int(code[1:], 16))
        if code[0].isdigit():
            return chr(int(code, 8))
        return ESCAPES.get(code, code)

    return re.sub(r"\\(u[\da-fA-F]{4}|[0-7]+|.)", one, text, flags=re.S)


def tokens(text):
    at, found = 0, []
    while at < len(text.rstrip()):
        match = TOKEN.match(text, at)
        if not match:
            raise Wrong(f"this expectation is not understood: {text}")
        found.append((match.lastgroup, match.group(match.lastgroup)))
        at = match.end()
    return found


class Reader:
    """Reads an expected value. Lists of plain integers are bytes, as in Kaitai's expressions."""

    def __init__(self, text):
        self.tokens = tokens(text)
        self.at = 0
        self.computed = False  # whether an operator was met

    def peek(self):
        return self.tokens[self.at] if self.at < len(self.tokens) else (None, None)

    def take(self, value=None):
        kind, text = self.peek()
        if kind is None or (value and text != value):
            raise Wrong(f"'{value}' is missing in an expectation")
        self.at += 1
        return kind, text

    def sum(self):
        value = self.primary()
        while self.peek()[1] in ("+", "-"):
            sign = self.take()[1]
            other = self.primary()
            value = value + other if sign == "+" else value - other
            self.computed = True
        return value

    def primary(self):
        kind, text = self.take()
        if kind == "sign" and text == "-":
            return -self.primary()
        if kind == "sign" and text == "(":
            value = self.sum()
            self.take(")")
        elif kind == "sign" and text == "[":
            value = self.list()
        elif kind == "string":
            value = unescape(text[1:-1]) if text[0] == '"' else text[1:-1]
            while self.peek()[0] == "string":  # neighbours are one
                value += self.primary()
        elif kind == "float":
            value = float(text.replace("_", ""))
        elif kind == "int":
            value = int(text.replace("_", ""), 0 if text[:1] == "0" and len(text) > 1 else 10)
        elif kind == "name" and "::" in text:
            value = EnumValue(text)
        elif kind == "name" and text in ("true", "false", "null"):
            value = {"true": True, "false": False, "null": None}[text]
        else:
            raise Wrong(f"'{text}' in an expectation is not understood")
        while self.peek()[0] == "cast":
            if self.take()[1] == ".as<bytes>":
                value = bytes(value)
        return value

    def list(self):
        before, self.computed, items = self.computed, False, []
        while self.peek()[1] != "]":
            items.append(self.sum())
            if self.peek()[1] == ",":
                self.take(",")
        self.take("]")
        plain = items and not self.computed and all(type(i) is int for i in items)
        self.computed = before
        return bytes(items) if plain and all(0 <= i < 256 for i in items) else items


def expectation(text):
    reader = Reader(text)
    value = reader.sum()
    if reader.peek()[0]:
        raise Wrong(f"this expectation is not understood: {text}")
    return value


# --- what is there


class Node:
    """A value of the document and the struct it is in."""

    def __init__(self, value, parent=None):
        self.value = value
        self.parent = parent  # the Node of the struct around, or None

    def is_struct(self):
        plain = ("$bytes", "$enum", "$flags", "$float", "$ref", "$error")
        return isinstance(self.value, dict) and not any(key in self.value for key in plain)

    def items(self):
        return [item for item in self.value if not (isinstance(item, dict) and "$error" in item)]


def is_bytes(value):
    return isinstance(value, dict) and "$bytes" in value


def is_error(value):
    return isinstance(value, dict) and "$error" in value


STEP = re.compile(r"\.as<(?P<cast>[\w:\[\]]+)>|\.?(?P<name>[A-Za-z_]\w*)|\[(?P<index>\d+)\]")


def steps(text):
    at, found = 0, []
    while at < len(text):
        match = STEP.match(text, at)
        if not match:
            raise Wrong(f"this expression is not understood: {text}")
        found.append(match)
        at = match.end()
    return found


class Document:
    """A decoded file."""

    def __init__(self, json):
        self.root = Node(json)

    def find(self, text):
        """The Node that an expression leads to; one of None where there is none."""
        node = self.root
        for step in steps(text.strip()):
            if step.group("cast"):
                continue
            node = self.follow(node)
            if step.group("index"):
                node = self.element(node, int(step.group("index")))
            else:
                node = self.attribute(node, step.group("name"))
        return self.follow(node)

    def follow(self, node):
        for _ in range(64):
            if not (isinstance(node.value, dict) and "$ref" in node.value):
                return node
            node = self.refer(node.value["$ref"])
        raise Wrong("a reference leads to itself")

    def refer(self, path):
        node = self.root
        path = path.removeprefix("$root")
        for name, index in re.findall(r"([^.\[\]]+)|\[(\d+)\]", path.removeprefix("$root")):
            node = self.follow(node)
            try:
                node = self.element(node, int(index)) if index else self.member(node, name)
            except (KeyError, TypeError):
                raise Wrong(f"the reference to '{path}' leads nowhere") from None
        return node

    def member(self, node, name):
        return Node(node.value[name], node)

    def element(self, node, index):
        value = node.value
        if is_bytes(value):
            value = list(bytes.fromhex(value["$bytes"]))
        elif isinstance(value, list):
            value = node.items()
        else:
            raise Wrong(f"[{index}] of what is no array: {shown(node.value)}")
        if index >= len(value):
            raise Wrong(f"[{index}] of {len(value)} elements")
        return Node(value[index], node.parent)

    def attribute(self, node, name):
        value = node.value
        if is_error(value):
            raise Wrong(f"{value['$error']}: {value['$message']}")
        if node.is_struct():
            return self.of_struct(node, name)
        if is_bytes(value):
            value = bytes.fromhex(value["$bytes"])
        elif isinstance(value, list):
            value = node.items()
        if name in ("size", "length") and isinstance(value, (bytes, list, str)):
            return Node(len(value))
        if name in ("first", "last") and isinstance(value, (bytes, list)) and value:
            return Node(value[0 if name == "first" else -1], node.parent)
        if name == "to_s" and type(value) is int:
            return Node(str(value))
        raise Wrong(f"there is no '{name}' of {shown(node.value)}")

    def of_struct(self, node, name):
        if name in node.value:
            return self.member(node, name)
        if name in ("_parent", "_root") and f"${name[1:]}" in node.value:
            return Node(None)
        if name == "_parent":
            return node.parent or Node(None)
        if name == "_root":
            return self.root
        if name == "_io":
            while "$io" not in node.value and node.parent:
                node = node.parent
            if "$io" not in node.value:
                raise Wrong("no struct around tells the size of its stream")
            return Node({"size": node.value["$io"]})
        return Node(None)  # absent


def shown(value):
    text = repr(value)
    return text if len(text) <= 70 else text[:67] + "…"


# --- comparing


def same(actual, expected):
    if isinstance(expected, EnumValue):
        return (
            isinstance(actual, dict)
            and actual.get("$enum") == expected.name
            and actual.get("$type") == expected.type
        )
    if isinstance(expected, bytes):
        return is_bytes(actual) and bytes.fromhex(actual["$bytes"]) == expected
    if isinstance(expected, list):
        return (
            isinstance(actual, list)
            and len(actual) == len(expected)
            and all(same(a, e) for a, e in zip(actual, expected))
        )
    if isinstance(expected, bool) or isinstance(actual, bool):
        return actual is expected
    if isinstance(actual, dict) and "$float" in actual:
        actual = float(actual["$float"])
    if type(expected) in (int, float) and type(actual) in (int, float):
        if type(expected) is int and type(actual) is int:
            return actual == expected
        return math.isclose(actual, expected, rel_tol=0, abs_tol=1e-6)
    return type(actual) is type(expected) and actual == expected


def hold(document, assertion):
    """Raises Wrong where an assertion (actual and expected or exception) does not hold."""
    found = document.find(assertion["actual"]).value
    if "exception" in assertion:
        if not is_error(found) or found["$error"] != error_class(assertion["exception"]):
            raise Wrong(f"{assertion['actual']}: wanted {assertion['exception']}, got {shown(found)}")
        return
    if is_error(found):
        raise Wrong(f"{assertion['actual']}: {found['$error']}: {found['$message']}")
    if not same(found, expectation(assertion["expected"])):
        raise Wrong(f"{assertion['actual']}: wanted {assertion['expected']}, got {shown(found)}")


# --- what went wrong


def error_class(name):
    """Without the type that a validation was of."""
    return name.partition("<")[0]


def errors(value):
    """All errors of a document, in the order in which they stand."""
    if is_error(value):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from errors(item)
    elif isinstance(value, list):
        for item in value:
            yield from errors(item)


def fails(document, exception):
    """Raises Wrong where decoding did not fail as it must."""
    if isinstance(exception, dict):
        name, message = exception["type"], exception.get("message")
    else:
        name, message = exception, None
    found = next(errors(document.root.value), None)
    if not found:
        raise Wrong(f"wanted {name}, but nothing failed")
    if found["$error"] != error_class(name):
        raise Wrong(f"wanted {name}, got {found['$error']}: {found['$message']}")
    if message and re.findall(r"\d+", message) != re.findall(r"\d+", found["$message"]):
        raise Wrong(f"wanted '{message}', got '{found['$message']}'")  # the words are sonde's own
