"""WebAssembly against wabt: modules of wat2wasm, what wasm-objdump says of their sections, and each instruction."""

import re

import formats

TEXT = r"""(module $demo
  (type $binary (func (param i32 i64) (result f64)))
  (type $pair (func (param f32) (result i32 i64)))
  (import "env" "log" (func $log (param i32)))
  (import "env" "Ümlaut" (global $base (mut i32)))
  (import "env" "heap" (memory 1 300))
  (import "env" "calls" (table 2 funcref))
  (table $refs 3 externref)
  (global $limit i64 (i64.const -9000000000))
  (global $ratio f32 (f32.const 1.5))
  (global $exact (mut f64) (f64.const -0.1))
  (tag $oops (param i32))
  (func $add (export "add") (type $binary) (local $a i32) (local $b i32) (local f64)
    (block $out (result i32)
      (loop $again
        (br_if $again (i32.eqz (local.get 0)))
        (br_table 0 0 (i32.const -7)))
      (if (result i32) (local.get $a)
        (then (i32.load8_u offset=70000 align=1 (i32.const 624485)))
        (else (call $log (i32.const 2147483647)) (i32.const 3)))
      (drop) (i32.const 0))
    (drop)
    (memory.copy (i32.const 0) (i32.const 1) (i32.const 2))
    (memory.fill (i32.const 0) (i32.const 1) (i32.const 2))
    (drop (call_indirect (type $pair) (f32.const 2) (i32.const 0)))
    (drop)
    (drop (select (result i32) (i32.const 1) (i32.const 2) (i32.const 3)))
    (f64.convert_i64_s (local.get 1)))
  (func $vectors (result i32)
    (i8x16.extract_lane_s 5 (v128.const i32x4 1 2 3 4)))
  (func $catches
    (try (do (throw $oops (i32.const 1))) (catch $oops (drop)) (catch_all)))
  (func $start)
  (export "limit" (global $limit))
  (export "refs" (table $refs))
  (start $start)
  (elem (i32.const 0) $add $start)
  (elem $passive funcref (ref.func $add) (ref.null func))
  (elem declare func $vectors)
  (data (i32.const 16) "some \00 data")
  (data $later "passive"))
"""


def leb(number):
    out = b""
    while True:
        number, low = number >> 7, number & 127
        out += bytes([low | (128 if number else 0)])
        if not number:
            return out


def compiled(folder, text, *options):
    (folder / "a.wat").write_text(text)
    formats.say("wat2wasm", "--enable-exceptions", *options, folder / "a.wat", "-o", folder / "a.wasm")
    return folder / "a.wasm"


def told_instructions(path):
    """The names of the instructions of each function, and their bytes."""
    functions = []
    for line in formats.say("wasm-objdump", "-d", path, status=None).splitlines():
        if re.match(r"[0-9a-f]+ func\[", line):
            functions.append([])
        match = re.match(r" [0-9a-f]+: ([0-9a-f ]+?) *\| +([^ ]*)(?: (.*))?$", line)
        if match and match[2].startswith("local["):
            continue
        if match and match[2]:
            functions[-1].append([match[2], bytes.fromhex(match[1]), match[3]])
        elif match:  # the bytes of the instruction go on
            functions[-1][-1][1] += bytes.fromhex(match[1])
    return functions


def op_name(one):
    return one["operands"]["op"] if one["op"] in ("misc", "vector", "atomic") else one["op"]


def plain(name):
    return re.sub("[./]", "_", name)


def section(document, name):
    return next(one["body"] for one in document["sections"] if one["id"] == name)


def compare_code(path, document):
    functions, told = section(document, "code")["functions"], told_instructions(path)
    formats.same("functions", len(functions), len(told))
    for function, lines in zip(functions, told):
        code = function["body"]["code"]
        formats.same("code", [op_name(one).removesuffix("_typed").removesuffix("_") for one in code], [plain(name) for name, _, _ in lines])
        for one, (name, _, rest) in zip(code, lines):
            operands = one.get("operands")
            if name in ("i32.const", "i64.const"):
                formats.same(name, operands & (1 << int(name[1:3])) - 1, int(rest))
            elif name == "f32.const" or name == "f64.const":
                formats.same(name, operands, float.fromhex(rest))
            elif name.startswith("local.") or name.startswith("global.") or name == "call":
                formats.same(name, next(iter(operands.values())), int(rest.split()[0]))
            elif re.match(r"[if](32|64)\.(load|store)", name):
                formats.same(name, [operands["align"], operands["offset"]], [int(word) for word in rest.split()])


@formats.test_each([False, True])
def a_module_of_wat2wasm(folder, names):
    formats.need("wat2wasm", "wasm-objdump")
    path = compiled(folder, TEXT, *(["--debug-names"] if names else []))
    document = formats.dump(path)
    compare_code(path, document)
    told = formats.say("wasm-objdump", "-x", path)
    shown = [[t["parameters"], t["results"]] for t in section(document, "type")["types"]]
    wanted = [[re.findall(r"\w+", left), [] if right == "nil" else re.findall(r"\w+", right)]
              for left, right in re.findall(r" - type\[\d+\] \((.*)\) -> (.*)", told)]
    formats.same("types", shown, wanted)
    formats.same("imports", [f"{one['module']['text']}.{one['name']['text']}" for one in section(document, "import")["imports"]],
                 re.findall(r"<- (\S+)", told))
    kinds = {"func": "function"}
    formats.same("exports", [[one["kind"], one["index"], one["name"]["text"]] for one in section(document, "export")["exports"]],
                 [[kinds.get(kind, kind), int(index), name] for kind, index, name in re.findall(r' - (\w+)\[(\d+)\](?: <.*?>)? -> "(.*)"', told)])
    formats.same("globals", [[one["type"]["type"], one["type"]["mutability"] == "variable"] for one in section(document, "global")["globals"]],
                 [[kind, mutable == "1"] for kind, mutable in re.findall(r" - global\[\d+\](?: <.*?>)? (\w+) mutable=(\d)(?! <-)", told)])
    formats.same("start", section(document, "start")["function"], int(re.search(r"start function: (\d+)", told)[1]))
    sizes = re.findall(r"^ *(\w+) start=0x[0-9a-f]+ end=0x[0-9a-f]+ \(size=0x([0-9a-f]+)\)", formats.say("wasm-objdump", "-h", path), re.M)
    spelled = {"Elem": "element", "DataCount": "data_count"}
    formats.same("sections", [[one["id"], one["size"]] for one in document["sections"]],
                 [[spelled.get(name, name.lower()), int(size, 16)] for name, size in sizes])
    data = section(document, "data")["segments"]
    formats.same("data", [[one["flags"], one["bytes"]] for one in data], [[0, b"some \0 data".hex()], [1, b"passive".hex()]])
    elements = section(document, "element")["segments"]
    formats.same("elements", elements, [{"flags": 0, "functions": [1, 4]}, {"flags": 5, "type": "funcref"}, {"flags": 3, "functions": [2]}])
    formats.same("memory", section(document, "import")["imports"][2]["type"], {"flags": ["bounded"], "least": 1, "most": 300})
    if names:
        formats.same("names", names_of(document, "functions"), {0: "log", 1: "add", 2: "vectors", 3: "catches", 4: "start"})
        locals_told = re.findall(r" - func\[(\d+)\] local\[(\d+)\] <(\w+)>", told)
        shown = [(str(part["index"]), str(one["index"]), one["name"]["text"]) for kind in custom(document, "name")["content"] if kind["kind"] == "locals"
                 for part in kind["content"]["of"] for one in part["parts"]["names"]]
        formats.same("locals", [list(one) for one in shown], [list(one) for one in locals_told])


def custom(document, name):
    return next(one["body"] for one in document["sections"] if one["id"] == "custom" and one["body"]["name"]["text"] == name)


def names_of(document, kind):
    return {one["index"]: one["name"]["text"] for part in custom(document, "name")["content"] if part["kind"] == kind
            for one in part["content"]["names"]}


def operands_of(prefix, op):
    """Bytes that may stand behind an instruction."""
    if prefix == 0xfc:
        return {8: b"\0\0", 9: b"\0", 10: b"\0\0", 11: b"\0", 12: b"\0\0", 13: b"\0", 14: b"\0\0", 15: b"\0", 16: b"\0", 17: b"\0"}.get(op, b"")
    if prefix == 0xfd:
        return (b"\0\0" if op < 12 or op in (0x5c, 0x5d) else bytes(16) if op in (12, 13) else b"\0" if op in range(0x15, 0x23) else
                bytes(3) if op in range(0x54, 0x5c) else b"")
    if prefix == 0xfe:
        return b"\0" if op == 3 else b"\2\0"
    lengths = {1: [8, 0xc, 0x10, 0x12, 0x3f, 0x40, 0xd2, *range(0x20, 0x27)], 2: [0x11, 0x13, *range(0x28, 0x3f)], 4: [0x43], 8: [0x44]}
    given = {2: b"\x40\x0b", 3: b"\x40\x0b", 4: b"\x40\x0b", 6: b"\x40\x0b", 0xe: b"\1\0\0", 0x1c: b"\1\x7f", 0x41: b"\x7f", 0x42: b"\x7f", 0xd0: b"\x70"}
    return given.get(op, next((bytes(length) for length, ops in lengths.items() if op in ops), b""))


PREFIXES = {"one byte": (None, [op for op in range(0xd3) if op not in (5, 7, 9, 0xb, 0xd, 0x14, 0x18, 0x19)]), "misc": (0xfc, range(18)),
            "vectors": (0xfd, range(0x114)), "atomic": (0xfe, range(0x4f))}


@formats.test_each(PREFIXES)
def instructions(folder, kind):
    """Each in a function of its own, as far as wasm-objdump knows it."""
    formats.need("wasm-objdump")
    prefix, ops = PREFIXES[kind]
    compared = 0
    for op in ops:
        code = (bytes([op]) if prefix is None else bytes([prefix]) + leb(op)) + operands_of(prefix, op)
        body = b"\0" + code + b"\x0b"
        body = b"\1" + leb(len(body)) + body
        path = folder / "a.wasm"
        path.write_bytes(b"\0asm\1\0\0\0" b"\1\4\1\x60\0\0" b"\3\2\1\0" b"\5\3\1\0\1" b"\x0c\1\1" b"\x0a" + leb(len(body)) + body)
        told = told_instructions(path)
        if not told or not told[0] or not code.startswith(told[0][0][1]):
            continue
        one = section(formats.dump(path, "-s", "wasm"), "code")["functions"][0]["body"]["code"][0]
        formats.same(f"{op:#x}", op_name(one).removesuffix("_typed").removesuffix("_"), plain(told[0][0][0]))
        compared += 1
    if compared < len(ops) * 2 // 3:
        raise formats.Failed(f"only {compared} of {len(ops)} were compared")


DAMAGE = {
    "another version": (b"\0asm\2\0\0\0", 1),
    "a section that is not known": (b"\0asm\1\0\0\0\x63\1\0", 1),
    "a section that is too long": (b"\0asm\1\0\0\0\1\x7f\0", 4),
    "more types than there are bytes": (b"\0asm\1\0\0\0\1\5\xff\xff\xff\xff\x0f", 4),
    "a number without end": (b"\0asm\1\0\0\0\1" + b"\xff" * 20, 4),
    "an instruction that is not known": (b"\0asm\1\0\0\0\x0a\6\1\4\0\xff\1\x0b", 1),
}


@formats.test_each(DAMAGE)
def damage_is_told(folder, name):
    data, status = DAMAGE[name]
    (folder / "a.wasm").write_bytes(data)
    formats.dump(folder / "a.wasm", "-s", "wasm", status=status)


@formats.test
def damage_anywhere(folder):
    formats.need("wat2wasm")
    data = compiled(folder, TEXT, "--debug-names").read_bytes()
    at, whole = 8, {8}
    while at < len(data):
        size, shift, at = 0, 0, at + 1
        while True:
            size, shift, at, more = size | (data[at] & 127) << shift, shift + 7, at + 1, data[at] & 128
            if not more:
                break
        at += size
        whole.add(at)
    formats.withstand(folder, "wasm", data, whole=whole)


formats.main()
