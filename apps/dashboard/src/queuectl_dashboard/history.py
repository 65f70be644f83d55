"""What happened to a job, in words."""

from collections.abc import Sequence

from queuectl_dashboard.redaction import Redaction
from queuectl_store import JobState, Verb
from queuectl_store.events import Event
from queuectl_store.values import dataclass

_WORDS = {
    Verb.ENQUEUE: "enqueued",
    Verb.STAGE: "became due",
    Verb.CLAIM: "started",
    Verb.SUCCEED: "succeeded",
    Verb.BACK_OFF: "failed, to be retried",
    Verb.SNOOZE: "put itself off",
    Verb.DIE: "failed for good",
    Verb.GIVE_BACK: "given back by its worker",
    Verb.STOP: "stopped",
    Verb.CANCEL: "cancelled",
    Verb.HOLD: "held",
    Verb.RELEASE: "released",
    Verb.RETRY: "retried by a person",
    Verb.RERUN: "rerun by a person",
    Verb.UNBLOCK: "its parents are done",
    Verb.BLOCK: "blocked again: its parent was retried",
    Verb.GIVE_UP: "given up",
    Verb.EDIT: "edited",
}
# The JSON of what was before an edit is for programs.
_UNTOLD = frozenset({Verb.EDIT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One change. *after_ms*: how long the job had been in the state before it."""

    at: int
    words: str
    state: JobState
    attempt: int
    worker: int | None
    note: str
    after_ms: int | None


def moments(events: Sequence[Event], redaction: Redaction) -> list[Moment]:
    """Tell *events* of one job, which come oldest first, newest first."""
    told = [
        Moment(
            at=event.at,
            words=_WORDS[event.verb],
            state=event.state,
            attempt=event.attempt,
            worker=event.worker_id,
            note="" if event.verb in _UNTOLD else redaction.of_text(event.note) or "",
            after_ms=max(0, event.at - before.at) if before is not None else None,
        )
        for before, event in zip([None, *events], events, strict=False)
    ]
    return told[::-1]
