"""The HTML pages. A page that stays open fetches itself again when the socket tells of a change."""

from flask import Blueprint, Response, g

from queuectl_dashboard.api.desk import Desk
from queuectl_dashboard.pages.dead import dead_page
from queuectl_dashboard.pages.groups import group_page, groups_page
from queuectl_dashboard.pages.hooks import hook_page, hooks_page
from queuectl_dashboard.pages.jobs import jobs_page, jobs_rows
from queuectl_dashboard.pages.one_job import compare_page, job_page, log_file
from queuectl_dashboard.pages.overview import overview_page
from queuectl_dashboard.pages.queues import queues_page
from queuectl_dashboard.pages.schedules import schedules_page
from queuectl_dashboard.pages.settings import audit_page, settings_page, tokens_page
from queuectl_dashboard.pages.workers import workers_page
from queuectl_store import JobId

# By the name of the endpoint, which the rights are given to.
_PLAIN = {
    "overview": ("/", overview_page),
    "jobs": ("/jobs", jobs_page),
    "rows": ("/jobs/rows", jobs_rows),
    "dead": ("/dead", dead_page),
    "queues": ("/queues", queues_page),
    "schedules": ("/schedules", schedules_page),
    "workers": ("/workers", workers_page),
    "groups": ("/groups", groups_page),
    "hooks": ("/hooks", hooks_page),
    "settings": ("/settings", settings_page),
    "tokens": ("/tokens", tokens_page),
    "audit": ("/audit", audit_page),
}


def pages_blueprint(desk: Desk) -> Blueprint:
    """Make the pages."""
    blueprint = Blueprint("pages", __name__)
    for name, (path, page) in _PLAIN.items():
        blueprint.add_url_rule(path, name, page, defaults={"desk": desk})

    @blueprint.before_request
    def begin() -> None:
        # Read ahead of what the page shows: from here on the socket tells of what it may not show.
        g.feed_cursor = desk.store.reader.newest_events(0).cursor

    @blueprint.get("/jobs/<id:job_id>")
    def job(job_id: int) -> str:
        return job_page(desk, JobId(job_id))

    @blueprint.get("/jobs/<id:job_id>/compare")
    def compare(job_id: int) -> str:
        return compare_page(desk, JobId(job_id))

    @blueprint.get("/jobs/<id:job_id>/log/<id:token>")
    def log(job_id: int, token: int) -> Response:
        return log_file(desk, JobId(job_id), token)

    @blueprint.get("/groups/<name:name>")
    def group(name: str) -> str:
        return group_page(desk, name)

    @blueprint.get("/hooks/<name:name>")
    def hook(name: str) -> str:
        return hook_page(desk, name)

    return blueprint
