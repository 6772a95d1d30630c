"""What verify tells against what dump does: whole, cut off and damaged files, of formats that there are and of constructs that
a program for verify leaves out. dump decodes everything, and tells the first ten faults and findings."""

import os
import random
import re
import subprocess

import formats

TOLD = 10


def run(command, path, *options):
    result = subprocess.run([os.environ["SONDE"], command, *options, str(path)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, timeout=formats.SECONDS)
    return result.returncode, result.stdout.decode(), result.stderr.decode()


def agree(path, schema):
    """verify's lines are those of dump, of which there may be more than it tells."""
    status, _, told = run("dump", path, "-s", schema, "-f", "json")
    lines = [line.removeprefix("sonde: ") for line in told.splitlines() if line.startswith(f"sonde: {path}: ")]
    counts = {kind: 0 for kind in ("faults", "findings")}
    for line in list(lines):
        more = re.fullmatch(re.escape(str(path)) + r": (\d+) more (faults|findings)", line)
        if more:
            counts[more[2]] = int(more[1])
            lines.remove(line)
    got_status, got, more = run("verify", path, "-s", schema)
    formats.same("status", got_status, status)
    got = got.splitlines()
    formats.same("how many", len(got), len(lines) + sum(counts.values()))
    if not any(counts.values()):
        formats.same("lines", got, lines)
    else:
        formats.same("lines among them", [line for line in lines if line not in got], [])


def damaged(data, rng, most):
    """The file whole, cut off, and with bits that differ."""
    yield data
    for at in sorted(rng.sample(range(len(data)), min(most, len(data)))):
        yield data[:at]
    for _ in range(most):
        other = bytearray(data)
        for _ in range(rng.choice([1, 1, 3])):
            other[rng.randrange(len(other))] ^= 1 << rng.randrange(8)
        yield bytes(other)


SAMPLES = sorted(path for path in formats.SAMPLES.iterdir() if path.suffix in (".png", ".bmp", ".elf", ".gz", ".mp4", ".m4a", ".mov"))


@formats.test_each(SAMPLES)
def a_file_with_damage(folder, sample):
    schema = {".gz": "gzip", ".m4a": "mp4", ".mov": "mp4"}.get(sample.suffix, sample.suffix[1:])
    path = folder / "damaged"
    for data in damaged(sample.read_bytes(), random.Random(1), 12):
        path.write_bytes(data)
        agree(path, schema)


# of a fixed size and never wrong; in rows, with padding, within each other, behind a switch
SOUND = """endian little;
enum kind : uint8 { a = 1, b = 2 }
struct pair { uint16 x; byte y[3]; }
struct row { kind kind; uint8 : 8; uint16 grid[2][2]; pair pairs[2]; float32 f; let sum = kind + grid_count; let grid_count = 4; }
struct wide { uint32 low; uint32 high; let whole = high << 32 | low; let odd = whole in { 1, 3 }; }
struct checked { uint8 n; row row; check row.kind != b; }
struct sound {
    uint8 n;
    row   rows[n];
    wide  wides[2] sized 17;
    switch (n) body { 1: row; 2: wide; 3: { pair pair; uint8 last = 7; } }
    checked some[1];
    pair  placed @ 3;
    row   rest[];
}
"""

# computed values that are wrong for some data, or may be
LETS = """endian little;
struct item {
    uint8  a;
    uint8  b;
    let    quotient = a / b;
    let    shifted = a << b;
    let    product = a * b * 0x7fffffffffffffffffffffffffffffff;
    let    fine = (a - b) * 3 % 7 + (a > b ? a : b);
    let    text = int(word);
    char   word[2];
    let    sure = fine == 5 || !(b in 1..9);
}
struct lets { item items[]; }
"""

# numbers whose order the data says, or does not
ORDER = """struct one { uint16 x; uint32 y; let z = x + y; }
struct order {
    uint8 which;
    endian which == 1 ? little : which == 2 ? big : none;
    one  first;
    one  more[2];
    let  all = first.x + first.y;
}
"""


@formats.test_each(["sound", "lets", "order"])
def what_is_left_out(folder, name):
    text = {"sound": SOUND, "lets": LETS, "order": ORDER}[name]
    schema = folder / f"{name}.sonde"
    schema.write_text(text)
    path = folder / "data"
    rng = random.Random(name)
    for size in (1, 7, 60, 300):
        for _ in range(6):
            first = rng.choice([0, 1, 2, 3, 4])
            for data in damaged(bytes([first]) + bytes(rng.choice([0, 1, 2, 49, 50, 255]) for _ in range(size)), rng, 3):
                path.write_bytes(data)
                agree(path, schema)


formats.main()
