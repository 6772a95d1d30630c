"""Instructions that sonde takes for the jobs, counted by valgrind's callgrind, against those of the file beside this one.

They are the same each time where the compiler, the C library and the kind of processor are the same: the files have a fixed
size, names and environment are fixed, and nothing is measured in time."""

import os
import pathlib
import re
import shutil
import subprocess
import sys

import files
import table

HERE = pathlib.Path(__file__).resolve().parent
BASELINE = HERE / "instructions.txt"
RECORDS = 50000
ABOUT = """\
# What ./dev bench --instructions compares with and --update writes: for each job how often it does what it is about, and how
# many instructions sonde takes for that.
"""


def compiler_of(program):
    """Returns what a program says of the compiler that made it, and which C library is here."""
    made = re.search(rb"GCC: \([^)\0]*\) [0-9.]+|clang version [0-9.]+", pathlib.Path(program).read_bytes())
    return f"{made[0].decode() if made else 'an unknown compiler'}, {os.confstr('CS_GNU_LIBC_VERSION')}"


def read_baseline():
    """Returns the compiler, and by the names of jobs how often they do what they are about, and the instructions."""
    if not BASELINE.exists():
        return "", {}
    compiler, *lines = BASELINE.read_text()[len(ABOUT):].splitlines()
    return compiler, {name: (int(of), int(count)) for name, of, count in map(str.split, lines)}


def write_baseline(compiler, counted):
    """Writes what was counted, and keeps the rest where the compiler is the same."""
    old_compiler, lines = read_baseline()
    lines = {**(lines if old_compiler == compiler else {}), **counted}
    with open(BASELINE, "w", encoding="ascii") as file:
        file.write(f"{ABOUT}{compiler}\n")
        for name, (of, count) in lines.items():
            file.write(f"{name:16} {of:8} {count:12}\n")


def count(job, maker):
    """Returns how many elements a job is about, and the instructions of sonde."""
    number = job.count(RECORDS)
    paths = [path.relative_to(maker.folder) for path in maker.make(job.data, number)]
    if job.each:
        paths = paths[:1]
    if job.changes:
        paths = [files.copy_of(maker.folder / paths[0], "sonde").relative_to(maker.folder)]
    argv = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", "./sonde", *job.sonde(number, paths, ".")[1:]]
    done = subprocess.run(argv, cwd=maker.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                          env={"PATH": os.environ["PATH"], "SONDE_PATH": "schemas", "LANG": "C.UTF-8", "TZ": "UTC"}, check=False,
                          encoding="utf-8")
    found = re.search(r"Collected : ([0-9]+)", done.stderr)
    if done.returncode or not found:
        sys.exit(f"bench: {job.name} fails under valgrind:\n{done.stderr}")
    return 1 if job.each or job.run else number, int(found[1])


def compare(jobs, maker, update):
    if not shutil.which("valgrind"):
        sys.exit("bench: valgrind is not installed")
    program = os.path.realpath(os.environ["SONDE"])
    (maker.folder / "sonde").symlink_to(program)
    (maker.folder / "schemas").symlink_to(HERE.parent.parent / "schemas")
    for schema in HERE.glob("*.sonde"):
        shutil.copy(schema, maker.folder)
    compiler = compiler_of(program)
    counted = {job.name: count(job, maker) for job in jobs if not job.pipe and not job.here}
    old_compiler, old = read_baseline()
    if old_compiler != compiler:
        print(f"What follows was made with {compiler}; the baseline with {old_compiler or 'nothing: there is none'}.\n")
    rows = []
    for name, (of, now) in counted.items():
        before = old.get(name, (of, None))[1]
        change = f"{(now / before - 1) * 100:+.2f} %" if before else "new"
        rows.append((name, str(of), str(before or ""), str(now), f"{now / of:.1f}", change))
    print(table.text(("job", "of", "baseline", "now", "for one", "change"), rows, range(1, 6)), end="")
    if update:
        write_baseline(compiler, counted)
