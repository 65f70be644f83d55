"""What the start of a command costs, as a multiple of the interpreter's own start, pair by pair.

Run it as `python3 scripts/bench startup [--runs N]`. Each run of a command is paired with a run of
`python -c pass` just before it; bytecode is compiled first. Trust the ratios.
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

ROOT = Path(__file__).resolve().parent.parent
QUEUECTL = str(Path(sys.executable).with_name("queuectl"))
COMMANDS: tuple[tuple[str, ...], ...] = (
    ("--version",),
    ("enqueue", "--", "true"),
    ("enqueue", "--queue", "mail", "--priority", "high", "echo hello"),
    ("enqueue", "--json", "--", "true"),
    ("--help",),
    ("enqueue", "--help"),
    ("list",),
    ("status",),
    ("show", "1"),
    ("why", "1"),
    ("list", "--json"),
    ("queue", "list"),
    ("worker", "list"),
    ("dlq", "list"),
    ("config", "set", "grace", "5s"),
    ("queue", "set", "default", "--concurrency", "3"),
    ("edit", "1", "--priority", "2"),
    ("cancel", "1", "--dry-run"),
    ("schedule", "list"),
    ("doctor",),
    ("worker", "start", "--help"),
)


def main() -> None:
    """Measure every command in turn, round by round, and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=21)
    options = parser.parse_args()
    for folder in ("apps", "packages"):
        compileall.compile_dir(ROOT / folder, quiet=2)
    compileall.compile_path(quiet=2)
    with tempfile.TemporaryDirectory() as folder:
        environ = {**os.environ, "QUEUECTL_DB": f"{folder}/queue.db"}
        environ.pop("PYTHONDONTWRITEBYTECODE", None)
        subprocess.run([QUEUECTL, "db", "init"], env=environ, check=True, capture_output=True)
        report(measure(options.runs, environ))


def measure(runs: int, environ: dict[str, str]) -> dict[tuple[str, ...], list[tuple[float, float]]]:
    """Return by command the seconds of the interpreter and of the command, a pair a run."""
    pairs: dict[tuple[str, ...], list[tuple[float, float]]] = {each: [] for each in COMMANDS}
    for _ in range(runs):
        for command in COMMANDS:
            bare = seconds([sys.executable, "-c", "pass"], environ)
            pairs[command].append((bare, seconds([QUEUECTL, *command], environ)))
    return pairs


def seconds(command: list[str], environ: dict[str, str]) -> float:
    """Return how long *command* takes."""
    started = time.perf_counter()
    subprocess.run(command, env=environ, check=True, capture_output=True)
    return time.perf_counter() - started


def report(pairs: dict[tuple[str, ...], list[tuple[float, float]]]) -> None:
    """Print a line a command."""
    print(f"{'command':<58}{'python ms':>10}{'ms':>8}{'ratio':>7}")
    for command, both in pairs.items():
        bare = statistics.median(a for a, _ in both)
        own = statistics.median(b for _, b in both)
        ratio = statistics.median(b / a for a, b in both)
        words = "queuectl " + " ".join(command)
        print(f"{words:<58}{bare * 1e3:>10.1f}{own * 1e3:>8.1f}{ratio:>7.1f}", flush=True)


if __name__ == "__main__":
    main()
