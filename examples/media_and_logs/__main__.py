"""Pack logs and shrink pictures through the queue, and prove that every file came out right.

uv run python examples/media_and_logs
uv run python examples/media_and_logs --folder out      # keep everything and look around
uv run python examples/media_and_logs --check out       # compare the files there once more
"""

import argparse
import json
import shlex
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from check import FOLDERS, complaints, read_events
from jobs import Dies, Item, every_item
from program import Program
from sources import Source, broken_files, log_files, make, pictures

_JOBS, _EVENTS, _PLAN = "jobs.jsonl", "events.jsonl", "plan.json"
_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much there is to do. The same numbers give the same files and jobs, byte by byte."""

    logs: int
    images: int
    seed: int

    def sources(self) -> list[Source]:
        """Return the files to start from."""
        logs = log_files(self.logs, seed=self.seed)
        return [*logs, *pictures(self.images, seed=self.seed), *broken_files()]

    def items(self) -> list[Item]:
        """Return the jobs."""
        return every_item(
            log_files(self.logs, seed=self.seed), pictures(self.images, seed=self.seed)
        )


def main() -> int:
    """Do what the command line says; give 0 if every check passed."""
    options = _options()
    try:
        if options.check is not None:
            return _check(_kept_folder(options.check))
        plan = Plan(logs=options.logs, images=options.images, seed=options.seed)
        if options.folder is not None:
            return _run(_new_folder(options.folder), plan, options.concurrency, is_kept=True)
        with tempfile.TemporaryDirectory(prefix="queuectl-example-") as name:
            return _run(Path(name).resolve(), plan, options.concurrency, is_kept=False)
    except subprocess.CalledProcessError as error:
        words = shlex.join(map(str, error.cmd))
        print(f"this command ended with {error.returncode}: {words}", file=sys.stderr)
        return 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="media_and_logs",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--folder", type=Path, metavar="NEW", help="work here and keep it")
    parser.add_argument("--check", type=Path, metavar="FOLDER", help="only check a kept folder")
    parser.add_argument("--logs", type=int, metavar="N", default=200, help="how many logs (200)")
    parser.add_argument(
        "--images", type=int, metavar="N", default=50, help="how many pictures (50)"
    )
    parser.add_argument(
        "--concurrency", type=int, metavar="N", default=4, help="jobs at a time (4)"
    )
    parser.add_argument(
        "--seed", type=int, metavar="N", default=7, help="other files with another number (7)"
    )
    return parser.parse_args()


def _new_folder(folder: Path) -> Path:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        sys.exit(f"{folder} is not empty; name a new folder, or check it with --check {folder}")
    folder.mkdir(parents=True, exist_ok=True)
    return folder.resolve()


def _kept_folder(folder: Path) -> Path:
    if not (folder / _EVENTS).is_file():
        sys.exit(f"{folder} holds no run of this example; make one with --folder {folder}")
    return folder.resolve()


def _run(folder: Path, plan: Plan, concurrency: int, *, is_kept: bool) -> int:
    queuectl, items = Program(folder=folder), plan.items()
    with _step("made") as told:
        told.append(_make(folder, plan, items))
    with _step("enqueued") as told:
        told.append(_enqueue(queuectl, items))
    with _step("ran") as told:
        told.append(_work(queuectl, items, concurrency))
    _tell_dead(queuectl)
    code = _check(folder)
    _tell_next(queuectl, is_kept=is_kept)
    return code


@contextmanager
def _step(verb: str) -> Iterator[list[str]]:
    """Print one line about a step of the story: what it was, how it went, how long it took."""
    started, told = time.monotonic(), list[str]()
    yield told
    print(f"{verb:<9} {told[0]} ({time.monotonic() - started:.1f} s)", flush=True)


def _make(folder: Path, plan: Plan, items: Sequence[Item]) -> str:
    for name in FOLDERS:
        (folder / name).mkdir()
    sizes = [make(folder, source) for source in plan.sources()]
    for item in items:
        if item.lock is not None:
            (folder / item.lock).touch()
    numbers = {"logs": plan.logs, "images": plan.images, "seed": plan.seed}
    (folder / _PLAN).write_text(json.dumps(numbers), encoding="utf-8")
    broken = len(broken_files())
    said = f"{plan.logs} logs, {plan.images} pictures and {broken} broken files"
    return f"{said}, {sum(sizes) / 1e6:.1f} MB"


def _enqueue(queuectl: Program, items: Sequence[Item]) -> str:
    lines = "".join(f"{json.dumps(item.spec())}\n" for item in items)
    (queuectl.folder / _JOBS).write_text(lines, encoding="utf-8")
    queuectl.documents("db", "init")
    [stored] = queuectl.documents("enqueue", "--from", _JOBS, "--atomic")
    queues = Counter(item.queue for item in items)
    return f"{stored['enqueued']} jobs: {_counted(queues)}"


def _work(queuectl: Program, items: Sequence[Item], concurrency: int) -> str:
    """Run a worker until nothing is left; take each lock away when its job has met it."""
    # The store is new, so the first line of the file is job 1.
    locks = {number: item.lock for number, item in enumerate(items, start=1) if item.lock}
    states, retries = dict[int, str](), 0
    words = ("worker", "start", "--burst", "--concurrency", str(concurrency))
    with (queuectl.folder / _EVENTS).open("w", encoding="utf-8") as kept:
        for event in queuectl.events(*words):
            kept.write(f"{json.dumps(event)}\n")
            if event["event"] != "ended":
                continue
            states[event["id"]] = event["state"]
            if event["state"] == "retrying":
                retries += 1
                if event["id"] in locks:
                    (queuectl.folder / locks[event["id"]]).unlink(missing_ok=True)
    return f"{concurrency} at a time: {_counted(Counter(states.values()))}, {retries} retries"


def _check(folder: Path) -> int:
    plan = Plan(**json.loads((folder / _PLAN).read_text(encoding="utf-8")))
    queuectl, items = Program(folder=folder), plan.items()
    paths = [source.path for source in plan.sources()]
    with _step("checked") as told:
        wrong = list(complaints(queuectl, items, paths, read_events(folder / _EVENTS)))
        good = sum(not isinstance(item.expected, Dies) for item in items)
        right = f"{good} files are right byte by byte, none is missing or extra"
        told.append(
            f"{len(wrong)} things are wrong" if wrong else f"{right}, no job succeeded twice"
        )
    for complaint in wrong[:_SHOWN]:
        print(f"  {complaint}")
    if len(wrong) > _SHOWN:
        print(f"  and {len(wrong) - _SHOWN} more")
    return 1 if wrong else 0


def _tell_dead(queuectl: Program) -> None:
    dead: list[Any] = queuectl.documents("dlq", "list", "--limit", "0")
    width = max((len(job["name"]) for job in dead), default=0)
    print("\nThese could not succeed, and wait in the dead letter queue:")
    for job in reversed(dead):
        tries = "once" if job["attempt"] == 1 else f"{job['attempt']} times"
        print(f"  {job['id']:>4}  {job['name']:<{width}}  tried {tries}: {job['error']}")
    print()


def _tell_next(queuectl: Program, *, is_kept: bool) -> None:
    if not is_kept:
        print("\nThe folder is gone. Keep it with --folder NAME, and look around in it.")
        return
    print(f"\nEverything is in {queuectl.folder}. Go there and look around:")
    for words in ("status", "dlq list", "list --queue network", "list --tag kind=image --limit 5"):
        print(f"  queuectl {words}")


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{number} {name}" for name, number in counts.most_common())


if __name__ == "__main__":
    sys.exit(main())
