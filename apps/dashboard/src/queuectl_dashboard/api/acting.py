"""What the verbs share: who is meant, a rehearsal where it is asked for, what became of each."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from queuectl_dashboard.api.choice import Choice, chosen_ids
from queuectl_dashboard.api.desk import Desk
from queuectl_store import Admin, DeadLetters, JobId, JobState, Moved, StoreError
from queuectl_store.values import dataclass

_BATCH = 1_000
_MOST_TOLD = 1_000


class Verbs(Protocol):
    """A store, or a rehearsal in it."""

    @property
    def admin(self) -> Admin:
        """What people do to jobs."""

    @property
    def dead(self) -> DeadLetters:
        """The dead letter queue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A verb, and the states that a filter means where it names none.

    Attributes:
        move: Takes up to a thousand ids; any number where it *makes_batches*.
        after: What is to be done beside the store for the jobs that were moved.
    """

    verb: str
    states: frozenset[JobState]
    move: Callable[[Verbs, Sequence[JobId]], Moved]
    makes_batches: bool = False
    after: Callable[[Desk, Sequence[JobId]], object] | None = None


def act_on_one(desk: Desk, action: Action, job_id: int) -> dict[str, Any]:
    """Do *action* to one job and return it as it is then.

    Raises:
        StoreError: Why it was not touched.
    """
    do_to_one(desk, action, job_id)
    return desk.document(job_id)


def do_to_one(desk: Desk, action: Action, job_id: int) -> None:
    """Do *action* to one job.

    Raises:
        StoreError: Why it was not touched.
    """
    moved = action.move(desk.store, [JobId(job_id)])
    if not moved.done:
        raise moved.refused[0]
    if action.after is not None:
        action.after(desk, moved.done)


def act_on_all(desk: Desk, action: Action, choice: Choice) -> dict[str, Any]:
    """Do *action* to all jobs that are chosen, and tell what became of them.

    In batches: what was done when an error ends it stays done.

    Raises:
        BadInput: The choice does not say who is meant.
    """
    ids = chosen_ids(desk.store, choice, states=action.states)
    if choice.dry_run:
        rehearsal = desk.store.rehearsal()
        moved = _move(rehearsal, action, ids)
        others = {change.job_id for change in rehearsal.changes} - set(moved.done)
        return _told(desk, action, moved, is_dry=True, others=len(others))
    moved = _move(desk.store, action, ids)
    if action.after is not None:
        action.after(desk, moved.done)
    return _told(desk, action, moved, is_dry=False)


def _move(verbs: Verbs, action: Action, ids: Sequence[JobId]) -> Moved:
    if action.makes_batches:
        return action.move(verbs, ids)
    return joined([action.move(verbs, ids[at : at + _BATCH]) for at in range(0, len(ids), _BATCH)])


def joined(parts: Sequence[Moved]) -> Moved:
    """Return what several steps did together."""
    return Moved(
        done=tuple(job_id for part in parts for job_id in part.done),
        refused=tuple(error for part in parts for error in part.refused),
    )


def _told(
    desk: Desk, action: Action, moved: Moved, *, is_dry: bool, others: int = 0
) -> dict[str, Any]:
    of_text = desk.redaction.of_text
    return {
        "verb": action.verb,
        "dry_run": is_dry,
        "done": len(moved.done),
        "refused": len(moved.refused),
        "others": others,
        "ids": list(moved.done[:_MOST_TOLD]),
        "refusals": [
            {"id": _id_of(error), "error": of_text(str(error))}
            for error in moved.refused[:_MOST_TOLD]
        ],
    }


def _id_of(error: StoreError) -> int | None:
    job_id: int | None = getattr(error, "job_id", None)
    return job_id
