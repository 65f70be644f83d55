"""The dead letters: grouped by their fault, retried at a chosen rate, purged."""

from typing import Any

from queuectl_dashboard.api import shapes
from queuectl_dashboard.api.acting import Action, act_on_all
from queuectl_dashboard.api.choice import Choice, Filter, filter_of
from queuectl_dashboard.api.desk import Desk
from queuectl_dashboard.api.input import BadInput
from queuectl_dashboard.api.kinds import Words
from queuectl_dashboard.api.routes import Topic
from queuectl_store import JobState, Rate, dead_group_document
from queuectl_worker import drop_logs

topic = Topic("dead")

_DEAD = frozenset({JobState.DEAD})
_MOST_TOLD = 1_000

PURGE = Action(
    verb="purge",
    states=_DEAD,
    move=lambda verbs, ids: verbs.dead.purge(ids),
    makes_batches=True,
    after=lambda desk, ids: drop_logs(desk.store, desk.logs, ids),
)


class PacedChoice(Choice):
    """Dead jobs to retry, and how fast they may start: `10/m`, `5/s`; all at once without it."""

    rate: Words | None = None


@topic.get("/dead", query=Filter, answer=shapes.Faults, problems=(400,))
def list_dead(desk: Desk, query: Filter) -> dict[str, Any]:
    """Group the dead jobs by their fault, the most frequent first."""
    try:
        chosen = filter_of(query, now_ms=desk.store.reader.now_ms())
    except BadInput as error:
        raise BadInput(str(error), status=400) from error
    return {
        "groups": [dead_group_document(each, most=_MOST_TOLD) for each in desk.dead_groups(chosen)]
    }


@topic.act("/dead/retry", body=PacedChoice, answer=shapes.Acted, problems=(404,))
def retry_dead(desk: Desk, body: PacedChoice) -> dict[str, Any]:
    """Run dead jobs again, the oldest first where a rate paces them."""
    rate = None if body.rate is None else read_rate(body.rate)
    action = Action(
        verb="retry",
        states=_DEAD,
        move=lambda verbs, ids: verbs.dead.retry(ids, rate=rate),
        makes_batches=True,
    )
    return act_on_all(desk, action, body)


@topic.rule("POST", "/dead/purge", body=Choice, answer=shapes.Acted, problems=(404,))
def purge_dead(desk: Desk, body: Choice) -> dict[str, Any]:
    """Delete dead jobs with all that is theirs, for good."""
    return act_on_all(desk, PURGE, body)


def read_rate(text: str, *, burst: int = 1) -> Rate:
    """Return a rate such as `10/m`.

    Raises:
        BadInput: It is none.
    """
    try:
        return Rate.parse(text, burst=burst)
    except ValueError as error:
        raise BadInput(f"the rate {text[:40]!r}: {error}") from error
