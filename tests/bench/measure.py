"""Times whole processes side by side, and writes what came of it as Markdown. Called by `run`, which has everything ready.

Those that are compared take turns, so that what else goes on in the machine meets all of them. A time is the median of its runs;
ratios are those of medians of one call. What takes longer than LIMIT is stopped, and stands there as that.
"""

import argparse
import os
import pathlib
import re
import shutil
import signal
import statistics
import subprocess
import sys
import time

import report

# Seconds that another tool may take. stackgen's own builds are waited for: the next measurement needs what they make.
LIMIT = 60
# Seconds that all runs of one process together should take, and how many runs there should be, and how many at most; past PLENTY
# one is enough.
ENOUGH, PLENTY = 2, 30
FEWEST, MOST = 3, 25

# The targets that a Compose file can do without; it mounts what the others make, or is built from it.
NOT_COMPOSE = ["agents", "agents-md", "claude", "docs", "env", "scripts"]

HERE = pathlib.Path(__file__).parent
OTHERS = HERE / "others"


class Process:
    """A command, and what has to be done to the project around each of its runs."""

    def __init__(self, label, command, before=None, after=None, codes=(0,), limit=None):
        self.label, self.command, self.codes, self.limit = label, [str(part) for part in command], codes, limit
        self.before, self.after = before or (lambda: None), after or (lambda: None)
        self.times, self.kibibytes = [], 0
        # Stopped for taking too long; and whether what it makes is not what the others make.
        self.over, self.differs = False, False

    @property
    def done(self):
        spent = sum(self.times)
        enough = spent >= PLENTY or (len(self.times) >= FEWEST and spent >= ENOUGH)
        return self.over or self.differs or enough or len(self.times) >= MOST

    def run(self, *, measured=()):
        self.before()
        start = time.perf_counter()
        # Nothing is read from it: a pipe would be a second process to wait for. What it starts itself is stopped with it.
        process = subprocess.Popen(
            [*measured, *self.command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        try:
            code = process.wait(self.limit)
            taken = time.perf_counter() - start
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            self.over = True
            return
        self.after()
        if code not in self.codes:
            sys.exit(f"{self.label}: {' '.join(self.command)}\nended with {code}")
        if not measured:
            self.times.append(taken)

    def weigh(self, scratch):
        """The most memory that it takes. By a program of its own: what is forked from here would be as large as this."""
        self.run(measured=["/usr/bin/time", "-f", "%M", "-o", str(scratch)])
        if not self.over:
            self.kibibytes = int(scratch.read_text().split()[-1])

    @property
    def median(self):
        return statistics.median(self.times) if self.times else None


class Stack:
    """A generated project of one size, built, and what is measured on it."""

    def __init__(self, services, work, tools):
        self.services = services
        self.folder = work / str(services)
        self.compose_alone = work / f"{services}-compose"
        self.other = work / f"{services}-others"
        self.tools = tools
        for folder in (self.folder, self.compose_alone):
            shutil.rmtree(folder, ignore_errors=True)
            subprocess.run([tools["big-stack"], str(services), folder], check=True, stdout=subprocess.DEVNULL)
        with open(self.compose_alone / "stack.toml", "a", encoding="utf-8") as text:
            text.write("\n[targets]\n" + "".join(f"{target} = {{ enabled = false }}\n" for target in NOT_COMPOSE))
        for folder in (self.folder, self.compose_alone):
            subprocess.run(self.stackgen("build", folder, "--yes"), check=True, stdout=subprocess.DEVNULL)
        self.fragment = self.folder / "hubs" / "0001" / "stack.toml"
        text = self.fragment.read_text()
        # What is built is one of the first two; the third never is.
        self.texts = [text, *(text.replace('description = "', f'description = "{word}: ', 1) for word in ("Now", "Later"))]

    def stackgen(self, command, folder, *more):
        return [self.tools["stackgen"], "--quiet", "--file", folder / "stack.toml", command, *more]

    def prepare_others(self):
        """Gives the other tools the same data, and makes sure that they make the same of it."""
        self.other.mkdir(exist_ok=True)
        data = subprocess.run([sys.executable, OTHERS / "data.py", self.folder], check=True, capture_output=True).stdout
        (self.other / "data.json").write_bytes(data)
        shutil.copy(OTHERS / "compose.k", self.other)
        example = (self.folder / "generated" / ".env.example").read_text()
        (self.other / "secrets.env").write_text(re.sub(r"^([A-Z0-9_]+)=.*$", r"\1=secret", example, flags=re.MULTILINE))

    def own(self):
        folder = self.folder
        change = lambda: self.fragment.write_text(self.texts[2])
        back = lambda: self.fragment.write_text(self.texts[0])
        copy = self.folder.with_name(f"{self.services}-copy")
        clean = lambda: [shutil.rmtree(self.folder / name, ignore_errors=True) for name in ("generated", ".stackgen")]
        # Else a check rests on the one before, and does none of the work.
        forget = lambda project: lambda: (project / ".stackgen" / "checked.json").unlink(missing_ok=True)
        tool = self.tools
        return {
            "floor": Process("floor of `check`: read the stack and what was built, copy the bytes", [tool["floor"], "read", folder]),
            "check": Process("`stackgen check`, all of the work", self.stackgen("check", folder), forget(folder)),
            "again": Process("`stackgen check`, nothing changed since the last one", self.stackgen("check", folder)),
            "changed": Process("`stackgen check` after a one-line change", self.stackgen("check", folder), change, back, (1,)),
            "rebuild": Process("`stackgen build` of a one-line change", self.stackgen("build", folder, "--yes"), self.toggle),
            "floor-write": Process(
                "floor of a cold build: read the stack, write the bytes",
                [tool["floor"], "write", folder, copy],
                after=lambda: shutil.rmtree(copy, ignore_errors=True),
            ),
            "cold": Process("`stackgen build`, cold", self.stackgen("build", folder, "--yes"), clean),
            "compose": Process("`stackgen check`, the Compose file and what it needs alone", self.stackgen("check", self.compose_alone), forget(self.compose_alone)),
        }

    def toggle(self):
        self.texts[:2] = reversed(self.texts[:2])
        self.fragment.write_text(self.texts[0])

    def others(self):
        python, output = self.tools["python"], self.other
        config = ["docker", "compose", "--env-file", output / "secrets.env", "--file", self.folder / "generated" / "docker-compose.yml", "config"]
        return {
            "config": Process("`docker compose config` of the file that stackgen made", config, limit=LIMIT),
            "jinja2": Process("jinja2 (Python)", [python, OTHERS / "with_jinja2.py", output, output / "jinja2.yml"], limit=LIMIT),
            "gojsonnet": Process("jsonnet (Go)", [python, OTHERS / "with_jsonnet.py", "go", output, output / "gojsonnet.json"], limit=LIMIT),
            "jsonnet": Process("jsonnet (C++)", [python, OTHERS / "with_jsonnet.py", "cpp", output, output / "jsonnet.json"], limit=LIMIT),
            "kcl": Process("kcl", [python, OTHERS / "with_kcl.py", output, output / "kcl.json"], limit=LIMIT),
        }

    def measure(self, scratch):
        # Memory first: what is read is in the cache from then on. What says the same once says it every time.
        self.prepare_others()
        others, own = self.others(), self.own()
        for process in [*own.values(), *others.values()]:
            process.weigh(scratch)
            log(f"{self.services}: {process.label}: {'over' if process.over else f'{process.kibibytes / 1024:.0f} MiB'}")
        made = {str(path): path.stem for path in self.other.iterdir() if path.stem in others and not others[path.stem].over}
        same = [self.tools["python"], OTHERS / "same.py", self.folder / "generated" / "docker-compose.yml", *made]
        for path in subprocess.run(same, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines():
            others[made[path]].differs = True
        # A cold build leaves the project as it was; what is heavy on the disk comes last all the same.
        light = [*own.values(), *others.values()]
        light.remove(own["cold"])
        light.remove(own["floor-write"])
        for group in (light, [own["floor-write"], own["cold"]]):
            while not all(process.done for process in group):
                for process in group:
                    if not process.done:
                        process.run()
        for folder in (self.folder, self.compose_alone, self.other):
            shutil.rmtree(folder, ignore_errors=True)
        return own | others


def startup(tools):
    """What a process costs that has nothing to do: this one's own way of starting it, and stackgen's before its first line of work."""
    return {
        "nothing": Process("a Rust program that does nothing", [tools["floor"], "nothing"]),
        "version": Process("`stackgen --version`", [tools["stackgen"], "--version"]),
    }


def instructions(command):
    """In user mode, by what can count them here; None where nothing can."""
    counters = [
        (["perf", "stat", "-x", ",", "-e", "instructions:u", "--"], r"^(\d+),"),
        (["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"], r"Collected : (\d+)"),
    ]
    for counter, pattern in counters:
        if shutil.which(counter[0]):
            said = subprocess.run([*counter, *command], capture_output=True, text=True, check=False).stderr
            if found := re.search(pattern, said, flags=re.MULTILINE):
                return int(found.group(1))
    return None


def log(text):
    print(text, file=sys.stderr, flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tools", type=pathlib.Path, required=True, help="the folder of stackgen, and of examples/")
    parser.add_argument("--work", type=pathlib.Path, required=True, help="a folder for projects, on the disk that counts")
    parser.add_argument("--output", type=pathlib.Path, required=True)
    parser.add_argument("sizes", type=int, nargs="+")
    arguments = parser.parse_args()
    tools = {
        "stackgen": arguments.tools / "stackgen",
        "big-stack": arguments.tools / "examples" / "big-stack",
        "floor": arguments.tools / "examples" / "floor",
        "python": sys.executable,
    }
    scratch = arguments.work / "memory"
    started = startup(tools)
    for process in started.values():
        process.weigh(scratch)
    while not all(process.done for process in started.values()):
        for process in started.values():
            process.run()
    counted = {name: instructions(process.command) for name, process in started.items()}
    measured = {size: Stack(size, arguments.work, tools).measure(scratch) for size in arguments.sizes}
    arguments.output.write_text(report.text(measured, started, counted, LIMIT))


main()
