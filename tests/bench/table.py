"""Tables in Markdown, as they stand in doc/performance.md."""


def time_text(nanoseconds, in_milliseconds=False):
    if in_milliseconds:
        return f"{nanoseconds / 1e6:.2f} ms"
    if nanoseconds >= 10000:
        return f"{nanoseconds / 1e3:.1f} µs"
    return f"{nanoseconds:.0f} ns" if nanoseconds >= 10 else f"{nanoseconds:.1f} ns"


def show(header, rows, left=2):
    """Prints a table whose first columns, so many, are texts and the others numbers."""
    widths = [max(map(len, column)) for column in zip(header, *rows)]
    rule = ["-" * width if i < left else "-" * (width - 1) + ":" for i, width in enumerate(widths)]
    for row in (header, rule, *rows):
        cells = (cell.ljust(width) if i < left else cell.rjust(width) for i, (cell, width) in enumerate(zip(row, widths)))
        print("| " + " | ".join(cells) + " |")


def show_costs(rows):
    cells = []
    for row in rows:
        goal = {"sonde": row.job.goal, "sonde -j 2": row.job.goal_threads}.get(row.command, "")
        run = row.job.run or row.job.each
        cells.append((row.job.name, row.command, f"{row.units}", time_text(row.median.cpu, run), time_text(row.median.wall, run),
                      f"{row.median.peak:.1f}", f"{row.private:.1f}", f"{row.cpu:.2f}", f"{row.wall:.2f}", goal))
    show(("job", "command", "of", "cpu", "wall", "peak MiB", "private MiB", "cpu x C", "wall x C", "goal"), cells)
