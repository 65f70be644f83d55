"""What the start of each command costs, as a multiple of the interpreter's own, pair by pair.

Run it as `python3 scripts/bench startup [--runs N] [--only WORD]`. Each run of a command is paired
with a run of `python -c pass` just before it; bytecode is compiled first. Trust the ratios, and on
a machine that does other work that of processor time. After every command as it is used comes the
help of every command; what runs until it is stopped, or changes the machine, is there by its help
alone.
"""

import argparse
import compileall
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from queuectl.completion_table import COMMANDS as KNOWN

if sys.platform != "win32":
    import resource

ROOT = Path(__file__).resolve().parent.parent
QUEUECTL = str(Path(sys.executable).with_name("queuectl"))
GOAL = 12.0
# Into a new store, in this order; the last two of the jobs wait for ever.
BEFORE = (
    "db init",
    "enqueue --group g -- true",
    "enqueue --max-retries 0 -- false",
    "worker start --burst",
    "enqueue --queue idle -- true",
    "enqueue --queue idle -- true",
    "schedule add tick --every 1h -- true",
    "hook add told --command true",
)
# What is done is undone by the next, so that every round finds the same.
USES = (
    *("--version", "enqueue --queue idle -- true"),
    "enqueue --queue idle --priority high true",
    *("enqueue --queue idle --json -- true", "enqueue --queue idle --from lines"),
    *("status", "list", "list --json", "list --state dead --search fa", "show 1", "why 3"),
    *("logs 1", "events", "wait 1", "metrics", "metrics grafana"),
    *("cancel 3 --dry-run", "retry 2 --dry-run", "rerun 1 --dry-run", "rm 1 --dry-run"),
    *("hold 3", "release 3", "edit 3 --priority 2", "prune --dry-run"),
    *("dlq list", "dlq list --group", "dlq show 2", "dlq retry 2 --dry-run"),
    *("dlq purge --dry-run --all",),
    *("schedule list", "schedule show tick", "schedule next tick"),
    *("schedule pause tick", "schedule resume tick", "schedule edit tick --every 2h"),
    *("schedule add tock --every 1h -- true", "schedule rm tock"),
    *("hook list", "hook log told", "hook pause told", "hook resume told"),
    *("hook add more --command true", "hook rm more"),
    *("worker list", "queue list", "queue set idle --concurrency 3"),
    *("queue pause idle", "queue drain idle", "queue resume idle"),
    *("resource set gpu 2", "resource list", "resource rm gpu"),
    *("config list", "config get grace", "config path", "config set grace 5s"),
    *("config unset grace", "db init", "db path", "db migrate", "db stats", "doctor"),
    *("completion bash", "__complete cancel --state de", "__complete d"),
    # These run jobs, or read all of the store by way of SQLAlchemy.
    *("worker start --burst --queue other", "run --queue fresh -- true", "db check"),
    "db backup --force backup.db",
)
HELPS = ("--help", *(f"{path} --help" for path in KNOWN if path))


class Cost(NamedTuple):
    """Seconds by the clock, and of the processor (0 where the system does not tell)."""

    wall: float
    cpu: float


Pairs = dict[str, list[tuple[Cost, Cost]]]


def main() -> None:
    """Measure every command in turn, round by round, and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=21)
    parser.add_argument("--only", default="", metavar="WORD", help="lines that contain it")
    options = parser.parse_args()
    for folder in ("apps", "packages"):
        compileall.compile_dir(ROOT / folder, quiet=2)
    compileall.compile_path(quiet=2)
    with tempfile.TemporaryDirectory() as folder:
        environ = {**os.environ, "QUEUECTL_DB": f"{folder}/queue.db"}
        environ.pop("PYTHONDONTWRITEBYTECODE", None)
        Path(folder, "lines").write_text("true\n" * 100, encoding="utf-8")
        for line in BEFORE:
            cost([QUEUECTL, *line.split()], environ, folder)
        lines = [line for line in (*USES, *HELPS) if options.only in line]
        report(measure(lines, options.runs, environ, folder))


def measure(lines: list[str], runs: int, environ: dict[str, str], folder: str) -> Pairs:
    """Return by command line the costs of the interpreter and of the command, a pair a run."""
    pairs: Pairs = {line: [] for line in lines}
    for _ in range(runs):
        for line in lines:
            bare = cost([sys.executable, "-c", "pass"], environ, folder)
            pairs[line].append((bare, cost([QUEUECTL, *line.split()], environ, folder)))
    return pairs


def cost(command: list[str], environ: dict[str, str], folder: str) -> Cost:
    """Return what *command* takes; it must succeed."""
    started, spent = time.perf_counter(), children()
    subprocess.run(command, env=environ, cwd=folder, check=True, capture_output=True)
    return Cost(time.perf_counter() - started, children() - spent)


def children() -> float:
    """Return the seconds of processor time of all children that have ended."""
    if sys.platform == "win32":
        return 0.0
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def report(pairs: Pairs) -> None:
    """Print a line a command."""
    print(f"{'command':<58}{'python ms':>10}{'ms':>8}{'ratio':>7}{'cpu':>7}")
    for line, both in pairs.items():
        bare = statistics.median(a.wall for a, _ in both)
        own = statistics.median(b.wall for _, b in both)
        ratio = statistics.median(b.wall / a.wall for a, b in both)
        cpu = statistics.median(b.cpu / (a.cpu or 1) for a, b in both)
        times = f"{bare * 1e3:>10.1f}{own * 1e3:>8.1f}{ratio:>7.1f}{cpu:>7.1f}"
        mark = "" if min(ratio, cpu or ratio) <= GOAL else "  over"
        print(f"{'queuectl ' + line:<58}{times}{mark}", flush=True)


if __name__ == "__main__":
    main()
