"""The jobs: what is done, by sonde and by hand-written C, and how to tell that it is done right."""

import dataclasses
import os
import pathlib
import typing

import checks
import readers

HERE = pathlib.Path(__file__).resolve().parent
PORTS = "port >= 1024 && level < 50"
FOR = "for (r : records[$.port >= 1024 && $.level < 50]) { set r.delta = -1 - r.delta; }"


@dataclasses.dataclass(frozen=True)
class Goal:
    """What doc/performance.md wants of sonde: a ratio to the C, or a time for one, that is not to be exceeded."""

    cost: str                   # cpu or wall
    most: float
    milliseconds: bool = False  # it is a time

    def __str__(self):
        return f"{self.cost} ≤ {self.most:g}{' ms' * self.milliseconds}"


@dataclasses.dataclass(frozen=True)
class Job:
    """@files in a command are the job's files, @schema is its schema, @last its last element, @nth that at nine tenths,
    @threads in how many threads sonde may work."""

    name: str               # as one that sonde does it; the C is c/ and this name, unless program says otherwise
    data: str               # what is generated
    times: float            # so many elements for each record that was asked for
    words: tuple            # sonde's
    check: typing.Callable  # what is printed, or done
    program: str = ""
    more: tuple = ()        # what the C gets in front of the files
    behind: tuple = ()      # and behind them
    schema: str = ""        # a file of this folder, or the name of one of sonde's own
    changes: bool = False   # the job changes its file, so each command has one of its own
    pipe: bool = False      # the output goes into a pipe
    each: bool = False      # a process for each file
    run: bool = False       # cost is for a run, not for an element
    here: bool = False      # the files are the machine's own, and differ from one to the other
    goal: Goal = None
    goal_threads: Goal = None  # of two threads

    def count(self, records):
        return max(1, round(records * self.times))

    def matches(self, word):
        return word == self.name or word in self.name.split("-")

    def expand(self, words, count, paths, schemas=HERE, threads=1):
        texts = {"@schema": f"{schemas}/{self.schema}" if "." in self.schema else self.schema, "@threads": str(threads)}
        for word in words:
            if word == "@files":
                yield from map(str, paths)
            else:
                yield texts.get(word, word).replace("@last", str(count - 1)).replace("@nth", str(count * 9 // 10))

    def sonde(self, count, paths, schemas=HERE, threads=1):
        return [os.environ["SONDE"], *self.expand(self.words, count, paths, schemas, threads)]

    def programs(self):
        """Returns the names of what of c/ it takes."""
        return {self.program or self.name.replace("-", "_"), f"gen_{self.data}"}

    def c(self, folder, count, paths):
        program = folder / (self.program or self.name.replace("-", "_"))
        return [str(program), *self.expand((*self.more, "@files", *self.behind), count, paths)]


RECORDS = {"data": "records", "schema": "records.sonde"}
PACKETS = {"data": "packets", "schema": "packets.sonde"}
DUMP = "dump", "-j", "@threads", "-f", "jsonl", "-s", "@schema", "@files"
SELECT = "select", "-j", "1", "-s", "@schema", "@files"
OBJECTS = {"data": "elf", "schema": "elf.sonde", "program": "elf_json", "check": checks.lines(readers.elf_json),
           "words": ("dump", "-j", "@threads", "-f", "json", "--compact", "-s", "@schema", "@files")}

JOBS = (
    Job("records-jsonl", times=1, words=DUMP, check=checks.lines(readers.records_jsonl), goal=Goal("cpu", 1.1),
        goal_threads=Goal("wall", 0.65), **RECORDS),
    Job("records-pipe", times=1, words=DUMP, check=checks.lines(readers.records_jsonl), program="records_jsonl", pipe=True,
        goal=Goal("wall", 1.15), **RECORDS),
    Job("records-csv", times=1, words=("select", "-j", "@threads", "-f", "csv", "-c", "id,time,value,port", "-s", "@schema", "@files"),
        check=checks.lines(readers.records_csv), goal=Goal("cpu", 1.15), **RECORDS),
    Job("records-count", times=10, words=(*SELECT, "--count", "-w", PORTS), check=checks.whole(readers.records_count),
        goal=Goal("cpu", 1.1), **RECORDS),
    Job("records-sum", times=10, words=(*SELECT, "-f", "csv", "-a", "sum(port), max(port)"),
        check=checks.whole(readers.records_sum), goal=Goal("cpu", 1.1), **RECORDS),
    Job("records-last", "sparse", 10, ("get", "-s", "@schema", "@files", "records[@last].port"),
        checks.whole(readers.records_last), schema="records.sonde", run=True, goal=Goal("cpu", 2)),
    Job("records-patch", times=1, words=("patch", "-i", "-e", FOR, "-s", "@schema", "@files"),
        check=checks.changed(readers.records_patch), changes=True, goal=Goal("cpu", 2), **RECORDS),
    Job("packets-jsonl", times=1, words=DUMP, check=checks.lines(readers.packets_jsonl), goal=Goal("cpu", 1.2), **PACKETS),
    Job("packets-count", times=1, words=(*SELECT, "--count"), check=checks.whole(readers.packets_count),
        goal=Goal("cpu", 1.1), **PACKETS),
    Job("packets-nth", times=1, words=("get", "-s", "@schema", "@files", "packets[@nth].captured"),
        check=checks.whole(readers.packets_nth), more=("@nth",), **PACKETS),
    Job("tlv-jsonl", "tlv", 1, DUMP, checks.lines(readers.tlv_jsonl), schema="tlv.sonde", goal=Goal("cpu", 1.3)),
    Job("elf-many", times=1 / 400, goal=Goal("cpu", 1.5), **OBJECTS),
    Job("elf-each", times=1 / 10000, each=True, goal=Goal("wall", 1.5, True), **OBJECTS),
    Job("elf-system", times=1 / 400, here=True, **{**OBJECTS, "data": "system"}),
    Job("startup", times=1 / 50000, each=True, goal=Goal("wall", 1.5, True), **{**OBJECTS, "data": "header"}),
    Job("startup-shipped", "header", 1 / 50000, ("dump", "-f", "json", "-s", "@schema", "@files"), checks.started,
        program="empty", schema="elf", each=True, goal=Goal("wall", 1.5, True)),
    Job("chunks-verify", "chunks", 1 / 50, ("verify", "-s", "@schema", "@files"), checks.verified, schema="chunks.sonde"),
    Job("text-find", "text", 1, ("find", "--count", "@files", "sounding"), checks.whole(readers.text_find),
        behind=("sounding",)),
    Job("text-grep", "text", 1, ("grep", "@files", "sounding"), checks.whole(readers.text_grep), behind=("sounding",)),
    Job("hash-crc32", "records", 1, ("hash", "-a", "crc32", "@files"), checks.whole(readers.hash_crc32)),
    Job("hash-sha256", "records", 1, ("hash", "@files"), checks.whole(readers.hash_sha256)),
)
