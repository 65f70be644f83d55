"""Which jobs a command means: ids, ranges and filters. Reads the store; changes nothing."""

import re
from collections.abc import Iterator, Sequence

from queuectl.exits import CommandError, Exit, UsageProblem
from queuectl_store import JobFilter, JobId, JobState, Look
from queuectl_store.values import dataclass

_ONE = re.compile(r"#?(\d{1,18})")
_RANGE = re.compile(r"(\d{1,18})-(\d{1,18})")
_PAGE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Ids:
    """Ids as they were written: single ones, and ranges that mean the jobs that exist in them."""

    single: tuple[JobId, ...]
    ranges: tuple[tuple[int, int], ...]


def parse_id(word: str) -> JobId:
    """Return one id.

    Raises:
        UsageProblem: It is not one.
    """
    if found := _ONE.fullmatch(word):
        return JobId(int(found[1]))
    raise UsageProblem(
        f"{word!r} is not a job id; ids are whole numbers, `queuectl list` shows them"
    )


def parse_ids(words: Sequence[str]) -> Ids:
    """Read ids and ranges such as `5-9`; commas separate too.

    Raises:
        UsageProblem: A word is neither.
    """
    single, ranges = [], []
    for part in (part for word in words for part in word.split(",")):
        if found := _RANGE.fullmatch(part):
            low, high = int(found[1]), int(found[2])
            if low > high:
                raise UsageProblem(f"the range {part!r} runs backwards; write {high}-{low}")
            ranges.append((low, high))
        else:
            single.append(parse_id(part))
    return Ids(single=tuple(dict.fromkeys(single)), ranges=tuple(ranges))


def parse_states(words: Sequence[str]) -> tuple[JobState, ...]:
    """Return the states that *words* name; commas separate too.

    Raises:
        UsageProblem: There is no such state.
    """
    names = [name for word in words for name in word.split(",") if name]
    try:
        return tuple(JobState(name) for name in names)
    except ValueError as error:
        known = ", ".join(JobState)
        bad = next(name for name in names if name not in set(JobState))
        raise UsageProblem(f"there is no state {bad!r}; the states are {known}") from error


def existing_ids(store: Look, wanted: Ids, *, words: Sequence[str]) -> list[JobId]:
    """Return the single ids as they are and the ids that exist in the ranges, each once.

    Raises:
        CommandError: There is none; *words* are how they were written.
    """
    ids = list(dict.fromkeys([*wanted.single, *ids_in_ranges(store, wanted.ranges)]))
    if not ids:
        raise CommandError(
            f"no job has an id in {' '.join(words)}; `queuectl list` shows the jobs there are",
            code=Exit.NOT_FOUND,
        )
    return ids


def ids_in_ranges(store: Look, ranges: Sequence[tuple[int, int]]) -> Iterator[JobId]:
    """Yield the ids that exist in *ranges*, lowest first."""
    for low, high in ranges:
        found = ids_matching(store, JobFilter(), before=high + 1, down_to=low)
        yield from reversed(list(found))


def ids_matching(
    store: Look, wanted: JobFilter, *, before: int | None = None, down_to: int = 0
) -> Iterator[JobId]:
    """Yield the ids of all jobs that *wanted* lets through, newest first."""
    cursor = None if before is None else JobId(before)
    while page := store.reader.page(wanted, limit=_PAGE, before=cursor):
        for job in page:
            if job.id < down_to:
                return
            yield job.id
        cursor = page[-1].id
