#!/usr/bin/env python3
"""with_struct.py JOB FILE: the jobs, with what Python has; the same code reads samples before anything is timed."""

import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import readers


def main():
    job, path = sys.argv[1:]
    readers.SAMPLE = 1
    read = getattr(readers, job.replace("-", "_"))([pathlib.Path(path)])
    if isinstance(read, str):
        sys.stdout.write(read)
    else:
        sys.stdout.buffer.writelines(line for _, line in read)


main()
