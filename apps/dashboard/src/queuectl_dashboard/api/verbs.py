"""Acting on jobs: on one, or on all that are chosen, by the verbs that the command line has too."""

from typing import Annotated, Any

import msgspec

from queuectl_dashboard.api import shapes
from queuectl_dashboard.api.acting import Action, act_on_all, act_on_one, do_to_one
from queuectl_dashboard.api.choice import Choice
from queuectl_dashboard.api.desk import Desk
from queuectl_dashboard.api.kinds import Asked
from queuectl_dashboard.api.routes import Topic
from queuectl_store import FINAL, TRANSITIONS, WAITING, JobState, Verb
from queuectl_worker import drop_logs

topic = Topic("actions")

Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]

RETRY = Action(
    verb="retry",
    states=TRANSITIONS[Verb.RETRY].sources,
    move=lambda verbs, ids: verbs.admin.retry(ids),
)
RERUN = Action(verb="rerun", states=FINAL, move=lambda verbs, ids: verbs.admin.rerun(ids))
RELEASE = Action(
    verb="release",
    states=TRANSITIONS[Verb.RELEASE].sources,
    move=lambda verbs, ids: verbs.admin.release(ids),
)
REMOVE = Action(
    verb="remove",
    states=FINAL,
    move=lambda verbs, ids: verbs.admin.remove(ids),
    after=lambda desk, ids: drop_logs(desk.store, desk.logs, ids),
)


class Because(Asked):
    """Why, for the history; a sentence of its own where it is left out."""

    reason: Reason | None = None


class ChoiceBecause(Choice):
    """Jobs to act on, and why."""

    reason: Reason | None = None


def cancel(reason: str | None) -> Action:
    """Return the action that stops jobs."""
    because = reason or "cancelled by a person"
    return Action(
        verb="cancel",
        states=WAITING | {JobState.RUNNING},
        move=lambda verbs, ids: verbs.admin.cancel(ids, reason=because),
    )


def hold(reason: str | None) -> Action:
    """Return the action that keeps jobs from starting."""
    return Action(
        verb="hold",
        states=TRANSITIONS[Verb.HOLD].sources,
        move=lambda verbs, ids: verbs.admin.hold(ids, reason=reason),
    )


_ONE: dict[str, Any] = {"answer": shapes.Job, "problems": (404, 409)}
_WHY: dict[str, Any] = {**_ONE, "body": Because, "is_optional": True}
_ALL: dict[str, Any] = {"answer": shapes.Acted, "body": Choice, "problems": (404,)}


@topic.act("/jobs/<id:job_id>/retry", **_ONE)
def retry_job(desk: Desk, job_id: int) -> dict[str, Any]:
    """Run a dead job again with a full new allowance of retries, or a retrying one now."""
    return act_on_one(desk, RETRY, job_id)


@topic.act("/jobs/<id:job_id>/rerun", **_ONE)
def rerun_job(desk: Desk, job_id: int) -> dict[str, Any]:
    """Run a job once more that has ended in any way."""
    return act_on_one(desk, RERUN, job_id)


@topic.act("/jobs/<id:job_id>/cancel", **_WHY)
def cancel_job(desk: Desk, job_id: int, body: Because) -> dict[str, Any]:
    """Cancel a waiting job, or have a running one stopped with all its processes."""
    return act_on_one(desk, cancel(body.reason), job_id)


@topic.act("/jobs/<id:job_id>/hold", **_WHY)
def hold_job(desk: Desk, job_id: int, body: Because) -> dict[str, Any]:
    """Keep a waiting job from starting until it is released."""
    return act_on_one(desk, hold(body.reason), job_id)


@topic.act("/jobs/<id:job_id>/release", **_ONE)
def release_job(desk: Desk, job_id: int) -> dict[str, Any]:
    """Let a held job start."""
    return act_on_one(desk, RELEASE, job_id)


@topic.rule("DELETE", "/jobs/<id:job_id>", answer=None, status=204, problems=(404, 409))
def remove_job(desk: Desk, job_id: int) -> None:
    """Delete an ended job with its runs, events and output, for good."""
    do_to_one(desk, REMOVE, job_id)


@topic.act("/jobs/retry", **_ALL)
def retry_jobs(desk: Desk, body: Choice) -> dict[str, Any]:
    """Run dead jobs again, and retrying ones now."""
    return act_on_all(desk, RETRY, body)


@topic.act("/jobs/rerun", **_ALL)
def rerun_jobs(desk: Desk, body: Choice) -> dict[str, Any]:
    """Run ended jobs once more."""
    return act_on_all(desk, RERUN, body)


@topic.act("/jobs/cancel", **{**_ALL, "body": ChoiceBecause})
def cancel_jobs(desk: Desk, body: ChoiceBecause) -> dict[str, Any]:
    """Cancel waiting jobs, and have running ones stopped."""
    return act_on_all(desk, cancel(body.reason), body)


@topic.act("/jobs/hold", **{**_ALL, "body": ChoiceBecause})
def hold_jobs(desk: Desk, body: ChoiceBecause) -> dict[str, Any]:
    """Keep waiting jobs from starting until they are released."""
    return act_on_all(desk, hold(body.reason), body)


@topic.act("/jobs/release", **_ALL)
def release_jobs(desk: Desk, body: Choice) -> dict[str, Any]:
    """Let held jobs start."""
    return act_on_all(desk, RELEASE, body)


@topic.rule("POST", "/jobs/remove", **_ALL)
def remove_jobs(desk: Desk, body: Choice) -> dict[str, Any]:
    """Delete ended jobs with their runs, events and output, for good."""
    return act_on_all(desk, REMOVE, body)
