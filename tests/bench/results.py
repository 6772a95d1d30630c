"""What was measured: kept in a file from run to run, and told in tables."""

import json

import peers
import table
from jobs import JOBS
from measuring import Cost, Row

# peers that have a column of their own in the table of the goals
COLUMNS = "Kaitai C++", "Kaitai C++, fastest", "poke", "fq", "Construct"


def read(path):
    """Returns the rows of a file, by the names of jobs; none of a file that isn't there."""
    if not path or not path.exists():
        return {}
    kept = json.loads(path.read_text(encoding="utf-8"))
    return {name: [Row(command, units, Cost(*median), *rest) for command, units, median, *rest in rows]
            for name, rows in kept.items()}


def write(path, results):
    if path:
        path.write_text(json.dumps(results, indent=1), encoding="utf-8")


def measured_jobs(results):
    return [job for job in JOBS if job.name in results]


def costs(results):
    """Returns the table of all that was measured."""
    cells = []
    for job in measured_jobs(results):
        for row in results[job.name]:
            goal = {"sonde": job.goal, "sonde -j 2": job.goal_threads}.get(row.command)
            one = job.run or job.each
            cells.append((job.name, row.command, f"{row.units}", table.time_text(row.median.cpu, one),
                          table.time_text(row.median.wall, one), f"{row.median.peak:.1f}", f"{row.private:.1f}", f"{row.cpu:.2f}",
                          f"{row.wall:.2f}", f"{goal or ''}"))
    return table.text(("job", "command", "of", "cpu", "wall", "peak MiB", "private MiB", "cpu x C", "wall x C", "goal"), cells,
                      range(2, 10))


def reached(row, goal):
    """Returns what is reached of a goal, as a text, and whether that keeps it."""
    ratio, time = {"cpu": (row.cpu, row.median.cpu), "wall": (row.wall, row.median.wall)}[goal.cost]
    value = round(time / 1e6 if goal.milliseconds else ratio, 2)
    return f"{value:.2f}{' ms' * goal.milliseconds}", "yes" if value <= goal.most else "no"


def goals(results):
    """Returns the table of the goals and of what other programs take."""
    cells = []
    for job in measured_jobs(results):
        rows = {row.command: row for row in results[job.name]}
        own = "C", "sonde", "sonde -j 2"
        others = ", ".join(f"{name} {table.times_text(row.sonde)}" for name, row in rows.items() if name not in COLUMNS + own)
        times = (table.times_text(rows[name].sonde) if name in rows else "" for name in COLUMNS)
        told = (str(job.goal), *reached(rows["sonde"], job.goal)) if job.goal else ("", f"{rows['sonde'].cpu:.2f}", "")
        cells.append((job.name, *told, *times, others))
        if job.goal_threads:
            cells.append((f"{job.name} -j 2", str(job.goal_threads), *reached(rows["sonde -j 2"], job.goal_threads),
                          *("" for _ in COLUMNS), ""))
    return table.text(("job", "goal", "reached", "kept", *COLUMNS, "others"), cells, (2, *range(4, 4 + len(COLUMNS))))


def wishes(results):
    """Returns the table of what is wanted against other programs: how many times sonde's processor time they should take."""
    cells = []
    for job in measured_jobs(results):
        rows = {row.command: row for row in results[job.name]}
        for peer in peers.PEERS.get(job.name, ()):
            if peer.wanted and peer.name in rows:
                got, of_c = (table.times_text(ratio) for ratio in (rows[peer.name].sonde, rows[peer.name].cpu))
                cells.append((job.name, peer.name, f"{peer.wanted:g}", got, "yes" if float(got) >= peer.wanted else "no", of_c))
    return table.text(("job", "program", "wanted", "reached", "kept", "times the C's"), cells, (2, 3, 5))


def tables(results):
    """Returns the tables by their names in doc/performance.md."""
    return {"goals": goals(results), "wishes": wishes(results), "costs": costs(results)}
