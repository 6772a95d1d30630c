"""--compat ksdump against Ruby's libraries json, psych and ActiveSupport, which ksdump writes with: they get the same tree from
typed JSON."""

import itertools
import os
import pathlib
import random
import re
import struct
import subprocess

import formats

HERE = pathlib.Path(__file__).resolve().parent
FORMATS = ["json", "yaml", "xml"]
PICTURE = HERE.parent / "docs" / "files" / "pixel.png"
DAMAGED = HERE.parent / "docs" / "files" / "damaged.png"


def run(*command, given=b""):
    result = subprocess.run([str(word) for word in command], input=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            timeout=formats.SECONDS)
    return result.stdout, result.returncode, result.stderr


def compare(path, *options):
    """Fails with the first line that differs."""
    formats.need("ruby")
    _, typed, _ = formats.sonde(path, "--typed", *options)
    for form in FORMATS:
        wanted, status, errors = run("ruby", HERE / "ksdump.rb", form, given=typed)
        if b"LoadError" in errors:
            raise formats.Skipped(f"Ruby lacks a library for {form}")
        if status:
            raise formats.Failed(f"ksdump.rb {form}: {formats.told(errors)}")
        got, _, _ = run(os.environ["SONDE"], "dump", "--compat", "ksdump", "-f", form, *options, path)
        lines = itertools.zip_longest(got.splitlines(True), wanted.splitlines(True))
        for number, (mine, theirs) in enumerate(lines, 1):
            if mine != theirs:
                raise formats.Failed(f"{form}, line {number}: {mine!r} instead of {theirs!r}")


def compare_schema(folder, schema, data):
    (folder / "case.sonde").write_text(schema)
    (folder / "case.bin").write_bytes(data)
    compare(folder / "case.bin", "-s", folder / "case.sonde")


def compare_texts(folder, texts):
    encoded = [text.encode() for text in texts]
    data = b"".join(struct.pack("<H", len(text)) + text for text in encoded)
    schema = """schema case "Texts";
        encoding "UTF-8";
        struct text { uint16le size; string s[size]; byte _hidden[0]; }
        struct case { text texts[]; }"""
    compare_schema(folder, schema, data)


WORDS = ["y", "n", "Y", "N", "yes", "Yes", "NO", "no", "on", "off", "Off", "true", "True", "false", "FALSE", "null", "Null",
         "~", "<<", "", " ", "-", "- a", "a: b", "a:b", "a #b", "a#b", "#a", ":a", ':"a"', ":", "::", "?", "? a", "!a", "&a",
         "*a", "|", ">", "%a", "@a", "`a", "'a'", '"a"', 'a"b', '-"b', "[a]", "{a}", "a,b", ",a", "=", "é", "éa", "“a”", "→",
         "…", "€5", "·", "中文", "、", "Ω", "²", "½", "ª", "²a", "😀", "a😀", "\ufeffa", "\u2028", "a\u2028b", "\u0085", "a\u00a0b",
         "\x7f", "\x01", "a\x00b", "\x1b[0m", "a\tb", "\ta", "a\t", "a ", " a", "a\n", "a\n\n", "\n", "\n\n", "a\nb", "a\nb\n",
         "a\n\nb\n\n", " a\nb", "a \nb", "on\n", "on\n\n", "no\n", "null\n", "false\n", "12\n", "-\n", "a\n-", "\r", "a\r\nb", "x\r",
         "---", "--- a", "...", "a" * 79, "a" * 200, "ab " * 40, "a " * 60 + "b", " " * 100, "é " * 60, "<a>&amp;", "]]>",
         "\x80\x9f", "\ufffe", "\uffff", "\ue000", "/", "\\", "a\\b", "</x>"]


@formats.test
def words(folder):
    compare_texts(folder, WORDS)


@formats.test
def numbers(folder):
    pieces = ["0", "1", "9", "12", "08", "0x1f", "0b1", "017", "018", "1_000", "1,000", "_", ".", ".5", "1.", "e", "e5", "e+5", "E-5",
              ":", ":30", ":60", ":5", "-", "-02", "-31", "2001-02-03", "2001-02-30", "2001-13-01", "2001-2-3", "2000-02-29",
              "1900-02-29", " ", "T", "t", "04:05:06", "4:5:6", "25:00:00", ".25", "Z", "+01:00", "-3", "+0130", "x", "a", "1E", "0e1"]
    texts = ["".join(parts) for n in (1, 2, 3) for parts in itertools.product(pieces, repeat=n)]
    texts += [f"{day}{sep}{time}{rest}" for day in ("2001-02-03", "2001-2-3", "2001-02-30", "2001-00-03", "201-02-03")
              for sep in (" ", "T", "t", "  ", "") for time in ("04:05:06", "4:05:06", "24:00:00", "24:00:01", "04:60:06", "04:05:60")
              for rest in ("", ".5", ".", "Z", " Z", "+1", "-01:30", " +01", "+1:", ".5Z", "x")]
    # Psych itself ends with an exception for what has no digits behind the prefix
    texts = [text for text in texts if not re.fullmatch("0[xb][_,]*", text)]
    random.Random(1).shuffle(texts)
    for at in range(0, len(texts), 30000):
        compare_texts(folder, texts[at:at + 30000])


@formats.test
def random_texts(folder):
    source = random.Random(2)
    alphabets = ["ab \n", "abc: #-'\"", "\t\r\n ax", "é“中 a\u2028", "".join(map(chr, range(128))), "a b"]
    texts = ["".join(source.choices(source.choice(alphabets), k=source.randrange(1, source.choice([5, 20, 120]))))
             for _ in range(20000)]
    compare_texts(folder, texts)


@formats.test
def bytes_of_all_lengths(folder):
    data = bytes(random.Random(3).randbytes(4000))
    lists = b"".join(bytes([n]) + data[n * 11:n * 12] for n in range(0, 250))
    schema = """schema case "Bytes"; struct run { uint8 size; byte data[size]; } struct case { run runs[]; }"""
    compare_schema(folder, schema, lists)
    every = b"".join(bytes([1, n]) for n in range(256)) + b"".join(bytes([2, n, 0x88]) for n in range(256))
    compare_schema(folder, schema, every)


@formats.test
def floats(folder):
    source = random.Random(4)
    numbers = [0.0, -0.0, 1.0, 1e15, 1e16, 1e17, 123456789012345678.0, 0.0001, 0.00001, 1e22, 1e23, 5e-324, 1.7976931348623157e308,
               float("inf"), float("-inf"), float("nan"), 1 / 3, 100.0, 12345.678,
               1234567890123456.5, 1000000000000000.125, -4503599627370495.5, 9007199254740991.0, 999999999999999.9, 999999999999999.0]
    data = struct.pack(f"<{len(numbers)}d", *numbers) + source.randbytes(8 * 2000)
    compare_schema(folder, 'schema case "Floats"; endian little; struct case { double numbers[]; }', data)


NAMES = """chunks entries boxes dishes matches classes buses bus statuses status aliases alias indices vertices matrices quizzes
    databases people person men women children child sexes moves movies movie news series species sheep fish rice money jeans
    police information equipment mice lice oxen axes axis octopi viri crises testes analyses bases theses diagnoses data media
    metadata knives wives leaves wolves halves hives archives actives drives heroes shoes toes oes tomatoes queries soliloquies
    days keys ies ss pass glasses address addresses s x is as pieces houses horses caches axles codes names sizes bytes values
    num_entries len_boxes body_sheep a_mice first_person foo_status section_headers _unnamed0 _unnamed12 a__b_ a_ b__ _hidden
    zombies Entries BOXES Status criteria dice cookies parentheses synopses prognoses stadia schema bias atlas canvas lens gas
    canvases waves selves serves fe ves verves curves tives hive dives no y n on off yes null True""".split()


@formats.test
def names(folder):
    members = "\n".join(f"byte_list {name}; " if n % 2 else f"uint8 {name}[2];" for n, name in enumerate(NAMES))
    schema = f"""schema case "Names";
        struct byte_list {{ uint8 n; uint8 items[n]; }}
        struct case {{ {members} }}"""
    compare_schema(folder, schema, b"\x02\x03\x01\x04" * len(NAMES))


@formats.test
def kinds(folder):
    schema = """schema case "Kinds";
        endian little;
        enum kind : uint8 { cat = 1, dog = 2 }
        flags perm : uint8 { r = 1, w = 2 }
        struct none { }
        struct point { uint8 y; uint8 x; uint8 a : 3; uint8 b : 5; uint8 _io; }
        struct case {
            kind kinds[2]; perm z; perm perms[2]; none none; none nones[2]; point points[3]; uint8 empty[0]; bool yes; bool no;
            point zz; point aa; uint8 grid[2][2]; uint8 grids[0][2];
            int64 low; uint64 high; uint128 wide; let sum = kinds[0] == cat; let list = { 1, 2.5, zz.x };
            uint8 absent when yes; let late = points[1].x; let ref = points[0]; cstring s; byte raw[2];
        }"""
    data = b"\x01\x03" + b"\x83" + b"\x00\x01" + bytes(range(15)) + b"\x00\x01"[:1] + b"\x00" + bytes(range(10)) + bytes(range(4))
    compare_schema(folder, schema, data + b"\xff" * 32 + b"text\x00" + b"\x0a\xff")


@formats.test
def references(folder):
    schema = """schema case "References";
        endian little;
        struct point { uint8 x; uint8 y; }                          // a block of its own
        struct part { uint8 n; point points[n]; let first = points[0]; let all = points; let up = $parent; }
        struct view(p, part q) { let any = p; let known = q; let both = { p, q }; uint8 byte; }
        struct case {
            part    parts[2];
            view(parts[0].points, parts[1]) view;
            view(view, parts[0]) views[2];
            let     second = parts[1];
            let     list = parts;
            let     later = tail;
            let     one = parts[1].points[0];
            let     itself = $file;
            let     none = parts[9];
            part    tail @ 0;
            switch (parts[0].n) chosen { 1: let = parts[1]; default: uint8; }
        }"""
    compare_schema(folder, schema, b"\x01\x02\x03\x02\x04\x05\x06\x07" + b"\x08\x09\x0a")


@formats.test
def nothing(folder):
    compare_schema(folder, 'schema case "Nothing"; struct case { }', b"")


@formats.test_each([PICTURE, DAMAGED])
def pictures(folder, path):
    compare(path)


formats.main()
