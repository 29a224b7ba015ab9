"""The Markdown of what was measured: see `measure.py`."""

import os
import pathlib
import platform

ROWS = ["floor", "check", "again", "changed", "rebuild", "compose", "floor-write", "cold", "config", "jinja2", "gojsonnet", "jsonnet", "kcl"]
RIVALS = ["floor", "check", "again", "compose", "config", "jinja2", "gojsonnet", "jsonnet", "kcl"]


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
    load, cores = os.getloadavg()[0], os.cpu_count()
    busy = " **Other work went on meanwhile: every time here is too long, and only the multiples mean something.**"
    return (
        f"A machine with {cores} cores and {gibibytes:.0f} GiB of memory, under {platform.system()} {platform.release().split('-')[0]}. "
        f"Its load was {load:.1f} at the end; 1 to {cores} of it are the measuring itself.{busy if load > cores + 1 else ''}"
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
    """What is aimed at, for a check that does all of the work, and for one that finds that there is none."""
    small, medium, large = (measured.get(size) for size in (14, 1000, 10_000))
    lines = ["| what | target | all of the work | nothing has changed |", "|---|---|---|---|"]

    def judged(name, figure, is_met):
        """Worked out only where what it needs was measured: nothing else tells from a bound that was not looked at."""
        try:
            return f"{figure(name)}, {'met' if is_met(name) else '**not met**'}"
        except TypeError:
            return "not in this run"

    def add(what, target, figure, is_met):
        cells = " | ".join(judged(name, figure, is_met) for name in ("check", "again"))
        lines.append(f"| {what} | {target} | {cells} |")

    def time(stack, name):
        return stack[name].median or limit

    def config(name):
        return time(large, "config") / time(large, name)

    def floor(name):
        return time(large, name) / time(large, "floor")

    def growth(name):
        return time(large, name) / time(medium, name)

    def rebuilt(name):
        return time(large, "rebuild") / time(large, name)

    def most(name):
        names = ("check", "changed", "rebuild", "cold") if name == "check" else (name,)
        return max(large[name].kibibytes for name in names) * 1024 / 1e6

    add(
        "`check` on a stack of the reference stack's size",
        "under 10 ms",
        lambda name: said(time(small, name)),
        lambda name: time(small, name) < 0.010,
    )
    add("`check` on 10,000 services", "under 0.5 s", lambda name: said(time(large, name)), lambda name: time(large, name) < 0.5)
    add(
        "`docker compose config` there",
        "at least 20 times as long",
        lambda name: f"{'' if large['config'].median else 'over '}{config(name):.1f} times",
        lambda name: config(name) >= 20,
    )
    add(
        "`check` there",
        "at most 20 times the floor (5 is the dream)",
        lambda name: f"{floor(name):.1f} times",
        lambda name: floor(name) <= 20,
    )
    add("`check` on 10,000 services against 1,000", "at most 11 times", lambda name: f"{growth(name):.1f} times", lambda name: growth(name) <= 11)
    add("peak memory on 10,000 services, builds included", "under 300 MB", lambda name: f"{most(name):.0f} MB", lambda name: most(name) < 300)
    add(
        "a one-line change built there",
        "as fast as a check (10 % more at most)",
        lambda name: f"{rebuilt(name):.2f} times",
        lambda name: rebuilt(name) <= 1.1,
    )
    return "\n".join(lines)
