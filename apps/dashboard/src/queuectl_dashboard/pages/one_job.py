"""One job: what it is, what became of each of its runs, what they printed."""

from dataclasses import replace

from flask import Response, abort, render_template, request

from queuectl_dashboard.api.desk import Desk
from queuectl_dashboard.comparing import difference, sides
from queuectl_dashboard.history import moments
from queuectl_dashboard.rows import work_of
from queuectl_dashboard.runs import Run, runs_of, tail_of, whole
from queuectl_store import FINAL, TRANSITIONS, WAITING, Explanation, Job, JobId, JobState, Verb

_EVENTS = 500


def job_page(desk: Desk, job_id: JobId) -> str:
    """Render a job."""
    job = desk.redaction.of_job(desk.job(job_id))
    runs = _runs(desk, job)
    chosen = _chosen(runs, request.args.get("run"))
    kind, work = work_of(job)
    events = desk.store.reader.events(job_id=job_id, limit=_EVENTS)
    return render_template(
        "job.html",
        now=desk.store.reader.now_ms(),
        job=job,
        kind=kind,
        work=work,
        why=_shown(desk, desk.store.reader.why(job_id)),
        verbs=_verbs(job),
        runs=runs,
        chosen=chosen,
        tail=tail_of(chosen.output if chosen else None),
        moments=moments(events, desk.redaction),
        has_failed=any(run.error for run in runs),
    )


def compare_page(desk: Desk, job_id: JobId) -> str:
    """Render a failed run of a job beside one that succeeded."""
    job = desk.job(job_id)
    failed, good = sides(desk, job)
    lines = difference(good.run, failed.run) if failed and good else []
    return render_template(
        "compare.html",
        now=desk.store.reader.now_ms(),
        job=desk.redaction.of_job(job),
        failed=failed,
        good=good,
        lines=lines,
        work_of=work_of,
    )


def log_file(desk: Desk, job_id: JobId, token: int) -> Response:
    """Send all that a run printed, as a file."""
    job = desk.job(job_id)
    output = next((run.output for run in _runs(desk, job) if run.token == token), None)
    if output is None:
        abort(404, f"job {job_id} has no output of run {token} on this host")
    headers = {
        "Content-Disposition": f'attachment; filename="job-{job_id}-{token}.log"',
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return Response(whole(output), content_type="text/plain; charset=utf-8", headers=headers)


def _runs(desk: Desk, job: Job) -> list[Run]:
    return runs_of(job, desk.attempts(job.id), desk.output)


def _chosen(runs: list[Run], asked: str | None) -> Run | None:
    if asked is None:
        return runs[0] if runs else None
    found = [run for run in runs if str(run.token) == asked]
    return found[0] if found else abort(404, f"the job has no run {asked[:40]!r}")


def _verbs(job: Job) -> set[str]:
    """Name the verbs that the job's state allows."""
    allowed = {
        "retry": TRANSITIONS[Verb.RETRY].sources,
        "rerun": FINAL - {JobState.DEAD},
        "hold": TRANSITIONS[Verb.HOLD].sources,
        "release": TRANSITIONS[Verb.RELEASE].sources,
        "edit": TRANSITIONS[Verb.EDIT].sources,
        "cancel": WAITING | {JobState.RUNNING},
        "remove": FINAL,
    }
    return {verb for verb, states in allowed.items() if job.state in states}


def _shown(desk: Desk, why: Explanation) -> Explanation:
    of_text = desk.redaction.of_text
    return replace(why, detail=of_text(why.detail), remedy=of_text(why.remedy))
