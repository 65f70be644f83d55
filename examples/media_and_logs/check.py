"""Compare what is there after the run with what has to be there; trust nothing that was printed."""

import gzip
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, assert_never

from jobs import MORE_THAN_ONCE, Copied, Dies, Expected, Item, Packed, Shrunk
from PIL import Image
from program import Program
from steps.thumb import shrink

FOLDERS = ("logs", "images", "packed", "bucket", "thumbs")

Job = Mapping[str, Any]


def complaints(
    queuectl: Program, items: Sequence[Item], sources: Sequence[str], events: Sequence[Job]
) -> Iterator[str]:
    """Say each thing that is not as it has to be; nothing at all if the run was right.

    Args:
        sources: Paths of the files that the jobs started from.
        events: What the worker reported while it ran.
    """
    jobs = {job["name"]: job for job in queuectl.documents("list", "--limit", "0")}
    yield from wrong_jobs(items, jobs)
    yield from wrong_files(queuectl.folder, items, sources)
    for item in items:
        yield from wrong_output(queuectl.folder, item.expected)
    yield from wrong_dead_letters(queuectl, items)
    yield from wrong_attempts(items, jobs, events)


def wrong_jobs(items: Sequence[Item], jobs: Mapping[str, Job]) -> Iterator[str]:
    """Compare the jobs in the store with those that were enqueued."""
    for name in jobs.keys() - {item.name for item in items}:
        yield f"job {name!r} was never enqueued"
    for item in items:
        job = jobs.get(item.name)
        state = "dead" if isinstance(item.expected, Dies) else "succeeded"
        if job is None:
            yield f"job {item.name!r} is missing"
        elif job["state"] != state:
            yield f"job {item.name!r} is {job['state']}, not {state}: {job['error']}"


def wrong_files(folder: Path, items: Sequence[Item], sources: Sequence[str]) -> Iterator[str]:
    """Look for files that are missing, and for files that nobody should have made."""
    made = {out for item in items if (out := output_of(item.expected)) is not None}
    found = {
        path.relative_to(folder).as_posix()
        for name in FOLDERS
        for path in (folder / name).rglob("*")
        if path.is_file()
    }
    for path in sorted({*made, *sources} - found):
        yield f"{path} is missing"
    for path in sorted(found - {*made, *sources}):
        yield f"{path} should not be there"


def output_of(expected: Expected) -> str | None:
    """Return the file that a job has to make, if any."""
    return None if isinstance(expected, Dies) else expected.output


def wrong_output(folder: Path, expected: Expected) -> Iterator[str]:
    """Compare a job's file with what it was made from, byte by byte."""
    path = output_of(expected)
    if path is None or not (folder / path).is_file():
        return
    content = (folder / path).read_bytes()
    match expected:
        case Packed(source=source):
            if _unpacked(content) != (folder / source).read_bytes():
                yield f"{path} does not unpack to {source}"
        case Copied(source=source):
            if content != (folder / source).read_bytes():
                yield f"{path} differs from {source}"
        case Shrunk(source=picture, pixels=pixels):
            if content != shrink(str(folder / picture.path), pixels):
                yield f"{path} is not the thumbnail of {picture.path}"
            elif _size_of(content) != fitting(picture.width, picture.height, pixels):
                yield f"{path} has the wrong size"
        case Dies():
            return
        case _:
            assert_never(expected)


def fitting(width: int, height: int, pixels: int) -> tuple[int, int]:
    """Return the largest size of the same shape that fits a square, reckoned without Pillow."""
    scale = min(1.0, pixels / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def wrong_dead_letters(queuectl: Program, items: Sequence[Item]) -> Iterator[str]:
    """Compare the dead letter queue with the jobs that had to end there, each with its error."""
    dead = {job["name"]: job for job in queuectl.documents("dlq", "list", "--limit", "0")}
    doomed = {item.name: item.expected for item in items if isinstance(item.expected, Dies)}
    for name in sorted(dead.keys() ^ doomed.keys()):
        where = "is not in the dead letter queue" if name in doomed else "should not be dead"
        yield f"job {name!r} {where}"
    ids = [str(job["id"]) for job in dead.values()]
    outputs = {log["id"]: log["output"] for log in queuectl.documents("logs", *ids)} if ids else {}
    for name in sorted(dead.keys() & doomed.keys()):
        job, expected = dead[name], doomed[name]
        if job["error"] != expected.error:
            yield f"job {name!r} died of {job['error']!r}, not of {expected.error!r}"
        if expected.says not in outputs[job["id"]]:
            yield f"job {name!r} printed {outputs[job['id']]!r}, without {expected.says!r}"


def wrong_attempts(
    items: Sequence[Item], jobs: Mapping[str, Job], events: Sequence[Job]
) -> Iterator[str]:
    """Look for jobs that ran too often or not often enough, and for two successes of one job.

    The store counts the attempts, the worker reported how each of them ended.
    """
    ends: dict[int, list[str]] = {}
    for event in events:
        # A claim that waited too long for a slot is given back as pending and uses no attempt.
        if event["event"] == "ended" and event["state"] != "pending":
            ends.setdefault(event["id"], []).append(event["state"])
    for item in items:
        job = jobs.get(item.name)
        if job is None:
            continue
        if job["attempt"] not in item.tries:
            yield f"job {item.name!r} took {job['attempt']} attempts, not {_said(item.tries)}"
        reported, last = ends.get(job["id"], []), str(job["state"])
        if reported != ["retrying"] * (job["attempt"] - 1) + [last]:
            yield f"job {item.name!r} is {last}, but its attempts ended as {', '.join(reported)}"


def read_events(path: Path) -> list[Job]:
    """Read the worker's reports that were kept, one a line."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _unpacked(content: bytes) -> bytes | None:
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error):
        return None


def _size_of(content: bytes) -> tuple[int, int]:
    with Image.open(BytesIO(content)) as image:
        image.load()
        return image.size


def _said(tries: range) -> str:
    return "2 or more" if tries == MORE_THAN_ONCE else str(tries.start)
