"""One job: what it is, what became of each of its runs, what they printed."""

from collections.abc import Callable

from flask import Response, abort, render_template, request

from queuectl_dashboard.api.desk import Desk
from queuectl_dashboard.rows import work_of
from queuectl_dashboard.runs import Run, runs_of, tail_of, whole
from queuectl_store import Job, JobId


def job_page(desk: Desk, job_id: JobId) -> str:
    """Render a job."""
    job = desk.redaction.of_job(desk.job(job_id))
    runs = runs_of(desk.store, job, desk.store.reader.attempts(job_id), desk.logs)
    chosen = _chosen(runs, request.args.get("run"))
    kind, work = work_of(job)
    return render_template(
        "job.html",
        now=desk.store.reader.now_ms(),
        job=job,
        kind=kind,
        work=work,
        reason=desk.store.reader.reasons([job]).get(job_id, ""),
        runs=runs,
        chosen=chosen,
        tail=tail_of(chosen.output if chosen else None),
        run_link=_run_link(job),
    )


def log_file(desk: Desk, job_id: JobId, token: int) -> Response:
    """Send all that a run printed, as a file."""
    job = desk.job(job_id)
    runs = runs_of(desk.store, job, desk.store.reader.attempts(job_id), desk.logs)
    output = next((run.output for run in runs if run.token == token), None)
    if output is None:
        abort(404, f"job {job_id} has no output of run {token} on this host")
    headers = {
        "Content-Disposition": f'attachment; filename="job-{job_id}-{token}.log"',
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return Response(whole(output), content_type="text/plain; charset=utf-8", headers=headers)


def _chosen(runs: list[Run], asked: str | None) -> Run | None:
    if asked is None:
        return runs[0] if runs else None
    found = [run for run in runs if str(run.token) == asked]
    return found[0] if found else abort(404, f"the job has no run {asked[:40]!r}")


def _run_link(job: Job) -> Callable[[Run], str]:
    return lambda run: f"{request.script_root}/jobs/{job.id}?run={run.token}"
