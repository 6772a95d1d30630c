"""Holds 'sonde verify' to what 'sonde dump -f json' tells of the same file: the same faults and findings, and the same status."""

import re
import subprocess

MORE = re.compile(r"sonde: .*: (\d+) more (?:faults|findings)$")


def _is_among(lines, others):
    """Whether the lines stand among the others in their order."""
    rest = iter(others)
    return all(line in rest for line in lines)


def difference(sonde, path, options, status, errors, **how):
    """What verify says otherwise than dump, which ended with a status and wrote errors (bytes) with the same options, of which
    --compact and the like are none; None where it is the same."""
    done = subprocess.run([sonde, "verify", *options, str(path)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=120, check=False, **how)
    got = done.stdout.decode(errors="backslashreplace").splitlines()
    apart = done.stderr.decode(errors="backslashreplace").splitlines()  # about the file as such: both say it
    told = errors.decode(errors="backslashreplace").splitlines()
    more = sum(int(MORE.match(line)[1]) for line in told if MORE.match(line))
    wanted = [line.removeprefix("sonde: ") for line in told if line not in apart and not MORE.match(line)]
    if done.returncode != status:
        return f"verify ends with {done.returncode}, dump with {status}: {done.stderr.decode(errors='backslashreplace')}"
    if len(got) != len(wanted) + more or not _is_among(wanted, got):
        return "verify says\n  " + "\n  ".join(got) + "\nand dump\n  " + "\n  ".join(told)
    return None
