#!/usr/bin/env python3
"""with_numpy.py JOB FILE: the jobs on records, with numpy."""

import json
import sys

import numpy

RECORD = numpy.dtype({
    "names": ["id", "time", "level", "value", "delta", "port"],
    "formats": ["<u8", "<u4", "u1", "<f8", "<i4", "<u2"],
    "offsets": [0, 8, 15, 19, 31, 35],
    "itemsize": 64,
})


def wanted(records):
    return (records["port"] >= 1024) & (records["level"] < 50)


def main():
    job, path = sys.argv[1:]
    records = numpy.memmap(path, RECORD, mode="r+" if job == "patch" else "r")
    if job == "csv":
        print("id,time,value,port")
        columns = [records[name].tolist() for name in ("id", "time", "value", "port")]
        sys.stdout.writelines(f"{number},{time},{json.dumps(value)},{port}\n" for number, time, value, port in zip(*columns))
    elif job == "count":
        print(numpy.count_nonzero(wanted(records)))
    elif job == "sum":
        print(f"sum(port),max(port)\n{records['port'].sum(dtype=numpy.uint64)},{records['port'].max()}")
    elif job == "last":
        print(records["port"][-1])
    elif job == "patch":
        which = wanted(records)
        records["delta"][which] = -1 - records["delta"][which]
        records.flush()


main()
