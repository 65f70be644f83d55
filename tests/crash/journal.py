"""What an actor logs of its own calls: what it asked, what it was told, and when.

A call whose reply was lost is `unknown`: it may or may not have been carried out.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

Answer = Literal["ok", "refused", "unknown", "wrong"]
Run = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of the store.

    Attributes:
        began, ended: Places in the one order of all beginnings and endings.
        lease_ms: The lease clock when it ended.
        answer: `refused` is an error that is documented; `wrong` one that nothing explains.
        runs: The (job, token) pairs that it was about, or brought.
        refused: Those of *runs* that were not recorded.
        keys: The keys of the jobs that it asked to be stored; *ids* what it was told of them.
    """

    actor: str
    worker_id: int | None = None
    verb: str
    began: int
    ended: int
    lease_ms: int
    answer: Answer
    runs: tuple[Run, ...] = ()
    refused: frozenset[Run] = frozenset()
    recorded: dict[Run, str] = field(default_factory=dict)
    keys: tuple[str, ...] = ()
    ids: tuple[int, ...] = ()
    asked: int = 0
    lease_length_ms: int = 0
    said: str = ""


class Journal:
    """The calls of one run of a workload, in order."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self._order = 0

    def next(self) -> int:
        """Return the next place in the order of beginnings and endings."""
        self._order += 1
        return self._order

    def log(self, **facts: Any) -> Call:
        call = Call(ended=self.next(), **facts)
        self.calls.append(call)
        return call
