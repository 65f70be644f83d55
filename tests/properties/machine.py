"""The machine that the rules are added to: both stores, the model, and what holds after each step.

A rule set is a mixin in a file of its own: its rules call `agree` or `refuse`, and change the
model's half of the world by the model's own methods.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant

from queuectl_store import Claim, JobState, Store
from tests.properties import laws
from tests.properties.dump import Dump, Raw, Row
from tests.properties.model import Edge, Model
from tests.properties.twins import Refused, Twins, told

T = TypeVar("T")

# Chooses among what there is at that moment; small, so that examples stay short.
PICK = st.integers(0, 31)


@dataclass(slots=True)
class Tally:
    """What all examples of a run have been through."""

    steps: int = 0
    edges: Counter[Edge] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    claimed: Counter[int] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)


class StoreMachine(RuleBasedStateMachine):
    """Both stores and their model, step by step. No rules of its own."""

    twins: ClassVar[Twins]
    tally: ClassVar[Tally]
    model_type: ClassVar[type[Model]] = Model

    def __init__(self) -> None:
        super().__init__()
        self.twins.begin_again()
        clock = self.twins.postgres.clock
        self.model = self.model_type(now=clock.now_ms, lease_now=clock.monotonic_ms)
        self.claims: list[Claim] = []  # all that were ever made, however they ended
        self.before_the_boot: set[int] = set()  # workers whose processes a reboot ended
        self._raw = self.twins.raw()
        self._dump = self.twins.normal(self._raw)
        self._must_not_change = self._several = False

    def teardown(self) -> None:
        self.tally.edges += self.model.edges

    def agree(self, act: Callable[[Store], Any], expected: Any) -> Any:
        """Let both stores act; they must answer as the model does."""
        answer = self.twins.call(act)
        assert told(answer) == told(expected), f"the store said {answer}, the model {expected}"
        return answer

    def refuse(self, act: Callable[[Store], Any], kind: str) -> Refused:
        """Let both stores act; they must raise *kind* and change nothing."""
        answer = self.twins.call(act)
        assert isinstance(answer, Refused), f"the store said {answer}, the model {kind}"
        assert answer.kind == kind, f"the store said {answer}, the model {kind}"
        self.changed_nothing(kind)
        return answer

    def changed_nothing(self, why: str) -> None:
        """Say that this step was refused: not a byte of either store may differ after it."""
        self._must_not_change = not self._several
        self.tally.refusals[why] += 1

    def makes_several_calls(self) -> None:
        """Say that one that is refused comes among others, so that it cannot be told apart."""
        self._several = True

    def pick(self, number: int, things: Sequence[T]) -> T | None:
        """Choose one of *things*; None where there is none."""
        return things[number % len(things)] if things else None

    @invariant()
    def everything_holds(self) -> None:
        self.tally.steps += 1
        before, raw = self._raw, self.twins.raw()
        if self._must_not_change:
            # But for its count: a result that came too late is one more of those.
            is_same = _uncounted(raw) == _uncounted(before)
            assert is_same, "a call that was refused has changed the store"
        self._must_not_change = self._several = False
        if raw != before:
            dump = self.twins.normal(raw)
            self.agree_on_rows(dump)
            laws.check(dump, before=self._dump, gone=self.model.gone)
            self._dump, self._raw = dump, raw
            self.agree(lambda store: store.reader.counts(), _counts(dump["queuectl_jobs"]))

    def agree_on_rows(self, dump: Dump) -> None:
        """Compare what is stored with what the model has, in each column that it knows."""
        model = self.model
        same("job", dump["queuectl_jobs"], list(model.jobs.values()))
        same("worker", dump["queuectl_workers"], list(model.workers.values()))
        attempts = [model.attempts[run] for run in sorted(model.attempts)]
        same("attempt", dump["queuectl_attempts"], attempts)
        events = [event for job_id in sorted(model.log) for event in model.log[job_id]]
        same("event", dump["queuectl_events"], events)


def same(what: str, stored: Sequence[Row], expected: Sequence[Row]) -> None:
    """Compare rows in the columns that are expected."""
    for row, wanted in zip(stored, expected, strict=False):
        wrong = [name for name, value in wanted.items() if row[name] != value]
        assert not wrong, f"{what} {row}\nshould have " + ", ".join(
            f"{name} {wanted[name]!r}" for name in wrong
        )
    assert len(stored) == len(expected), f"{len(stored)} {what} rows, the model has {len(expected)}"


def _counts(jobs: Sequence[Row]) -> dict[str, dict[JobState, int]]:
    counts: dict[str, dict[JobState, int]] = {}
    for job in jobs:
        of_queue = counts.setdefault(job["queue"], {})
        of_queue[JobState(job["state"])] = of_queue.get(JobState(job["state"]), 0) + 1
    return counts


def _uncounted(raw: tuple[Raw, Raw]) -> list[dict[str, Any]]:
    return [
        {name: rows for name, rows in each.items() if name != "queuectl_tallies"} for each in raw
    ]
