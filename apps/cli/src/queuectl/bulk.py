"""Many jobs from the lines of a file or of standard input, a batch a transaction."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from queuectl.asking import Asked
from queuectl.exits import UsageProblem, code_of
from queuectl.intake import Line
from queuectl.interrupts import interrupted_afterwards
from queuectl_store import DuplicateJob, InvalidJob, JobId, NewGroup

if TYPE_CHECKING:
    # The database library comes with them, and help needs none.
    from queuectl_store import Store

BATCH = 1_000


class BadLine(UsageProblem):
    """A line is not a job; nothing of its batch is stored. *number* counts from 1."""

    def __init__(self, number: int, problem: str) -> None:
        super().__init__(f"line {number}: {problem}")
        self.number = number


def enqueue_lines(
    store: "Store",
    lines: Iterator[Line],
    ask: Callable[[Line], Asked],
    *,
    is_atomic: bool,
    key: str | None = None,
    last: NewGroup | None = None,
    stored: Callable[[list[JobId], int], None],
) -> None:
    """Enqueue a job for each line, in batches that are stored whole or not at all.

    Args:
        ask: Makes of a line what it asks for.
        is_atomic: All lines are one batch.
        key: Of that batch: the same lines given again with it add nothing.
        last: The group of all lines with its completion job, which comes with the last batch:
            input that ends early must not be taken for all of it.
        stored: Called after each batch with its ids and the number of its last line.

    Raises:
        BadLine: A line is not a job; the batches before its own are stored.
    """
    for batch, is_last in _batches(lines, is_atomic=is_atomic, looks_ahead=last is not None):
        asked = [_asked(line, ask) for line in batch]
        groups = _groups(asked, last if is_last else None)
        followers = {n: each.follower for n, each in enumerate(asked) if each.follower}
        jobs = [each.job for each in asked]
        try:
            # What is stored is counted, whenever the person interrupts.
            with interrupted_afterwards():
                ids = store.enqueue(jobs, key=key, group=groups, on_finish=followers)
                stored(ids, batch[-1][0])
        except (InvalidJob, DuplicateJob) as error:
            bad = BadLine(batch[error.index or 0][0], str(error))
            bad.code = code_of(error)
            raise bad from error


def _batches(
    lines: Iterator[Line], *, is_atomic: bool, looks_ahead: bool
) -> Iterator[tuple[list[Line], bool]]:
    """Yield each batch, and whether it is the last: one that *looks_ahead* a line knows."""
    ahead: list[Line] = []
    while batch := [*ahead, *(lines if is_atomic else islice(lines, BATCH - len(ahead)))]:
        ahead = list(islice(lines, 1)) if looks_ahead else []
        yield batch, not ahead


def _groups(asked: Sequence[Asked], last: NewGroup | None) -> list[NewGroup]:
    groups: list[NewGroup] = []
    for group in (group for each in asked for group in each.groups):
        if group not in groups:
            groups.append(group)
    if last is None:
        return groups
    return [last, *(each for each in groups if each != replace(last, on_finish=None))]


def _asked(line: Line, ask: Callable[[Line], Asked]) -> Asked:
    try:
        return ask(line)
    except UsageProblem as error:
        raise BadLine(line[0], str(error)) from error
