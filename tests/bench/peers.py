"""Other programs that do the same as a job, or about the same, where they are installed."""

import dataclasses
import functools
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent / "peers"


@dataclasses.dataclass(frozen=True)
class Peer:
    """A program's arguments are like those of jobs; @here is the folder peers."""

    name: str
    words: tuple
    share: float = 1    # of the job's elements, since some would take hours
    same: bool = False  # it prints, or changes, what the C does


def construct(job, share, *more, same=True):
    return Peer("Construct", ("python3:construct", "@here/with_construct.py", job, "@files", *more), share, same)


def numpy(job, share=1):
    return Peer("numpy", ("python3:numpy", "@here/with_numpy.py", job, "@files"), share, True)


def poke(script, share, *words, same=False):
    return Peer("poke", ("poke", "-q", "-L", f"@here/{script}.pk", *words), share, same)


def fq(kind, share, expression):
    return Peer("fq", ("fq", "-d", kind, "-c", expression, "@files"), share)


def kaitai(program, *words, tree=True, share=1):
    """As it is documented, with all elements in memory (tree), and what is fastest, on a share of the elements: one at a time,
    without a conversion of text."""
    loop = Peer("Kaitai C++, fastest", (f"kaitai-{program}-plain", *words[:1], "loop", *words[1:]), share, True)
    documented = Peer("Kaitai C++", (f"kaitai-{program}", *words[:1], "tree", *words[1:]), 1 / 5, True)
    return (documented, loop) if tree else (loop,)


LAST = "import os,struct,sys; f = open(sys.argv[1], 'rb'); f.seek(-64, 2); print(struct.unpack_from('<H', f.read(64), 35)[0])"
READELF = "readelf", "-W", "-h", "-S", "-s", "@files"

PEERS = {
    "records-jsonl": (*kaitai("records", "jsonl", "@files"), construct("records-jsonl", 1 / 50),
                      poke("records", 1 / 200, "jsonl", "@files")),
    "records-csv": (*kaitai("records", "csv", "@files"), numpy("csv", 1 / 5), construct("records-csv", 1 / 50),
                    poke("records", 1 / 200, "csv", "@files")),
    "records-count": (*kaitai("records", "count", "@files", tree=False, share=1 / 5), numpy("count"), construct("records-count", 1 / 500),
                      poke("records", 1 / 1000, "count", "@files", same=True)),
    "records-sum": (*kaitai("records", "sum", "@files", tree=False, share=1 / 5), numpy("sum"), construct("records-sum", 1 / 500),
                    poke("records", 1 / 1000, "sum", "@files", same=True)),
    "records-last": (*kaitai("records", "last", "@files", tree=False),
                     Peer("Python's struct", ("python3:struct", "-c", LAST, "@files"), same=True), numpy("last"),
                     construct("records-last", 1), poke("records", 1, "last", "@files", same=True)),
    "records-patch": (numpy("patch"), poke("records", 1 / 200, "patch", "@files", same=True)),
    "packets-jsonl": (*kaitai("packets", "jsonl", "@files"), construct("packets-jsonl", 1 / 50),
                      poke("packets", 1 / 1000, "jsonl", "@files", same=True),
                      fq("pcap", 1 / 1000, ".packets[] | {ts_sec, ts_usec, captured: .incl_len, length: .orig_len}"),
                      Peer("tcpdump -q", ("tcpdump", "-nn", "-q", "-r", "@files"), 1 / 5),
                      Peer("tshark", ("tshark", "-n", "-r", "@files", "-T", "fields", "-e", "frame.time_epoch", "-e",
                                      "frame.cap_len", "-e", "frame.len"), 1 / 20)),
    "packets-count": (*kaitai("packets", "count", "@files"), construct("packets-count", 1 / 50),
                      poke("packets", 1 / 50, "count", "@files", same=True), fq("pcap", 1 / 200, ".packets | length"),
                      Peer("tcpdump --count", ("tcpdump", "--count", "-r", "@files"))),
    "packets-nth": (*kaitai("packets", "nth", "@files", "@nth", tree=False), construct("packets-nth", 1 / 50, "@nth"),
                    poke("packets", 1 / 50, "nth", "@files", "@nth", same=True),
                    fq("pcap", 1 / 200, ".packets[@nth].incl_len")),
    "tlv-jsonl": (*kaitai("tlv", "jsonl", "@files"), construct("tlv-jsonl", 1 / 50), poke("tlv", 1 / 200, "@files", same=True)),
    "elf-many": (Peer("Kaitai C++", ("kaitai-elf", "@files"), 1 / 5, True),
                 Peer("Kaitai C++, fastest", ("kaitai-elf-plain", "@files"), 1 / 5, True), Peer("readelf", READELF, 1 / 5)),
    "elf-each": (Peer("Kaitai C++, fastest", ("kaitai-elf-plain", "@files"), same=True), Peer("readelf", READELF),
                 poke("elf", 1 / 100, "all", "@files"), fq("elf", 1 / 20, "tovalue")),
    "startup": (Peer("Kaitai C++, fastest", ("kaitai-elf-plain", "@files")), Peer("readelf", ("readelf", "-W", "-h", "@files")),
                poke("elf", 1 / 10, "header", "@files"), fq("elf", 1 / 10, ".header | tovalue")),
    "chunks-verify": (construct("chunks-verify", 1 / 10), poke("chunks", 1 / 500, "@files", same=True),
                      fq("png", 1 / 100, "[.chunks[].crc] | map(select(._error)) | length"),
                      Peer("pngcheck", ("pngcheck", "-q", "@files"), same=True)),
    "text-find": (Peer("grep -c", ("grep", "-c", "-F", "sounding", "@files")),),
    "text-grep": (Peer("grep -n", ("grep", "-n", "-F", "sounding", "@files"), same=True),),
    "hash-sha256": (Peer("sha256sum", ("sha256sum", "@files"), same=True),
                    Peer("openssl", ("openssl", "dgst", "-sha256", "-r", "@files"))),
}


@functools.cache
def python_with(module):
    """Returns a Python that has a module; the one that runs here need not be the system's."""
    for path in (sys.executable, "/usr/bin/python3"):
        if subprocess.run([path, "-c", f"import {module}"], stderr=subprocess.DEVNULL, check=False).returncode == 0:
            return path
    return None


def program_of(word, folder):
    """Returns the path of a peer's program, or None."""
    if word.startswith("python3:"):
        return python_with(word.partition(":")[2])
    return str(folder / word) if (folder / word).exists() else shutil.which(word)


def installed(job, folder):
    """Yields the peers of a job that are here, with their arguments, in which the files and numbers are not yet told."""
    for peer in PEERS.get(job.name, ()):
        program = program_of(peer.words[0], folder)
        if program:
            yield peer, [program, *(word.replace("@here", str(HERE)) for word in peer.words[1:])]
