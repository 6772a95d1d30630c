"""How the time for one element and the memory grow with the file, for jobs that go through all of it.

100 million elements have to find room on a disk: records are zeros in a hole of the file, but for those that change; packets and
chunks are short; an element of the objects is a section or a symbol."""

import collections
import filecmp
import resource
import statistics
import sys

import checks
import commands
import files
import measuring
import table

SIZES = 10**4, 10**5, 10**6, 10**7, 10**8
FILES = {"records": "sparse", "packets": "short-packets", "chunks": "short-chunks"}
# sections and symbols of an object, on average
OF_OBJECT = 600
# so many take long enough to be measured once
LONG = 10**7
# room for the names of as many objects among a program's arguments, which are a quarter of the stack at most
STACK = 24 << 20


def kind_of(job):
    """Returns what a job's file is made of."""
    return job.data if job.changes else FILES.get(job.data, job.data)


def count_of(job, elements):
    """Returns how many records, packets or objects so many elements are."""
    return max(1, elements // OF_OBJECT) if job.data == "elf" else elements


def command_of(job, name, threads, maker, paths, elements):
    """Returns sonde's command, or the C's, in the folder of the files, so that their names are short."""
    names, count = [path.name for path in paths], count_of(job, elements)
    argv = job.sonde(count, names, threads=threads) if threads else job.c(maker.folder, count, names)
    return commands.command(job, name, argv, paths, elements)._replace(cwd=paths[0].parent)


def commands_of(job, maker, paths, elements):
    """Yields sonde's commands, in one thread, and in two where it can make use of them."""
    yield command_of(job, job.name, 1, maker, paths, elements)
    if "@threads" in job.words:
        yield command_of(job, f"{job.name} -j 2", 2, maker, paths, elements)


def check(job, maker, paths, elements):
    """Ends the program unless sonde prints what the C prints, or makes the same of a file that changes."""
    seen = [files.copy_of(paths[0], "C")] if job.changes else paths
    c = command_of(job, "C", 0, maker, seen, elements)
    for command in commands_of(job, maker, paths, elements):
        same = checks.same_output(command, c)
        if job.changes:
            same = filecmp.cmp(paths[0], seen[0], shallow=False)
            seen[0].unlink()
        if not same:
            sys.exit(f"{command.name}: C and sonde differ for {elements} elements")


def measure(maker, command, rounds):
    """Returns the nanoseconds for an element, and the most private memory in MiB."""
    if command.units >= LONG:
        seen = measuring.watch(command, 0.001)
        return seen or sys.exit(f"{command.name} fails")
    costs = [measuring.measure(maker.folder, command) for _ in range(rounds)]
    return statistics.median(cost.cpu for cost in costs), measuring.private_memory(command)


def measure_kind(kind, jobs, maker, elements, rounds):
    """Yields a command's name, the text of its time for an element, and its memory, for jobs on files of one kind."""
    paths = maker.make(kind, count_of(jobs[0], elements))
    for job in jobs:
        check(job, maker, paths, elements)
    files.settle(paths)
    for job in jobs:
        for command in commands_of(job, maker, paths, elements):
            time, memory = measure(maker, command, rounds)
            yield command.name, table.time_text(time, job.run), f"{memory:.1f}"
    maker.remove(paths)


def tables(jobs, maker, most, rounds):
    """Returns the tables of user and system time for an element, and of the most private memory in MiB, by their names in
    doc/performance.md."""
    resource.setrlimit(resource.RLIMIT_STACK, (STACK, resource.getrlimit(resource.RLIMIT_STACK)[1]))
    kinds = collections.defaultdict(list)
    for job in jobs:
        if not (job.each or job.pipe or job.here):
            kinds[kind_of(job)].append(job)
    sizes = [size for size in SIZES if size <= most]
    times, memory = collections.defaultdict(list), collections.defaultdict(list)
    for kind, those in kinds.items():
        for size in sizes:
            print(f"bench: {kind}, {size} elements", file=sys.stderr)
            for name, *cells in measure_kind(kind, those, maker, size, rounds):
                for found, cell in zip((times, memory), cells):
                    found[name].append(cell)
    header = ("job", *(f"1e{len(str(size)) - 1}" for size in sizes))
    return {name: table.text(header, [(job, *cells) for job, cells in found.items()], range(1, len(header)))
            for name, found in (("growth of time", times), ("growth of memory", memory))}
