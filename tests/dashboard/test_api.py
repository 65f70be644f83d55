"""The JSON API."""

import pytest

from queuectl_store import JobId, NewJob, Shell, Store, attempt_document, job_document
from tests.dashboard.site import BEARER, Site
from tests.dashboard.stories import claim_all, write_log


def test_a_job_is_the_documented_json(store: Store, site: Site) -> None:
    store.enqueue([NewJob(work=Shell(script="true"), name="näme", tags={"k": "v"}, hold=True)])

    answer = site.ask("/api/v1/jobs/1")

    job = store.reader.get(JobId(1))
    reason = store.reader.reasons([job]).get(job.id)
    assert answer.headers["content-type"] == "application/json"
    assert answer.json.items() >= job_document(job, reason=reason).items()


def test_a_running_job_names_its_log(store: Store, site: Site) -> None:
    store.enqueue([NewJob(work=Shell(script="true"))])
    [claim] = claim_all(store)

    before = site.ask("/api/v1/jobs/1").json["log"]
    write_log(store, claim, b"output")

    assert before is None
    assert site.ask("/api/v1/jobs/1").json["log"].endswith("1-1.log")


def test_pages_of_jobs_follow_the_cursor_to_the_end(store: Store, site: Site) -> None:
    store.enqueue([NewJob(work=Shell(script="true")) for _ in range(7)])
    seen, cursor = [], "limit=3"

    while cursor:
        answer = site.ask(f"/api/v1/jobs?{cursor}").json
        seen.append([job["id"] for job in answer["jobs"]])
        cursor = f"limit=3&before={answer['next']}" if answer["next"] else ""

    assert seen == [[7, 6, 5], [4, 3, 2], [1]]


def test_attempts_are_the_documented_json(store: Store, site: Site) -> None:
    store.enqueue([NewJob(work=Shell(script="true"))])
    [claim] = claim_all(store)
    assert claim.job.worker_id is not None
    store.unregister(claim.job.worker_id)

    attempts = store.reader.attempts(JobId(1))

    expected = {"attempts": [{"run": 1, **attempt_document(attempt)} for attempt in attempts]}
    assert site.ask("/api/v1/jobs/1/attempts").json == expected


@pytest.mark.parametrize("path", ["/api/v1/jobs/99", "/api/v1/jobs/99/attempts", "/api/v1/nothing"])
def test_what_is_not_there_is_a_problem_document(site: Site, path: str) -> None:
    answer = site.ask(path, headers={**BEARER, "Accept": "text/html"})

    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status, answer.json["title"]) == (404, "Not Found")


def test_a_method_that_is_not_served_names_those_that_are(site: Site) -> None:
    answer = site.ask("/api/v1/stats", "POST")

    assert answer.status == 405
    assert {"GET", "HEAD"} <= set(answer.headers["allow"].split(", "))
