"""The Markdown of what was measured: see `measure.py`."""

import os
import pathlib
import platform

ROWS = ["floor", "check", "changed", "rebuild", "compose", "floor-write", "cold", "config", "jinja2", "gojsonnet", "jsonnet", "kcl"]
RIVALS = ["floor", "check", "compose", "config", "jinja2", "gojsonnet", "jsonnet", "kcl"]


def text(measured, started, counted, limit):
    sizes = list(measured)
    parts = [
        machine(),
        "### Times",
        table(sizes, ROWS, measured, lambda process, _: seconds(process, limit), growth=True),
        "### As multiples of `stackgen check`",
        table(sizes, RIVALS, measured, lambda process, size: multiple(process, measured[size]["check"], limit)),
        "### Peak memory",
        table(sizes, ROWS, measured, lambda process, _: memory(process)),
        "### Before the first line of work",
        startup(started, counted),
        "### The targets",
        targets(measured, limit),
    ]
    return "\n\n".join(parts) + "\n"


def machine():
    total = next(line for line in pathlib.Path("/proc/meminfo").read_text().splitlines() if line.startswith("MemTotal"))
    gibibytes = int(total.split()[1]) / 1024 / 1024
    return (
        f"A machine with {os.cpu_count()} cores and {gibibytes:.0f} GiB of memory, under {platform.system()} {platform.release().split('-')[0]}. "
        f"Its load was {os.getloadavg()[0]:.1f} at the end; 1 to {os.cpu_count()} of it are the measuring itself."
    )


def table(sizes, rows, measured, cell, *, growth=False):
    large = growth and {1000, 10_000} <= set(sizes)
    head = ["", *(f"{size:,}" for size in sizes), *(["10,000 to 1,000"] if large else [])]
    lines = [head, ["---"] + ["---:"] * (len(head) - 1)]
    for row in rows:
        line = [measured[sizes[0]][row].label, *(cell(measured[size][row], size) for size in sizes)]
        if large:
            small, big = measured[1000][row].median, measured[10_000][row].median
            line.append(f"{big / small:.1f} ×" if small and big else "")
        lines.append(line)
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def seconds(process, limit):
    if process.differs:
        return "makes something else"
    if process.median is None:
        return f"over {limit} s"
    return said(process.median)


def said(taken):
    if taken < 1:
        return f"{taken * 1000:.1f} ms" if taken < 0.1 else f"{taken * 1000:.0f} ms"
    return f"{taken:.2f} s"


def multiple(process, check, limit):
    if check.median is None or process.differs:
        return ""
    if process.median is None:
        return f"over {limit / check.median:.0f} ×"
    ratio = process.median / check.median
    return f"{ratio:.2f} ×" if ratio < 10 else f"{ratio:.0f} ×"


def memory(process):
    return f"{process.kibibytes / 1024:.0f} MiB" if process.kibibytes else ""


def startup(started, counted):
    lines = ["| | time | instructions | peak memory |", "|---|---:|---:|---:|"]
    for name, process in started.items():
        count = f"{counted[name] / 1e6:.2f} million" if counted[name] else "not counted here"
        lines.append(f"| {process.label} | {process.median * 1000:.1f} ms | {count} | {process.kibibytes / 1024:.1f} MiB |")
    return "\n".join(lines)


def targets(measured, limit):
    lines = ["| what | target | measured | |", "|---|---|---|---|"]

    def add(what, target, figure, is_met):
        lines.append(f"| {what} | {target} | {figure} | {'met' if is_met else '**not met**'} |")

    if 14 in measured:
        check = measured[14]["check"].median
        add("`check` on the reference stack's size", "under 10 ms", said(check), check < 0.010)
    if 10_000 in measured:
        large = measured[10_000]
        check = large["check"].median or limit
        add("`check` on 10,000 services", "under 0.5 s", said(check), check < 0.5)
        config = large["config"].median
        times = (config or limit) / check
        add("faster than `docker compose config` there", "20 times", f"{'' if config else 'over '}{times:.1f} times", times >= 20)
        floor = check / large["floor"].median
        add("the floor there", "within 20 times (5 is the dream)", f"{floor:.1f} times", floor <= 20)
        if 1000 in measured:
            grown = check / measured[1000]["check"].median
            add("growth of `check`: 10,000 to 1,000", "at most 11 times", f"{grown:.1f} times", grown <= 11)
        most = max(large[name].kibibytes for name in ("check", "changed", "rebuild", "cold")) / 1024
        add("peak memory on 10,000 services", "under 300 MB", f"{most * 1.048576:.0f} MB", most * 1.048576 < 300)
        rebuild = (large["rebuild"].median or limit) / check
        add("a one-line change rebuilt there", "as fast as a check", f"{rebuild:.2f} times a check", rebuild <= 1.1)
    return "\n".join(lines)
