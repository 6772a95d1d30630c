"""What the format tests written in Python share.

    import formats

    @formats.test
    def what_is_tested(folder):                 # folder: an empty one, a pathlib.Path, for what the case writes
        ...
        formats.same("header", formats.dump(path)["header"], {"width": 3})

    @formats.test_each(PATHS)
    def what_is_tested_of_each(folder, path):   # a case for each element
        ...

    formats.main()

A case fails with any exception; formats.Skipped passes it over. A test may import another for what that one makes: the cases of
the other do not run.
"""

import concurrent.futures
import importlib
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import verified  # noqa: E402 (in the folder above)

SAMPLES = pathlib.Path(__file__).resolve().parent / "samples"
SECONDS = 120
SYSTEM_MODULES = "/usr/lib/python3/dist-packages"

_cases = []

sys.setrecursionlimit(1 << 14)  # what is nested in a damaged file goes as deep as sonde does


class Failed(Exception):
    pass


class Skipped(Exception):
    pass


def _run_from(function):
    return function.__module__ == "__main__"


def test(function):
    if _run_from(function):
        _cases.append((function.__name__, function))
    return function


def test_each(elements):
    def register(function):
        for element in elements if _run_from(function) else ():
            shown = element.name if isinstance(element, pathlib.Path) else element
            _cases.append((f"{function.__name__} {shown}", lambda folder, element=element: function(folder, element)))
        return function

    return register


def _run(case):
    """Runs a case and returns the line that tells of it."""
    name, function = case
    with tempfile.TemporaryDirectory(prefix="sonde-formats-") as folder:
        try:
            function(pathlib.Path(folder))
            return f"ok {name}"
        except Skipped as reason:
            return f"skipped {name}: {reason}"
        except Exception as error:
            why = str(error) if isinstance(error, Failed) else f"{type(error).__name__}: {error}"
            return f"FAILED {name}: {why}"


def main(at_once=1):
    """Runs the cases, so many at a time, and prints a line for each."""
    if sys._getframe(1).f_globals["__name__"] != "__main__":
        return
    with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
        for line in pool.map(_run, _cases):
            print(line, flush=True)


def need(*programs):
    """Passes the case over unless these programs are installed."""
    for program in programs:
        if not shutil.which(program):
            raise Skipped(f"{program} is not installed")


def module(name):
    """Returns a module, which may be one of the system's Python though another runs the tests; passes the case over without it."""
    if SYSTEM_MODULES not in sys.path:
        sys.path.append(SYSTEM_MODULES)
    try:
        return importlib.import_module(name)
    except ImportError:
        raise Skipped(f"Python's module {name} is not installed")


def say(*command, status=0, **options):
    """Returns what a program writes to standard output, as text."""
    result = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, timeout=SECONDS, **options)
    if status is not None and result.returncode != status:
        words = " ".join(str(word) for word in command)
        raise Failed(f"'{words}' ended with {result.returncode}, not {status}: {told(result.stderr)}")
    return result.stdout.decode(errors="surrogateescape")


def told(data):
    return data.decode(errors="backslashreplace").strip().replace("\n", " | ")[:400]


def sonde(path, *options):
    """Runs sonde dump -f json; returns its status, standard output and standard error, the last two as bytes."""
    result = subprocess.run([os.environ["SONDE"], "dump", "-f", "json", *options, str(path)], stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=SECONDS)
    return result.returncode, result.stdout, result.stderr


def dump(path, *options, status=0):
    """Returns what sonde shows of a file, as Python's json reads it. The status is checked."""
    ended, output, errors = sonde(path, *options)
    if ended != status:
        raise Failed(f"sonde {path}: status {ended}, not {status}: {told(errors)}")
    return json.loads(output)


def same(where, got, wanted):
    """Fails with the first place where two values of lists, dictionaries and scalars differ. An entry that is wanted
    with the value None must not be there; an entry that only got has is of no interest."""
    if isinstance(wanted, dict):
        if not isinstance(got, dict):
            raise Failed(f"{where}: {brief(got)} instead of {brief(wanted)}")
        for key, value in wanted.items():
            same(f"{where}.{key}", got.get(key), value)
    elif isinstance(wanted, (list, tuple)):
        if not isinstance(got, list) or len(got) != len(wanted):
            count = f"{len(got)} elements" if isinstance(got, list) else brief(got)
            raise Failed(f"{where}: {count} instead of {len(wanted)} elements")
        for index, value in enumerate(wanted):
            same(f"{where}[{index}]", got[index], value)
    elif type(got) is not type(wanted) or got != wanted:
        raise Failed(f"{where}: {brief(got)} instead of {brief(wanted)}")


def withstand(folder, schema, data, whole=(), most=150):
    """Fails unless a file that was cut, or has other bytes here and there, gives JSON and an honest status: 4 wherever it was
    cut but at the lengths in whole. Cuts, and changes, are at most so many."""
    rng = random.Random(len(data))
    path = folder / "damaged"
    sizes = range(len(data)) if len(data) <= most else sorted(rng.sample(range(len(data)), most))
    for size in sizes:
        path.write_bytes(data[:size])
        _withstood(path, schema, f"cut at {size} of {len(data)} bytes", (0, 1) if size in whole else (4,))
    for _ in range(most):
        changed, places = bytearray(data), [rng.randrange(len(data)) for _ in range(rng.randrange(1, 4))]
        for place in places:
            changed[place] = rng.choice((0, 0xff, rng.randrange(256)))
        path.write_bytes(changed)
        _withstood(path, schema, f"changed at {places}", (0, 1, 4))


def _withstood(path, schema, what, statuses):
    status, output, errors = sonde(path, "-s", schema)
    if status not in statuses:
        raise Failed(f"{what}: status {status}: {told(errors)}")
    try:
        json.loads(output)
    except ValueError as error:
        raise Failed(f"{what}: what comes out is no JSON: {error}")
    verifies(path, schema, what, status, errors)


def verifies(path, schema, what, status, errors):
    """Fails unless verify tells of a file what dump told of it by the same schema."""
    different = verified.difference(os.environ["SONDE"], path, ["-s", str(schema)], status, errors)
    if different:
        raise Failed(f"{what}: {different}")


def brief(value):
    text = json.dumps(value, default=str)
    return text if len(text) <= 200 else text[:200] + "…"
