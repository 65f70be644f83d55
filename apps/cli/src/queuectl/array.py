"""`--array 0-99%4`: which indexes an array has, and its jobs. Pure."""

import re
from collections.abc import Sequence
from dataclasses import replace

from queuectl.exits import UsageProblem
from queuectl_store.job import NewJob
from queuectl_store.values import dataclass

# They are stored in one transaction.
MOST_JOBS = 10_000
INDEX = "QUEUECTL_ARRAY_INDEX"
_PART = re.compile(r"(\d{1,9})(?:-(\d{1,9})(?::(\d{1,9}))?)?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Array:
    """The indexes of an array, and how many of its jobs may run at once; None is any number."""

    indexes: Sequence[int]
    at_once: int | None = None


def parse_array(text: str) -> Array:
    """Read `0-99`, `0-99%4`, `1,5,9-20:2%3`: indexes, ranges with a step, how many at once.

    Raises:
        UsageProblem: Anything else, no index, one twice, or too many.
    """
    listed, percent, most = text.replace(" ", "").partition("%")
    indexes = [index for part in listed.split(",") for index in _range(part, text)]
    if not indexes or len(indexes) > MOST_JOBS or len(set(indexes)) < len(indexes):
        raise UsageProblem(f"--array takes 1 to {MOST_JOBS:,} indexes, none twice, got {text!r}")
    if not percent:
        return Array(indexes=indexes)
    if not most.isascii() or not most.isdigit() or not 1 <= int(most[:9]) <= MOST_JOBS:
        raise _unreadable(text)
    return Array(indexes=indexes, at_once=int(most[:9]))


def array_jobs(job: NewJob, array: Array) -> list[NewJob]:
    """Return *job* once for each index, which it finds in QUEUECTL_ARRAY_INDEX."""
    return [
        replace(
            job,
            name=None if job.name is None else f"{job.name}-{index}",
            env={**job.env, INDEX: str(index)},
            key=None if job.key is None else f"{job.key}.{index}",
        )
        for index in array.indexes
    ]


def _range(part: str, text: str) -> Sequence[int]:
    match = _PART.fullmatch(part)
    if match is None:
        raise _unreadable(text)
    first, last = int(match[1]), int(match[2] or match[1])
    step = int(match[3] or 1)
    if last < first or step < 1 or (last - first) // step >= MOST_JOBS:
        raise _unreadable(text)
    return range(first, last + 1, step)


def _unreadable(text: str) -> UsageProblem:
    return UsageProblem(
        f"--array takes indexes such as 0-99, 0-99%4 (four at a time) or 1,5,10-20:2, got {text!r}"
    )
