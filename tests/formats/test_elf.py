"""ELF against readelf -hSlW and -s, on programs of the system, on objects of gcc and ld, and on objects made here."""

import pathlib
import re
import struct
import subprocess

import formats

BIN = pathlib.Path("/usr/bin")
SAMPLE = 60
ORDERS = {"little": "lsb", "big": "msb"}

TYPES = {"NONE": "none", "REL": "relocatable", "EXEC": "executable", "DYN": "shared", "CORE": "core"}
MACHINES = {"None": "none", "Advanced Micro Devices X86-64": "x86_64", "Intel 80386": "i386", "PowerPC": "ppc",
            "PowerPC64": "ppc64", "MIPS R3000": "mips", "IBM S/390": "s390", "ARM": "arm",
            "AArch64": "aarch64", "RISC-V": "riscv", "Sparc v9": "sparcv9", "MC68000": "m68k", "Linux BPF": "bpf"}
ABIS = {"UNIX - System V": "sysv", "UNIX - GNU": "gnu"}
SEGMENTS = {"PHDR": "phdr", "INTERP": "interp", "LOAD": "load", "DYNAMIC": "dynamic", "NOTE": "note", "TLS": "tls",
            "NULL": "null", "GNU_EH_FRAME": "gnu_eh_frame", "GNU_STACK": "gnu_stack", "GNU_RELRO": "gnu_relro",
            "GNU_PROPERTY": "gnu_property"}
SECTIONS = {"VERNEED": "gnu_verneed", "VERSYM": "gnu_versym", "VERDEF": "gnu_verdef",
            "SYMTAB SECTION INDICES": "symtab_shndx"}
# what is the machine's own the schema leaves as a number
OWN_SECTIONS = {"ARM_EXIDX": 1, "X86_64_UNWIND": 1, "ARM_ATTRIBUTES": 3, "RISCV_ATTRIBUTES": 3, "MIPS_REGINFO": 6,
                "MIPS_OPTIONS": 0xd, "MIPS_DWARF": 0x1e, "MIPS_ABIFLAGS": 0x2a}
SECTION_FLAGS = {"W": "write", "A": "alloc", "X": "execute", "M": "merge", "S": "strings", "I": "info_link",
                 "L": "link_order", "O": "os_nonconforming", "G": "group", "T": "tls", "C": "compressed",
                 "R": "gnu_retain", "D": "gnu_mbind", "E": "exclude"}
ACCESS = {"R": "read", "W": "write", "E": "execute"}
# how they are called depends on the ABI that the header names
SYMBOL_TYPES = {"NOTYPE": "none", "IFUNC": "gnu_ifunc", "<OS specific>: 10": "gnu_ifunc"}
BINDINGS = {"UNIQUE": "gnu_unique", "<OS specific>: 10": "gnu_unique"}
VISIBILITIES = {"DEFAULT": "by_binding"}
INDICES = {"UND": "undefined", "ABS": "absolute", "COM": "common"}

SECTION = re.compile(r"  \[ *(\d+)\] (.{17}|\S+) (\S+|SYMTAB SECTION INDICES) +([0-9a-f]{8,16}) "
                     r"([0-9a-f]+) ([0-9a-f]+) ([0-9a-f]{2,}) +([A-Za-z]*) +(\d+) +(\d+) +(\d+)$")
SEGMENT = re.compile(r"  (\S+) +(0x\S+) (0x\S+) (0x\S+) (0x\S+) (0x\S+) (...) (0x\S+|0)$")
SYMBOL = re.compile(r" +\d+: ([0-9a-f]+) +(\d+|0x[0-9a-f]+) (<OS specific>: \d+|\S+) "
                    r"+(<OS specific>: \d+|\S+) +(\S+) +(?:\[.*\] +)?(\S+)(?: (.*))?$")


def readelf(path, *options):
    formats.need("readelf")
    return formats.say("readelf", *options, path, status=None)


def number(text):
    return int(text.split()[0], 0)


def read_header(text):
    fields = dict(re.findall(r"^  (\S[^:\n]*): +(.*)$", text, re.M))
    return fields, {
        "ident": {"class": fields["Class"].lower(), "order": ORDERS[fields["Data"].split()[2]],
                  "version": number(fields["Version"]), "abi": ABIS.get(fields["OS/ABI"], fields["OS/ABI"]),
                  "abi_version": number(fields["ABI Version"])},
        "type": TYPES[fields["Type"].split()[0]],
        "machine": MACHINES.get(fields["Machine"], fields["Machine"]),
        "entry": number(fields["Entry point address"]),
        "segment_offset": number(fields["Start of program headers"]),
        "section_offset": number(fields["Start of section headers"]),
        "flags": int(re.match("0x[0-9a-f]+", fields["Flags"])[0], 16),
        "header_size": number(fields["Size of this header"]),
        "segment_size": number(fields["Size of program headers"]),
        "segment_count": number(fields["Number of program headers"]),
        "section_size": number(fields["Size of section headers"]),
        "section_count": number(fields["Number of section headers"]),
        "names_index": number(fields["Section header string table index"]),
    }


def section_type(word):
    if word in OWN_SECTIONS:
        return 0x70000000 + OWN_SECTIONS[word]
    if word.startswith("LOOS+"):
        return 0x60000000 + int(word[5:], 16)
    return int(word, 16) if re.fullmatch("[0-9a-f]{8}", word) else SECTIONS.get(word, word.lower())


def read_sections(text):
    for line in text.splitlines():
        match = SECTION.match(line)
        if match:
            address, offset, size, entry = (int(match[i], 16) for i in (4, 5, 6, 7))
            yield {"name": match[2].strip(), "type": section_type(match[3]), "address": address,
                   "offset": offset, "size": size, "entry_size": entry,
                   "flags": {SECTION_FLAGS[c] for c in match[8] if c in SECTION_FLAGS},
                   "link": int(match[9]), "info": int(match[10]), "align": int(match[11])}


def read_segments(text):
    for line in text.splitlines():
        match = SEGMENT.match(line)
        if match:
            offset, address, physical, size, memory = (int(match[i], 16) for i in range(2, 7))
            yield {"type": SEGMENTS[match[1]], "offset": offset, "address": address, "physical_address": physical,
                   "file_size": size, "memory_size": memory, "flags": {ACCESS[c] for c in match[7].replace(" ", "")},
                   "align": int(match[8], 16)}


def sets(records):
    """Flags in one order. readelf says no more than "o" of those of systems."""
    for record in records:
        record["flags"] = sorted(flag for flag in record["flags"] if flag != "gnu_retain" and not flag.startswith("0x"))
    return records


def compare(path, status=0):
    text = readelf(path, "-hSlW")
    got = formats.dump(path, "-s", "elf", status=status)
    fields, header = read_header(text)
    formats.same("header", got, header)

    sections, segments = sets(list(read_sections(text))), sets(list(read_segments(text)))
    extended = re.search(r"\((\d+)\)", fields["Number of section headers"])
    if len(sections) != (int(extended[1]) if extended else header["section_count"]):
        raise formats.Failed(f"{len(sections)} of the section headers could be read in what readelf writes")
    if len(segments) != header["segment_count"]:
        raise formats.Failed(f"{len(segments)} of the program headers could be read in what readelf writes")
    formats.same("sections", sets(got.get("sections", [])), sections)
    formats.same("segments", sets(got.get("segments", [])), segments)
    interpreter = re.search(r"\[Requesting program interpreter: (.*)\]", text)
    shown = [s["interpreter"] for s in got.get("segments", []) if "interpreter" in s]
    formats.same("interpreter", shown, [interpreter[1]] if interpreter else [])
    return got


def read_symbols(text, sections):
    """The tables of readelf -s: section name to list of symbols."""
    tables, table = {}, None
    for line in text.splitlines():
        start = re.match(r"Symbol table '(.*)' contains", line)
        match = SYMBOL.match(line)
        if start:
            table = tables.setdefault(start[1], [])
        elif match:
            value, size, kind, binding, visibility, index, name = match.groups()
            index = INDICES.get(index) or int(index)
            name = re.sub(r"(@@?\S+( \(\d+\))?| <corrupt>)$", "", name or "")
            # readelf gives a nameless symbol of a section that section's name
            if kind == "SECTION" and isinstance(index, int) and name == sections[index]["name"]:
                name = None
            symbol = {"value": int(value, 16), "size": int(size, 0),
                      "type": SYMBOL_TYPES.get(kind, kind.lower()),
                      "binding": BINDINGS.get(binding, binding.lower()),
                      "visibility": VISIBILITIES.get(visibility, visibility.lower()), "index": index}
            table.append({**symbol, "name": name} if name is not None else symbol)
    return tables


def compare_symbols(path, got):
    tables = read_symbols(readelf(path, "-sW"), got["sections"])
    shown = {}
    for section in got["sections"]:
        if section["type"] in ("symtab", "dynsym"):
            shown.setdefault(section["name"], []).extend(
                {**symbol, "name": re.sub(r"@@?\S+$", "", symbol["name"])} for symbol in section["body"])
    formats.same("symbols", shown, tables)
    return sum(map(len, tables.values()))


def compare_notes(path, got):
    build = re.findall(r"Build ID: ([0-9a-f]+)", readelf(path, "-nW"))
    shown = [note["content"] for section in got["sections"] if section["type"] == "note" and section.get("body")
             for note in section["body"] if note["name"] == "GNU" and note["type"] == 3]
    formats.same("build ids", shown, build)


def compare_dynamic(path, got):
    text = readelf(path, "-dW")
    lines = re.findall(r"^ 0x([0-9a-f]+) \((\S+)\) +(.*)$", text, re.M)
    for section in got.get("sections", []):
        if section["type"] == "dynamic":
            # readelf ends with the first NULL
            body = section["body"]
            end = next((i for i, entry in enumerate(body) if entry["number"] == 0), len(body) - 1)
            formats.same("dynamic", [entry["number"] for entry in body[:end + 1]],
                         [int(tag, 16) for tag, _, _ in lines])
            texts = re.findall(r"(?:Shared library|Library (?:soname|runpath|rpath)): \[(.*)\]", text)
            formats.same("dynamic texts", [entry["text"] for entry in body if "text" in entry], texts)


def is_elf(path):
    try:
        with path.open("rb") as stream:
            return stream.read(4) == b"\x7fELF"
    except OSError:
        return False


def programs():
    found = sorted(p for p in BIN.iterdir() if p.is_file() and not p.is_symlink() and p.stat().st_size < 2000000
                   and is_elf(p))
    return found[::max(1, -(-len(found) // SAMPLE))]


@formats.test_each([BIN / "true"] + programs())
def program(_, path):
    got = compare(path)
    compare_symbols(path, got)
    compare_notes(path, got)
    compare_dynamic(path, got)


SOURCE = """
int puts(const char *);
int shared_count = 3; static int local_count; __thread int per_thread = 1; int common;
__attribute__((weak)) int weak(int x) { return x + local_count; }
__attribute__((visibility("hidden"))) int hidden(void) { return weak(2); }
__attribute__((visibility("protected"))) int protected(void) { return puts("text") + per_thread; }
static int resolved(void) { return 1; }
static int (*resolve(void))(void) { return resolved; }
__attribute__((ifunc("resolve"))) int chosen(void);
__attribute__((constructor)) static void start(void) { local_count++; }
inline __attribute__((section(".text.other"))) int other(void) { return 0; }
int main(void) { return hidden() + protected() + chosen() + shared_count + common + other(); }
"""


def compiled(folder, *options):
    formats.need("gcc")
    source, path = folder / "source.c", folder / "out"
    source.write_text(SOURCE.replace("inline ", ""))
    result = subprocess.run(["gcc", *options, str(source), "-o", str(path)], stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if result.returncode:
        raise formats.Skipped(f"gcc {' '.join(options)} does not work: {formats.told(result.stdout)}")
    return path


@formats.test_each(["-c", "-c -m32", "-c -fcommon -ffunction-sections -fdata-sections", "-c -g", "-c -g -gz=zlib",
                    "-g", "-static", "-shared -fPIC", "-shared -fPIC -Wl,-soname,libx.so.1 -Wl,-rpath,/opt/lib", "-s",
                    "-no-pie -Wl,--hash-style=sysv",
                    "-Wl,--hash-style=both -Wl,-z,pack-relative-relocs"])
def object_of_gcc(folder, options):
    path = compiled(folder, *options.split())
    got = compare(path)
    if "-s" not in options.split():
        assert compare_symbols(path, got) > 20
    compare_notes(path, got)
    compare_dynamic(path, got)


@formats.test_each(["powerpc", "powerpc64", "powerpc64le", "mips", "mipsel", "mips64", "mips64el", "s390x", "sparcv9",
                    "m68k", "aarch64", "aarch64_be",
                    "arm", "armeb", "riscv32", "riscv64", "i386", "x86_64", "bpf"])
def object_of_clang(folder, machine):
    formats.need("clang")
    source, path = folder / "source.c", folder / "out.o"
    source.write_text("extern int outer(int *); static int inner = 3; int shared;"
                      "int both(void) { return outer(&inner) + outer(&shared); }\n")
    result = subprocess.run(["clang", "-target", f"{machine}-linux-gnu", "-ffreestanding", "-integrated-as", "-g",
                             "-c", str(source), "-o", str(path)],
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if result.returncode:
        known = b"unknown target" in result.stdout or b"No available targets" in result.stdout
        raise (formats.Failed if not known else formats.Skipped)(f"clang: {formats.told(result.stdout)}")
    got = compare(path)
    assert compare_symbols(path, got) > 5
    shown = sorted((r["offset"], r["type"] & 0xff) for s in got["sections"] if s["type"] in ("rela", "rel")
                   for r in s["body"])
    wanted = []
    for line in readelf(path, "-rW").splitlines():
        row = re.match(r"([0-9a-f]{8,16})  ([0-9a-f]{8,16}) ", line)
        if row:
            info = int(row[2], 16)
            # readelf writes the fields of MIPS' 64 bits in the order of big-endian objects
            wanted.append((int(row[1], 16), info & 0xff))
    formats.same("relocations", [list(one) for one in shown], sorted(list(one) for one in wanted))


@formats.test
def relocations(folder):
    path = compiled(folder, "-c", "-g")
    got = formats.dump(path)
    rows = re.findall(r"^([0-9a-f]{16})  ([0-9a-f]{16}) ", readelf(path, "-rW"), re.M)
    shown = [r for s in got["sections"] if s["type"] == "rela" for r in s["body"]]
    formats.same("relocations", [[f"{r['offset']:016x}", f"{r['info']:016x}"] for r in shown],
                 [list(row) for row in rows])
    for r in shown:
        assert (r["symbol"], r["type"]) == (r["info"] >> 32, r["info"] & 0xffffffff)


@formats.test
def compressed_sections(folder):
    formats.need("objcopy")
    path = folder / "packed"
    formats.say("objcopy", "--compress-debug-sections=zlib", compiled(folder, "-c", "-g"), path)
    plain = {s["name"]: s for s in formats.dump(folder / "out")["sections"]}
    packed = {s["name"]: s for s in formats.dump(path)["sections"] if "compressed" in s["flags"]}
    assert packed
    for name, section in packed.items():
        formats.same(name, section["body"]["content"], plain[name]["body"])


@formats.test
def more_than_65279_sections(folder):
    formats.need("as")
    path = folder / "many.o"
    source = "".join(f'.section s{i},"a"\n.byte 1\n' for i in range(65300))
    subprocess.run(["as", "-o", str(path), "-"], input=source.encode(), check=True)
    got = compare(path)
    assert got["section_count"] == 0 and len(got["sections"]) > 65300
    assert got["first"]["size"] == len(got["sections"])


def handmade(width, order, machine):
    """A small object with segments and symbols; the layouts are those of the System V ABI."""
    o = "<" if order == "little" else ">"
    big = width == 64
    names = b"\0.shstrtab\0.strtab\0.symtab\0.text\0.rel\0.note\0"
    strings = b"\0first\0second\0"

    def symbol(name, info, other, index, value, size):
        return (struct.pack(o + "IBBHQQ", name, info, other, index, value, size) if big else
                struct.pack(o + "IIIBBH", name, value, size, info, other, index))

    symbols = (symbol(0, 0, 0, 0, 0, 0) + symbol(1, 0x12, 0x63, 1, 0x1010, 4)
               + symbol(7, 0x21, 2, 0xfff1, 0x7fffffff, 0x1234))
    relocation = struct.pack(o + ("QQq" if big else "IIi"), 0x1018, 1 << (32 if big else 8) | 5, -4)
    note = struct.pack(o + "III", 3, 5, 9) + b"ab\0\0" + b"12345\0\0\0"
    head = 64 if big else 52
    segment_size, section_size = (56, 64) if big else (32, 40)
    bodies = [(6, 1, 6, b"\x90" * 16, 0, 0, 16), (1, 3, 0, names, 0, 0, 1), (11, 3, 0, strings, 0, 0, 1),
              (19, 2, 0, symbols, 3, 1, 8), (33, 4, 0, relocation, 4, 1, 8), (38, 7, 2, note, 0, 0, 4)]
    name_at = {1: names.index(b".text"), 2: 1, 3: names.index(b".strtab"), 4: names.index(b".symtab"),
               5: names.index(b".rel"), 6: names.index(b".note")}
    at, blob, sections = head + 2 * segment_size, b"", [(0,) * 10]
    for index, (_, kind, flags, body, link, info, align) in enumerate(bodies, 1):
        entry = {2: 24 if big else 16, 4: len(relocation)}.get(kind, 0)
        sections.append((name_at[index], kind, flags, 0x1000 + at + len(blob) if index == 1 else 0, at + len(blob), len(body), link,
                         info, align, entry))
        blob += body + b"\0" * (-len(body) % 8)
    header = b"\x7fELF" + bytes([2 if big else 1, 1 if order == "little" else 2, 1, 3, 7]) + b"\0" * 7
    header += struct.pack(o + ("HHIQQQIHHHHHH" if big else "HHIIIIIHHHHHH"), 2, machine, 1, 0x1000, head,
                          at + len(blob), 0x8001, head, segment_size, 2, section_size, len(sections), 2)
    segments = b""
    for kind, flags, offset, address, size, memory, align in ((1, 5, 0, 0x1000, 64, 128, 0x1000),
                                                              (0x6474e551, 6, 0, 0, 0, 0, 16)):
        segments += (struct.pack(o + "IIQQQQQQ", kind, flags, offset, address, address + 1, size, memory, align)
                     if big else
                     struct.pack(o + "IIIIIIII", kind, offset, address, address + 1, size, memory, flags, align))
    table = b"".join(struct.pack(o + ("IIQQQQIIQQ" if big else "10I"), *section) for section in sections)
    return header + segments + blob + table


@formats.test_each([(width, order, machine) for width in (32, 64) for order in ORDERS
                    for machine in (20, 21, 43, 183, 247)])
def both_widths_and_orders(folder, how):
    path = folder / "made.elf"
    path.write_bytes(handmade(*how))
    got = compare(path)
    assert compare_symbols(path, got) == 3
    section = {s["name"]: s for s in got["sections"]}
    formats.same("symbol", section[".symtab"]["body"][1],
                 {"other": 0x63 >> 2, "visibility": "protected", "name": "first"})
    formats.same("relocation", section[".rel"]["body"], [{"offset": 0x1018, "symbol": 1, "type": 5, "addend": -4}])
    formats.same("note", section[".note"]["body"], [{"type": 9, "name": "ab", "content": b"12345".hex()}])


@formats.test_each(["elf32-big", "elf32-little", "elf64-big", "elf64-little"])
def converted_by_objcopy(folder, target):
    formats.need("objcopy")
    data, path = folder / "data", folder / "object"
    data.write_bytes(bytes(range(256)))
    formats.say("objcopy", "-I", "binary", "-O", target, data, path)
    got = compare(path)
    assert compare_symbols(path, got) >= 4
    formats.same("data", [s["body"] for s in got["sections"] if s["name"] == ".data"], [bytes(range(256)).hex()])


@formats.test_each(sorted(formats.SAMPLES.glob("*.elf")))
def sample(_, path):
    compare_symbols(path, compare(path))


@formats.test
def no_section_headers(folder):
    formats.need("readelf")
    path = folder / "bare"
    data = bytearray((BIN / "true").read_bytes())
    if data[4:6] != b"\x02\x01":
        raise formats.Skipped("/usr/bin/true is no little-endian ELF64")
    data[40:48] = bytes(8)
    data[58:64] = struct.pack("<HHH", 64, 0, 0)
    path.write_bytes(data)
    whole, got = formats.dump(BIN / "true"), formats.dump(path)
    wanted = {s["name"]: s.get("body") for s in whole["sections"]}
    shown = [s["content"] for s in got["segments"] if s["type"] == "dynamic"]
    formats.same("dynamic", [[e["tag"] for e in shown[0]]], [[e["tag"] for e in wanted[".dynamic"]]])
    notes = [note for s in got["segments"] if s["type"] == "note" for note in s["content"]]
    assert wanted[".note.gnu.build-id"][0] in notes


formats.main()
