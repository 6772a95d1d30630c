"""Tables in Markdown, as they stand in doc/performance.md."""


def time_text(nanoseconds, in_milliseconds=False):
    if in_milliseconds:
        return f"{nanoseconds / 1e6:.2f} ms"
    if nanoseconds >= 10000:
        return f"{nanoseconds / 1e3:.1f} µs"
    return f"{nanoseconds:.0f} ns" if nanoseconds >= 10 else f"{nanoseconds:.1f} ns"


def times_text(ratio):
    return f"{ratio:.0f}" if ratio >= 9.95 else f"{ratio:.1f}"


def text(header, rows, numbers):
    """Returns a table; the columns whose numbers these are hold numbers, and the others texts."""
    widths = [max(map(len, column)) for column in zip(header, *rows)]
    rule = ["-" * (width - 1) + ":" if i in numbers else "-" * width for i, width in enumerate(widths)]
    lines = []
    for row in (header, rule, *rows):
        cells = (cell.rjust(width) if i in numbers else cell.ljust(width) for i, (cell, width) in enumerate(zip(row, widths)))
        lines.append(f"| {' | '.join(cells)} |\n")
    return "".join(lines)


def put_into(path, tables):
    """Puts tables, by their names, into a page, where each has a place between two comments: "bench: NAME" and "end"."""
    page = path.read_text(encoding="utf-8")
    for name, table in tables.items():
        front, begin, behind = page.partition(f"<!-- bench: {name} -->\n")
        _, end, behind = behind.partition("\n<!-- end -->\n")
        if not begin or not end:
            raise ValueError(f"{path} has no place for the table '{name}'")
        page = f"{front}{begin}\n{table}{end}{behind}"
    path.write_text(page, encoding="utf-8")
