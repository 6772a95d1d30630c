"""What the tests of changed files share: sonde set and sonde patch, and what every change must keep to."""

import os
import re
import subprocess

import formats

PLANNED = re.compile(r"^\d+ changes?, (\d+) bytes (?:as before|become (\d+))$", re.MULTILINE)


def run(*words, **options):
    return subprocess.run([os.environ["SONDE"], *map(str, words)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=formats.SECONDS, **options)


def command(path, sets, script, schema):
    words = ["patch", path, "-e", script] if script else ["set", path, *sets]
    return words + (["-s", schema] if schema else [])


def change(path, *sets, script=None, schema=None, options=()):
    """Changes a file, by `set` or by a script. A dry run in front of it changes nothing, and says what size comes of it."""
    words = [*command(path, sets, script, schema), *options]
    before = path.read_bytes()
    planned = run(*words, "-n")
    formats.same("the plan", [planned.returncode, formats.told(planned.stderr)], [0, ""])
    formats.same("untouched by the plan", path.read_bytes() == before, True)
    sizes = PLANNED.findall(planned.stdout.decode())
    done = run(*words)
    formats.same("the change", [done.returncode, formats.told(done.stderr), done.stdout.decode()], [0, "", ""])
    formats.same("changed", path.read_bytes() != before, True)
    formats.same("size", path.stat().st_size, int(sizes[-1][1] or sizes[-1][0]))
    verified = run("verify", path, *(["-s", schema] if schema else []))
    formats.same("verify", [verified.returncode, formats.told(verified.stderr)], [0, ""])


def refused(path, *sets, script=None, schema=None, status=1, say=(), **options):
    """A change is refused with those words; the file is as it was and nothing is beside it."""
    before, there = path.read_bytes(), sorted(os.listdir(path.parent))
    result = run(*command(path, sets, script, schema), **options)
    formats.same("status", [result.returncode, result.stdout.decode()], [status, ""])
    for word in say:
        if word not in result.stderr.decode():
            raise formats.Failed(f"'{word}' is not said: {formats.told(result.stderr)}")
    formats.same("untouched", path.read_bytes() == before, True)
    formats.same("files", sorted(os.listdir(path.parent)), there)
