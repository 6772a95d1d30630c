"""The programs of c/: compiled when the benchmark starts."""

import pathlib
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parent.parent / "src"
COMPILER = ["gcc", "-std=c17", "-D_GNU_SOURCE", "-O2"]

# what programs need besides their one file
NUMBERS = [SOURCE / "base/numtext.c", SOURCE / "base/numtext_float.c"]
NEEDS = {
    "records_jsonl": NUMBERS,
    "records_csv": NUMBERS,
    "gen_chunks": ["-lz"],
    "chunks_verify": ["-lz"],
    "hash_crc32": ["-lz"],
    "hash_sha256": ["-lnettle"],
}


def compile_all(folder):
    """Compiles them into a folder and returns the names of those that can't be, for a library is missing."""
    (folder / "config.h").write_text("")  # the sources of sonde that are used here ask nothing of it
    running = {}
    for source in sorted((HERE / "c").glob("*.c")):
        argv = [*COMPILER, f"-I{folder}", f"-I{SOURCE}", "-o", folder / source.stem, source, *NEEDS.get(source.stem, [])]
        running[source.stem] = subprocess.Popen(argv)
    return {name for name, process in running.items() if process.wait()}
