"""Rows of tallies added up: a sheet for each minute of a queue and task."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field
from typing import Any

from queuectl_store.rollups.counts import Sums, count
from queuectl_store.rollups.facts import Fact
from queuectl_store.values import dataclass

# Counted apart, since the verb says of what they tell.
_APART = frozenset({Fact.SLOT_MISSED, Fact.RECOUNTED})


@dataclass(frozen=True, slots=True)
class Sheet:
    """What was counted of one queue and task in the minute that began at *at*.

    Attributes:
        queue: Or the schedule, of a missed slot; blank for what tells of the store alone.
        apart: The verb, of missed slots and corrections; blank for all else.
        sums: As in counts.py.
    """

    at: int
    queue: str
    task: str
    apart: str
    sums: Sums = field(default_factory=dict)

    def subjects(self, *, tasks: bool = True) -> Iterator[tuple[str, str]]:
        """Yield of what it tells: scope and name; *tasks* among them."""
        yield "store", ""
        if self.apart == Fact.SLOT_MISSED:
            yield "schedule", self.queue
        elif self.queue:
            yield "queue", self.queue
            if tasks:
                yield "task", self.task


def sheets(rows: Iterable[Sequence[Any]]) -> list[Sheet]:
    """Add up *rows*, each of `at`, the kind, `n` and `ms`; the earliest minute comes first."""
    found: dict[tuple[Any, ...], Sheet] = {}
    # By place and straight into the sums: a scrape may find thousands of rows.
    for at, queue, task, *kind, n, ms in rows:
        apart = kind[0] if kind[0] in _APART else ""
        key = (at, queue, task, apart)
        sheet = found.get(key)
        if sheet is None:
            sheet = found[key] = Sheet(*key)
        count(sheet.sums, kind, n, ms)
    return sorted(found.values(), key=lambda sheet: sheet.at)
