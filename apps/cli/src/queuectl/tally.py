"""What of a bulk input is stored by now: a few numbers, however many jobs there are."""

from collections.abc import Iterator, Sequence

from queuectl.session import Session
from queuectl_store import JobId


class Tally:
    """Counts what was stored; ids are kept as the spans that they nearly always form."""

    def __init__(self) -> None:
        self.line = 0
        self.count = 0
        self.group: str | None = None
        self._spans: list[list[int]] = []

    def add(self, ids: Sequence[JobId], line: int) -> None:
        """Count a batch that was stored, up to the line of that number."""
        for job_id in ids:
            if self._spans and self._spans[-1][1] + 1 == job_id:
                self._spans[-1][1] = job_id
            else:
                self._spans.append([job_id, job_id])
        self.count += len(ids)
        self.line = line

    def ids(self) -> Iterator[JobId]:
        """Yield the ids in the order of the lines."""
        for first, last in self._spans:
            yield from (JobId(each) for each in range(first, last + 1))

    def __str__(self) -> str:
        if not self.count:
            return "nothing is enqueued"
        first, last = self._spans[0][0], self._spans[-1][1]
        span = f"ids {first}-{last}" if self.count > 1 else f"id {first}"
        noun = "jobs are" if self.count > 1 else "job is"
        return f"{self.count:,} {noun} enqueued ({span}, lines up to {self.line:,})"


def print_ids(session: Session, tally: Tally) -> None:
    """Print the ids for a program; a person is told how many they are."""
    terminal = session.terminal
    if session.json:
        named = {} if tally.group is None else {"group": tally.group}
        terminal.long_document({"enqueued": tally.count, "ids": tally.ids(), **named})
    elif not terminal.is_screen:
        for job_id in tally.ids():
            terminal.line(str(job_id))
