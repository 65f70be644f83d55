"""The HTML pages. A page that stays open fetches itself again when the socket tells of a change."""

from collections.abc import Callable
from functools import partial
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, render_template, request

from queuectl_dashboard.filters import Query, read_query
from queuectl_dashboard.pulse import Pulse
from queuectl_dashboard.redaction import Redaction
from queuectl_dashboard.rows import job_rows, work_of
from queuectl_dashboard.runs import Run, runs_of, tail_of, whole
from queuectl_metrics import total
from queuectl_store import Job, JobId, JobState, Store
from queuectl_worker.output import LogFolder, log_root

# The order in which people look: what is going on, what is wrong, what waits, what is over.
RAIL = (
    JobState.RUNNING,
    JobState.PENDING,
    JobState.RETRYING,
    JobState.SCHEDULED,
    JobState.BLOCKED,
    JobState.HELD,
    JobState.DEAD,
    JobState.SUCCEEDED,
    JobState.CANCELLED,
)


def pages_blueprint(store: Store, pulse: Pulse, redaction: Redaction) -> Blueprint:
    """Make the pages of *store*."""
    blueprint = Blueprint("pages", __name__)

    @blueprint.get("/")
    def jobs() -> str:
        return _jobs_page(store, pulse, redaction)

    @blueprint.get("/jobs/<id:job_id>")
    def job(job_id: int) -> str:
        return _job_page(store, redaction, JobId(job_id))

    @blueprint.get("/jobs/<id:job_id>/log/<id:token>")
    def log(job_id: int, token: int) -> Response:
        return _log_file(store, JobId(job_id), token)

    return blueprint


def _jobs_page(store: Store, pulse: Pulse, redaction: Redaction) -> str:
    query = read_query(request.args)
    now = store.reader.now_ms()
    # One more than is shown tells whether there are older ones.
    found = store.reader.page(query.filter(now=now), limit=query.limit + 1, before=query.before)
    shown = [redaction.of_job(job) for job in found[: query.limit]]
    counts = store.reader.counts()
    return render_template(
        "jobs.html",
        now=now,
        query=query,
        link=partial(_link, query),
        rows=job_rows(shown, store.reader.reasons(shown)),
        older=shown[-1].id if len(found) > query.limit else None,
        rail=RAIL,
        counts=total(counts),
        queues=sorted(set(counts) | set(query.queues)),
        workers=store.reader.workers(),
        activity=pulse.read(now=now),
    )


def _job_page(store: Store, redaction: Redaction, job_id: JobId) -> str:
    job = redaction.of_job(store.reader.get(job_id))
    runs = runs_of(store, job, store.reader.attempts(job_id), _logs(store))
    chosen = _chosen(runs, request.args.get("run"))
    kind, work = work_of(job)
    return render_template(
        "job.html",
        now=store.reader.now_ms(),
        job=job,
        kind=kind,
        work=work,
        reason=store.reader.reasons([job]).get(job_id, ""),
        runs=runs,
        chosen=chosen,
        tail=tail_of(chosen.output if chosen else None),
        run_link=_run_link(job),
    )


def _chosen(runs: list[Run], asked: str | None) -> Run | None:
    if asked is None:
        return runs[0] if runs else None
    found = [run for run in runs if str(run.token) == asked]
    return found[0] if found else abort(404, f"the job has no run {asked[:40]!r}")


def _log_file(store: Store, job_id: JobId, token: int) -> Response:
    job = store.reader.get(job_id)
    runs = runs_of(store, job, store.reader.attempts(job_id), _logs(store))
    output = next((run.output for run in runs if run.token == token), None)
    if output is None:
        abort(404, f"job {job_id} has no output of run {token} on this host")
    headers = {
        "Content-Disposition": f'attachment; filename="job-{job_id}-{token}.log"',
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return Response(whole(output), content_type="text/plain; charset=utf-8", headers=headers)


def _logs(store: Store) -> LogFolder:
    return LogFolder(log_root(store, store.settings.all().get("log_dir")))


def _link(query: Query, **changes: list[str]) -> str:
    """Write the address of the same list with some arguments changed, back on its first page."""
    arguments = {**query.first().arguments(), **changes}
    written = urlencode(arguments, doseq=True, errors="replace")
    return f"{request.script_root}/" + (f"?{written}" if written else "")


def _run_link(job: Job) -> Callable[[Run], str]:
    return lambda run: f"{request.script_root}/jobs/{job.id}?run={run.token}"
