"""The commands of a job: C, sonde, and other programs that are installed."""

import filecmp

import checks
import files
import peers
from measuring import Command


def command(job, name, argv, paths, count):
    flags = ["-p"] if job.pipe else ["-e", str(len(paths))] if job.each else []
    return Command(name, argv, 1 if job.run else count, flags, paths[0])


def files_of(job, maker, count):
    """Returns a job's files, and how many elements there are: of what is on the machine it can be fewer."""
    paths = maker.make(job.data, count)
    return paths, len(paths) if job.here else count


def own(job, maker, records):
    """Returns the files of a job and the commands: C, sonde in one thread, and sonde in two where it can make use of them."""
    paths, count = files_of(job, maker, job.count(records))
    made = []
    for name, threads in (("C", 0), ("sonde", 1), ("sonde -j 2", 2)):
        if threads < 2 or "@threads" in job.words and not job.each:
            seen = [files.copy_of(paths[0], name)] if job.changes else paths
            argv = job.sonde(count, seen, threads=threads) if threads else job.c(maker.folder, count, seen)
            made.append(command(job, name, argv, seen, count))
    return paths, made


def check_peer(job, peer, c, folder):
    """Raises checks.Wrong unless another program does the same as the C."""
    if job.changes:
        for one in (peer, c):
            checks.command_output(job, one, folder / "out")
        outputs = peer.path, c.path
    else:
        outputs = [checks.command_output(job, one, folder / f"{i}.out") for i, one in enumerate((peer, c))]
    if not filecmp.cmp(*outputs, shallow=False):
        raise checks.Wrong(f"{peer.name} and C differ in {checks.first_difference(*outputs)}")


def peers_of(job, maker, records):
    """Returns the files of the other programs, which can be smaller ones, and their commands."""
    used, made = [], []
    for peer, words in peers.installed(job, maker.folder):
        paths, count = files_of(job, maker, max(1, round(job.count(records) * peer.share)))
        if job.changes:
            paths, other = [files.copy_of(paths[0], peer.name)], [files.copy_of(paths[0], "checked")]
        else:
            other = paths
        made.append(command(job, peer.name, list(job.expand(words, count, paths)), paths, count))
        used += paths
        if peer.same:
            check_peer(job, made[-1], command(job, "C", job.c(maker.folder, count, other), other, count), maker.folder)
    return used, made
