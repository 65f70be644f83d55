"""The JSON API under `/api/v1`: the documents of docs/json.md, errors as problem+json."""

from pathlib import Path
from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from queuectl_dashboard.filters import read_query
from queuectl_store import (
    Job,
    JobId,
    Store,
    attempt_document,
    job_document,
)
from queuectl_worker.output import LogFolder, log_root


def api_blueprint(store: Store) -> Blueprint:
    """Make the API of *store*."""
    blueprint = Blueprint("api", __name__, url_prefix="/api/v1")

    @blueprint.get("/jobs")
    def jobs() -> ResponseReturnValue:
        query = read_query(request.args)
        chosen = query.filter(now=store.reader.now_ms())
        found = store.reader.page(chosen, limit=query.limit + 1, before=query.before)
        shown = found[: query.limit]
        more = len(found) > query.limit
        # `next` goes into `before` for the page that follows; null on the last one.
        return jsonify(jobs=_documents(store, shown), next=shown[-1].id if more else None)

    @blueprint.get("/jobs/<id:job_id>")
    def job(job_id: int) -> ResponseReturnValue:
        return jsonify(_documents(store, [store.reader.get(JobId(job_id))])[0])

    @blueprint.get("/jobs/<id:job_id>/attempts")
    def attempts(job_id: int) -> ResponseReturnValue:
        found = store.reader.attempts(store.reader.get(JobId(job_id)).id)
        return jsonify(attempts=[attempt_document(attempt) for attempt in found])

    return blueprint


def _documents(store: Store, jobs: list[Job]) -> list[dict[str, Any]]:
    reasons = store.reader.reasons(jobs)
    logs = LogFolder(log_root(store, store.settings.all().get("log_dir")))
    return [
        job_document(job, reason=reasons.get(job.id), log=_path(logs.for_run(job))) for job in jobs
    ]


def _path(log: Path | None) -> str | None:
    return str(log) if log is not None and log.exists() else None
