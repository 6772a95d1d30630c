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
    wanted: float = 0   # it should take so many times sonde's processor time


def construct(job, share, *more):
    return Peer("Construct", ("python3:construct", "@here/with_construct.py", job, "@files", *more), share, True)


def python(job, share):
    return Peer("Python's struct", ("python3:struct", "@here/with_struct.py", job, "@files"), share, True)


def numpy(job, share=1, wanted=0.0):
    return Peer("numpy", ("python3:numpy", "@here/with_numpy.py", job, "@files"), share, True, wanted)


def perl(program, share, same=True):
    return Peer("perl", ("perl", "-e", program, "@files"), share, same)


def poke(script, share, *words, same=False, wanted=0.0):
    return Peer("poke", ("poke", "-q", "-L", f"@here/{script}.pk", *words), share, same, wanted)


def fq(kind, share, expression, wanted=0.0):
    return Peer("fq", ("fq", "-d", kind, "-c", expression, "@files"), share, wanted=wanted)


def kaitai(program, *words, share=1 / 5, wanted=0.0):
    """As it is documented, with all elements in memory."""
    return Peer("Kaitai C++", (f"kaitai-{program}", *words[:1], "tree", *words[1:]), share, True, wanted)


def kaitai_fastest(program, *words, share=1, wanted=0.0):
    """What is fastest: one element at a time, without a conversion of text."""
    return Peer("Kaitai C++, fastest", (f"kaitai-{program}-plain", *words[:1], "loop", *words[1:]), share, True, wanted)


def kaitai_objects(share, wanted=0.0):
    return (Peer("Kaitai C++", ("kaitai-elf", "@files"), share, True, wanted),
            Peer("Kaitai C++, fastest", ("kaitai-elf-plain", "@files"), share, True))


LAST = "import os,struct,sys; f = open(sys.argv[1], 'rb'); f.seek(-64, 2); print(struct.unpack_from('<H', f.read(64), 35)[0])"
PERL_CSV = r"""$/ = \64; print "id,time,value,port\n"; while (<>) { print join(",", unpack("Q<L<x7d<x8v")), "\n" }"""
PERL_COUNT = r"""$/ = \64; while (<>) { my ($l, $p) = unpack("x15Cx19v"); $n++ if $p >= 1024 && $l < 50 } print "$n\n" """
PERL_SUM = r"""$/ = \64; while (<>) { my $p = unpack("x35v"); $s += $p; $m = $p if $p > $m }
print "sum(port),max(port)\n$s,$m\n" """
PERL_PACKETS = r"""open F, "<:raw", shift; read F, $h, 24;
while (read F, $h, 16) { read F, $b, unpack("x8V", $h); $n++ } print "$n\n" """
# members that have no column are read as texts of which nothing is printed
HEXDUMP_CSV = r"""1/8 "%u," 1/4 "%u," 1/7 "%.0s" 1/8 "%.17g," 1/8 "%.0s" 1/2 "%u\n" 1/27 "%.0s" """
READELF = Peer("readelf", ("readelf", "-W", "-h", "-S", "-s", "@files"))
PYTHON_CRC = "import sys,zlib,mmap; f = open(sys.argv[1], 'rb'); print('%08x' % zlib.crc32(mmap.mmap(f.fileno(), 0, access=1)))"

PEERS = {
    "records-jsonl": (kaitai("records", "jsonl", "@files", wanted=5), kaitai_fastest("records", "jsonl", "@files", wanted=3),
                      construct("records-jsonl", 1 / 50), poke("records", 1 / 200, "jsonl", "@files", wanted=1000),
                      python("records-jsonl", 1 / 20)),
    "records-csv": (kaitai("records", "csv", "@files", wanted=10), kaitai_fastest("records", "csv", "@files"),
                    Peer("hexdump -e", ("hexdump", "-v", "-e", HEXDUMP_CSV, "@files"), wanted=15), numpy("csv", 1 / 5),
                    construct("records-csv", 1 / 50), poke("records", 1 / 200, "csv", "@files"), python("records-csv", 1 / 10),
                    perl(PERL_CSV, 1 / 5, same=False)),
    "records-count": (kaitai("records", "count", "@files", share=1 / 50, wanted=100),
                      kaitai_fastest("records", "count", "@files", share=1 / 5), numpy("count", wanted=4),
                      construct("records-count", 1 / 500), poke("records", 1 / 1000, "count", "@files", same=True),
                      python("records-count", 1 / 10), perl(PERL_COUNT, 1 / 10)),
    "records-sum": (kaitai("records", "sum", "@files", share=1 / 50, wanted=100),
                    kaitai_fastest("records", "sum", "@files", share=1 / 5), numpy("sum", wanted=4),
                    construct("records-sum", 1 / 500), poke("records", 1 / 1000, "sum", "@files", same=True),
                    python("records-sum", 1 / 10), perl(PERL_SUM, 1 / 10)),
    "records-last": (kaitai_fastest("records", "last", "@files"),
                     Peer("Python's struct", ("python3:struct", "-c", LAST, "@files"), same=True, wanted=8), numpy("last"),
                     construct("records-last", 1), poke("records", 1, "last", "@files", same=True, wanted=25)),
    "records-patch": (numpy("patch", wanted=4), poke("records", 1 / 200, "patch", "@files", same=True)),
    "packets-jsonl": (kaitai("packets", "jsonl", "@files"), kaitai_fastest("packets", "jsonl", "@files"),
                      construct("packets-jsonl", 1 / 50), poke("packets", 1 / 1000, "jsonl", "@files", same=True),
                      fq("pcap", 1 / 1000, ".packets[] | {ts_sec, ts_usec, captured: .incl_len, length: .orig_len}"),
                      Peer("tcpdump -q", ("tcpdump", "-nn", "-q", "-r", "@files"), 1 / 5, wanted=20),
                      Peer("tshark", ("tshark", "-n", "-r", "@files", "-T", "fields", "-e", "frame.time_epoch", "-e",
                                      "frame.cap_len", "-e", "frame.len"), 1 / 20, wanted=300),
                      python("packets-jsonl", 1 / 20)),
    "packets-count": (kaitai("packets", "count", "@files"), kaitai_fastest("packets", "count", "@files"),
                      construct("packets-count", 1 / 50), poke("packets", 1 / 50, "count", "@files", same=True),
                      fq("pcap", 1 / 200, ".packets | length"),
                      Peer("tcpdump --count", ("tcpdump", "--count", "-r", "@files"), wanted=5),
                      Peer("capinfos -c", ("capinfos", "-c", "-M", "@files")), python("packets-count", 1 / 10),
                      perl(PERL_PACKETS, 1 / 10)),
    "packets-nth": (kaitai_fastest("packets", "nth", "@files", "@nth"), construct("packets-nth", 1 / 50, "@nth"),
                    poke("packets", 1 / 50, "nth", "@files", "@nth", same=True), fq("pcap", 1 / 200, ".packets[@nth].incl_len"),
                    python("packets-nth", 1 / 10)),
    "tlv-jsonl": (kaitai("tlv", "jsonl", "@files"), kaitai_fastest("tlv", "jsonl", "@files", wanted=9),
                  construct("tlv-jsonl", 1 / 50), poke("tlv", 1 / 200, "@files", same=True), python("tlv-jsonl", 1 / 20)),
    "elf-many": (*kaitai_objects(1 / 5, wanted=4), dataclasses.replace(READELF, share=1 / 5, wanted=20),
                 poke("elf", 1 / 2500, "all", "@files"), fq("elf", 1 / 125, "tovalue")),
    "elf-each": (*kaitai_objects(1)[1:], dataclasses.replace(READELF, wanted=1), poke("elf", 1 / 100, "all", "@files", wanted=30),
                 fq("elf", 1 / 20, "tovalue", wanted=30)),
    "elf-system": (*kaitai_objects(1 / 5), dataclasses.replace(READELF, share=1 / 5)),
    "startup": kaitai_objects(1),
    "startup-shipped": (Peer("readelf", ("readelf", "-W", "-h", "@files"), wanted=1),
                        poke("elf", 1 / 10, "header", "@files", wanted=30),
                        fq("elf", 1 / 10, ".header | tovalue", wanted=30)),
    "chunks-verify": (construct("chunks-verify", 1 / 10), poke("chunks", 1 / 500, "@files", same=True),
                      fq("png", 1 / 100, "[.chunks[].crc] | map(select(._error)) | length"),
                      Peer("pngcheck", ("pngcheck", "-q", "@files"), same=True)),
    "text-find": (Peer("grep -c", ("grep", "-c", "-F", "sounding", "@files")),
                  Peer("ripgrep", ("rg", "-j", "1", "--count-matches", "-F", "sounding", "@files"), same=True)),
    "text-grep": (Peer("grep -n", ("grep", "-n", "-F", "sounding", "@files"), same=True),
                  Peer("ripgrep", ("rg", "-j", "1", "-n", "-F", "sounding", "@files"), same=True)),
    "hash-crc32": (Peer("rhash", ("rhash", "--crc32", "--simple", "@files"), same=True),
                   Peer("7z", ("7z", "h", "-scrcCRC32", "-mmt1", "@files")),
                   Peer("Python's zlib", ("python3:zlib", "-c", PYTHON_CRC, "@files"))),
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
