"""How the time for one element and the memory grow with the file, for jobs that go through all of it."""

import statistics

import commands
import files
import measuring
import table

SIZES = 10**4, 10**5, 10**6, 10**7, 10**8
# bytes of an element; the records are zeros, in a hole of the file, so that they take no room on the disk, but for those that
# change
BYTES = {"records": 64, "packets": 486, "tlv": 19, "elf": 32768, "chunks": 8192, "text": 63}
WRITTEN_MOST = 2 << 30
# so many take long enough to be measured once
LONG = 10**7


def sizes_of(job, most):
    """Yields so many records as the job is measured with, and how many elements that is."""
    for size in SIZES:
        elements = size if job.data in ("records", "packets", "tlv", "text") else job.count(size)
        sparse = job.data == "records" and not job.changes
        if size <= most and (sparse or elements * BYTES[job.data] <= WRITTEN_MOST):
            yield size, elements


def measure(job, maker, elements, rounds):
    """Returns the nanoseconds for an element, and the most private memory in MiB."""
    kind = "sparse" if job.data == "records" and not job.changes else job.data
    paths = maker.make(kind, elements)
    command = commands.command(job, "sonde", job.sonde(elements, paths), paths, elements)
    for path in paths:
        files.settle(path)
    costs = [measuring.measure(maker.folder, command) for _ in range(rounds if elements < LONG else 1)]
    private = measuring.private_memory(command)
    maker.remove(paths)
    return statistics.median(cost.cpu for cost in costs), private


def show(jobs, maker, most, rounds):
    times, memory = [], []
    for job in jobs:
        if job.run or job.each or job.pipe:
            continue
        found = {size: measure(job, maker, elements, rounds) for size, elements in sizes_of(job, most)}
        times.append((job.name, *(table.time_text(found[size][0]) if size in found else "" for size in SIZES)))
        memory.append((job.name, *(f"{found[size][1]:.1f}" if size in found else "" for size in SIZES)))
    sizes = [f"1e{len(str(size)) - 1}" for size in SIZES]
    print("User and system time for an element, by the number of records:\n")
    table.show(("job", *sizes), times, 1)
    print("\nThe most private memory, in MiB:\n")
    table.show(("job", *sizes), memory, 1)
