"""The HTML pages. A page that stays open fetches itself again when the socket tells of a change."""

from flask import Blueprint, Response

from queuectl_dashboard.api.desk import Desk
from queuectl_dashboard.pages.jobs import jobs_page, jobs_rows
from queuectl_dashboard.pages.one_job import compare_page, job_page, log_file
from queuectl_dashboard.pages.overview import overview_page
from queuectl_store import JobId


def pages_blueprint(desk: Desk) -> Blueprint:
    """Make the pages."""
    blueprint = Blueprint("pages", __name__)

    @blueprint.get("/")
    def overview() -> str:
        return overview_page(desk)

    @blueprint.get("/jobs")
    def jobs() -> str:
        return jobs_page(desk)

    @blueprint.get("/jobs/rows")
    def rows() -> str:
        return jobs_rows(desk)

    @blueprint.get("/jobs/<id:job_id>")
    def job(job_id: int) -> str:
        return job_page(desk, JobId(job_id))

    @blueprint.get("/jobs/<id:job_id>/compare")
    def compare(job_id: int) -> str:
        return compare_page(desk, JobId(job_id))

    @blueprint.get("/jobs/<id:job_id>/log/<id:token>")
    def log(job_id: int, token: int) -> Response:
        return log_file(desk, JobId(job_id), token)

    return blueprint
