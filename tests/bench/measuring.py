"""What commands cost: each runs in turn, round by round."""

import collections
import os
import re
import statistics
import subprocess
import sys
import time

# argv: the program and its arguments; units: what it does so many times; flags: measure's; path: the first of its files; cwd:
# the folder that it runs in
Command = collections.namedtuple("Command", "name argv units flags path cwd", defaults=(None,))
Cost = collections.namedtuple("Cost", "cpu wall peak")  # nanoseconds a unit, and MiB
# median: a Cost; private: MiB; cpu, wall: ratios to C; sonde: the ratio of cpu to sonde's
Row = collections.namedtuple("Row", "command units median private cpu wall sonde")


def measure(folder, command):
    """Runs a command once."""
    line = subprocess.run([folder / "measure", *command.flags, *command.argv], cwd=command.cwd, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, check=True).stdout
    status, user, system, wall, peak = map(int, line.split())
    if status:
        sys.exit(f"{command.name} ends with status {status}")
    return Cost((user + system) * 1e3 / command.units, wall * 1e3 / command.units, peak / 1024)


def watch(command, pause):
    """Runs a command once, for one of its files where it runs for each, and looks at it every so many seconds. Returns the
    nanoseconds of processor time for a unit, and the most memory of its own, file pages left out, that was seen, in MiB; None
    when the command fails."""
    most = 0
    argv = command.argv[:len(command.argv) - command.units + 1] if "-e" in command.flags else command.argv
    process = subprocess.Popen(argv, cwd=command.cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with open(f"/proc/{process.pid}/status", "rb", buffering=0) as status:
        while True:
            pid, process.returncode, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            status.seek(0)
            found = re.search(rb"RssAnon:\s*([0-9]+)", status.read(4096))
            most = max(most, int(found[1]) if found else 0)
            time.sleep(pause)
    return None if process.returncode else ((usage.ru_utime + usage.ru_stime) * 1e9 / command.units, most / 1024)


def private_memory(command):
    """Runs a command, a short one several times, and returns the most memory of its own, as watch does."""
    most = 0
    begin = time.monotonic()
    while time.monotonic() - begin < (0.1 if most else 1):
        seen = watch(command, 0.0001)
        if seen is None:
            return None
        most = max(most, seen[1])
    return most


def ratio(costs, others, what):
    """Returns the median of the ratios of rounds."""
    return statistics.median(getattr(cost, what) / max(getattr(other, what), 1e-3) for cost, other in zip(costs, others))


def compare(job, commands, folder, rounds, peers, peer_rounds):
    """Yields a row for each command, the first of which is the C, the second sonde; the last ones, so many peers, take part in the
    first rounds only."""
    private = {command.name: private_memory(command) for command in commands}
    lasting = {command.name for command in commands[:len(commands) - peers]}
    for command in commands:
        if private[command.name] is None:
            print(f"{job.name}: {command.name} fails and is left out", file=sys.stderr)
    commands = [command for command in commands if private[command.name] is not None]
    costs = {command.name: [] for command in commands}
    for i in range(rounds):
        those = [command for command in commands if i < peer_rounds or command.name in lasting]
        turn = i % len(those)
        for command in those[turn:] + those[:turn]:
            costs[command.name].append(measure(folder, command))
    for command in commands:
        mine = costs[command.name]
        yield Row(command.name, command.units, Cost(*map(statistics.median, zip(*mine))), private[command.name],
                  ratio(mine, costs["C"], "cpu"), ratio(mine, costs["C"], "wall"), ratio(mine, costs["sonde"], "cpu"))
