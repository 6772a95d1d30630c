"""The files that the jobs are about: made by the generators in c/, the same ones on every machine."""

import os
import pathlib
import struct
import subprocess

MIB = 1 << 20
# the kinds that a generator makes when it is told the least and the greatest length
SHORT = {"short-packets": ("packets", "42", "66"), "short-chunks": ("chunks", "0", "40")}


class Maker:
    """Makes files in a folder, each once."""

    def __init__(self, folder):
        self.folder = folder
        self._found = {}

    def make(self, kind, count):
        """Returns the paths of what there is of a kind, so many of its elements."""
        make = {"elf": self._objects, "sparse": self._sparse, "header": self._header, "system": self._system}.get(kind)
        return make(count) if make else [self._generated(kind, count)]

    def remove(self, paths):
        """Removes files that were made."""
        for path in paths:
            path.unlink()
        if paths[0].parent != self.folder:
            paths[0].parent.rmdir()

    def program(self, name):
        return str(self.folder / name)

    def _generated(self, kind, count):
        path = self.folder / f"{kind}-{count}"
        generator, *lengths = SHORT.get(kind, (kind,))
        if not path.exists():
            with open(path, "wb") as file:
                subprocess.run([self.program(f"gen_{generator}"), str(count), *lengths], stdout=file, check=True)
        return path

    def _objects(self, count):
        folder = self.folder / f"elf-{count}"
        if not folder.exists():
            folder.mkdir()
            subprocess.run([self.program("gen_elf"), str(folder), str(count)], check=True)
        return sorted(folder.iterdir())

    def _sparse(self, count):
        """Records of which all but the last are zeros, which take no room; the last is one that conditions hold for."""
        path = self.folder / f"sparse-{count}"
        if not path.exists():
            data = self._generated("records", 100).read_bytes()
            last = next(data[at:at + 64] for at in range(0, len(data), 64) if data[at + 36] >= 4 and data[at + 15] < 50)
            with open(path, "wb") as file:
                file.seek((count - 1) * 64)
                file.write(last)
        return [path]

    def _header(self, count):
        """An object of 100 bytes, a header and what nobody describes, so many times."""
        path = self.folder / "header"
        header = struct.pack("<4sBBBB8xHHIQQQIHHHHHH", b"\x7fELF", 2, 1, 1, 0, 1, 62, 1, 0, 0, 0, 0, 64, 0, 0, 64, 0, 0)
        path.write_bytes(header.ljust(100, b"\0"))
        return [path] * count

    def _system(self, count):
        """Programs, libraries and objects that came with the machine, from all over it: those for x86-64 that the C reads."""
        if count not in self._found:
            found = [path for path in sorted(system_files()) if is_object(path)]
            chosen = [found[i * len(found) // count] for i in range(count)] if count < len(found) else found
            self._found[count] = [path for path in chosen if subprocess.run([self.program("elf_json"), path], check=False,
                                                                            stdout=subprocess.DEVNULL).returncode == 0]
        return self._found[count]


def system_files():
    """Yields the names of what could be objects."""
    for top in "/usr/bin", "/usr/lib":
        for folder, _, names in os.walk(top):
            for name in names:
                path = pathlib.Path(folder, name)
                if (top == "/usr/bin" or name.endswith((".o", ".so")) or ".so." in name) and path.is_file() and not path.is_symlink():
                    yield path


def is_object(path):
    """Returns whether a file is an object of 64 bits for x86-64."""
    try:
        with open(path, "rb") as file:
            head = file.read(20)
    except OSError:
        return False
    return head[:7] == b"\x7fELF\2\1\1" and head[18:] == b"\x3e\0"


def copy_of(path, name):
    """Returns a copy of a file beside it."""
    copy = path.with_name(f"{path.name}-{name}")
    with open(path, "rb") as source, open(copy, "wb") as target:
        while block := source.read(4 * MIB):
            target.write(block)
    return copy


def settle(paths):
    """Has the page cache hold files the way they come from disk with large reads: in large pieces. Those of a file that
    was written a moment ago can be small, and then reading it through a map can take twice as long."""
    block = bytearray(4 * MIB)
    os.sync()
    for path in paths:
        with open(path, "rb", buffering=0) as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_SEQUENTIAL)
            while file.readinto(block):
                pass
