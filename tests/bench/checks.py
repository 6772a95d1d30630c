"""Whether what a job prints or does is right. A check is given the job, its files and its commands, that of C first and
then sonde's, and a folder for what they print; it raises Wrong where something is."""

import filecmp
import json
import re
import struct
import subprocess

import files
import readers


class Wrong(Exception):
    """What is printed or done is not what it should be."""


def command_output(job, command, path):
    """Runs a command, for each of its files where the job does so, with its output in a file."""
    calls = [command.argv]
    if job.each:
        calls = [[*command.argv[:-command.units], name] for name in command.argv[-command.units:]]
    with open(path, "wb") as file:
        for argv in calls:
            status = subprocess.run(argv, stdout=file, check=False).returncode
            if status:
                raise Wrong(f"{command.name} ends with status {status}")
    return path


def same_output(command, other):
    """Returns whether two commands that run at the same time print the same and end well."""
    running = [subprocess.Popen(each.argv, cwd=each.cwd, stdout=subprocess.PIPE) for each in (command, other)]
    same, block = True, b"more"
    while same and block:
        block, other_block = (process.stdout.read(files.MIB) for process in running)
        same = block == other_block
    for process in running:
        process.stdout.close()
    return not any([process.wait() for process in running]) and same


def first_difference(path, other):
    with open(path, "rb") as a, open(other, "rb") as b:
        for number, (line, other_line) in enumerate(zip(a, b), 1):
            if line != other_line:
                return f"line {number}:\n  {line[:1000]!r}\n  {other_line[:1000]!r}"
    return "their number"


def both(look):
    """A check that the C prints what it should, which look tells by (job, paths, path of the output), and sonde the same."""

    def check(job, paths, commands, folder):
        wanted = command_output(job, commands[0], folder / "wanted")
        look(job, paths, wanted)
        for command in commands[1:]:
            printed = command_output(job, command, folder / "printed")
            if not filecmp.cmp(wanted, printed, shallow=False):
                raise Wrong(f"C and {command.name} differ in {first_difference(wanted, printed)}")
        wanted.unlink()
        printed.unlink()

    return check


def lines(reader):
    """Each line that an independent reader reads from the file is there."""

    def look(job, paths, output):
        with open(output, "rb") as printed:
            at = 0
            for number, want in reader(paths):
                while at < number and printed.readline():
                    at += 1
                got = printed.readline()
                at += 1
                if got != want:
                    raise Wrong(f"line {number + 1} is {got!r}, but {want!r} was expected")

    return both(look)


def whole(reader):
    """An output is all that the independent reader makes of the file."""

    def look(job, paths, output):
        got, want = output.read_text(), reader(paths)
        if got != want:
            raise Wrong(f"{got!r} is printed, but {want!r} was expected")

    return both(look)


def changed(reader):
    """What both make of a file is what the independent reader makes of it."""

    def check(job, paths, commands, folder):
        want = reader(paths)
        for command in commands:
            command_output(job, command, folder / "out")
            if command.path.read_bytes() != want:
                raise Wrong(f"{command.name} changes something else")

    return check


def started(job, paths, commands, folder):
    """What sonde shows of the header of an object is in it."""
    with open(command_output(job, commands[1], folder / "out"), encoding="ascii") as file:
        shown = json.loads(file.readline())
    want = struct.unpack_from("<IQQQ", paths[0].read_bytes(), 20)
    got = tuple(shown[name] for name in ("version", "entry", "segment_offset", "section_offset"))
    if got != want:
        raise Wrong(f"{got} is shown, but {want} was expected")


def verified(job, paths, commands, folder):
    """Nothing is said of the file, and of a copy in which some chunks are damaged, that these are."""
    both(lambda job, paths, output: None)(job, paths, commands, folder)
    copy = files.copy_of(paths[0], "damaged")
    with open(copy, "r+b") as file:
        for part in (1, 5, 7):
            file.seek(copy.stat().st_size * part // 8)
            byte = file.read(1)
            file.seek(-1, 1)
            file.write(bytes([byte[0] ^ 4]))
    want = readers.damaged_chunks(copy.read_bytes())
    for command in commands:
        argv = [str(copy) if word == str(paths[0]) else word for word in command.argv]
        printed = subprocess.run(argv, stdout=subprocess.PIPE, check=False, encoding="utf-8").stdout
        got = [int(number) for number in re.findall(r"^(?:.*: chunks\[)?([0-9]+)\b", printed, re.MULTILINE)]
        if got != want:
            raise Wrong(f"{command.name} finds {got} damaged, which {want} are")
    copy.unlink()
