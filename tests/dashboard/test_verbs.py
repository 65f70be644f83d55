"""Acting on jobs through the API."""

from typing import Any

import pytest

from queuectl_store import (
    Dead,
    Finish,
    JobId,
    JobState,
    NewJob,
    RunFacts,
    Shell,
    Store,
    Task,
)
from tests.dashboard.site import BEARER, Site
from tests.dashboard.stories import claim_all, finish


def enqueue(store: Store, count: int = 1, **facts: Any) -> list[JobId]:
    return store.enqueue([NewJob(work=Shell(script="true"), **facts) for _ in range(count)])


def kill(store: Store, *, error: str = "exit code 3") -> None:
    claims = claim_all(store)
    finish(
        store,
        claims,
        Finish(
            claim=claims[0], outcome=Dead(reason=error), facts=RunFacts(exit_code=3, error=error)
        ),
    )


@pytest.mark.parametrize(("verb", "state"), [("hold", "held"), ("cancel", "cancelled")])
def test_a_waiting_job_is_held_or_cancelled_for_a_reason(
    store: Store, site: Site, verb: str, state: str
) -> None:
    enqueue(store)

    answer = site.call(f"/jobs/1/{verb}", "POST", {"reason": "lunch"})

    assert (answer.status, answer.json["state"]) == (200, state)
    assert store.reader.get(JobId(1)).note == "lunch"


def test_a_dead_job_is_retried_and_what_is_not_dead_is_refused(store: Store, site: Site) -> None:
    enqueue(store)
    kill(store)

    answers = [site.call("/jobs/1/retry", "POST") for _ in range(2)]

    assert [answer.status for answer in answers] == [200, 409]
    assert answers[0].json["state"] == "pending"
    assert answers[1].json["detail"].startswith("cannot retry job 1: it is pending")


def test_a_filter_is_rehearsed_and_then_meant(store: Store, site: Site) -> None:
    enqueue(store, 3, queue="mail")
    enqueue(store, 2)
    asked = {"filter": {"queue": ["mail"]}}

    rehearsed = site.call("/jobs/cancel", "POST", {**asked, "dry_run": True}).json
    untouched = store.reader.counts()
    done = site.call("/jobs/cancel", "POST", asked).json

    assert (rehearsed["done"], rehearsed["dry_run"]) == (3, True)
    assert untouched["mail"] == {JobState.PENDING: 3}
    assert (done["done"], done["ids"], done["dry_run"]) == (3, [1, 2, 3], False)
    assert store.reader.counts()["mail"] == {JobState.CANCELLED: 3}
    assert store.reader.counts()["default"] == {JobState.PENDING: 2}


def test_a_rehearsal_tells_of_the_jobs_that_would_move_along(store: Store, site: Site) -> None:
    enqueue(store)
    site.call("/jobs", "POST", {"command": "true", "after": 1})

    answer = site.call("/jobs/cancel", "POST", {"ids": [1], "dry_run": True}).json

    assert (answer["done"], answer["others"]) == (1, 1)


@pytest.mark.parametrize(
    "choice", [{}, {"filter": {}}, {"ids": [1], "all": True}, {"ids": [1], "filter": {"name": "n"}}]
)
def test_a_choice_that_does_not_say_who_is_meant_touches_nobody(
    store: Store, site: Site, choice: dict[str, Any]
) -> None:
    enqueue(store)

    answer = site.call("/jobs/cancel", "POST", choice)

    assert answer.status == 422
    assert store.reader.get(JobId(1)).state is JobState.PENDING


def test_some_are_done_and_the_others_told_of(store: Store, site: Site) -> None:
    enqueue(store)

    answer = site.call("/jobs/hold", "POST", {"ids": [1, 7]}).json

    assert (answer["done"], answer["refused"]) == (1, 1)
    assert answer["refusals"][0]["id"] == 7


def test_a_job_is_enqueued_once_however_often_it_is_sent(store: Store, site: Site) -> None:
    spec = {"command": ["echo", "a b"], "priority": "high", "tags": {"k": "v"}, "timeout": "90s"}

    answers = [site.call("/jobs", "POST", spec, Idempotency_Key="order-7") for _ in range(2)]

    job = store.reader.get(JobId(1))
    assert [(answer.status, answer.json["id"]) for answer in answers] == [(201, 1), (201, 1)]
    assert answers[0].headers["location"] == "/api/v1/jobs/1"
    assert (job.command, job.priority, job.tags, job.timeout_ms) == (
        "echo 'a b'",
        10,
        {"k": "v"},
        90_000,
    )


def test_a_job_may_follow_others_and_be_followed(store: Store, site: Site) -> None:
    enqueue(store, 2)

    answer = site.call(
        "/jobs", "POST", {"task": "mail", "args": ["eve"], "after": "1,2", "on_finish": "true"}
    )

    followed = store.reader.get(JobId(3))
    assert (answer.json["state"], answer.json["after"]) == ("blocked", [1, 2])
    assert followed.work == Task(name="mail", args=("eve",))
    assert store.reader.get(JobId(4)).state is JobState.BLOCKED


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({}, "exactly one of command"),
        ({"command": "true", "argv": ["true"]}, "exactly one of command"),
        ({"command": " "}, "command is empty"),
        ({"command": "true", "args": []}, "belong to a task"),
        ({"command": "true", "delay": 1, "run_at": "2030-01-01T00:00:00Z"}, "one of delay"),
        ({"command": "true", "run_at": "2030-01-01T00:00:00"}, "with its zone"),
        ({"command": "true", "queue": "no such queue"}, "queue name"),
        ({"command": "true", "after": "x"}, "takes job ids"),
        ({"command": "true", "after": 99}, "99"),
        ({"command": "true", "unique_for": 3}, "has no key"),
        ({"command": "true", "halt": "soon,fail=1"}, "needs a group"),
        ({"command": "true", "env": {"A": 1}}, "env"),
        ({"comand": "true"}, "comand"),
        ([], "object"),
    ],
)
def test_a_job_that_makes_no_sense_is_refused_with_what_is_wrong(
    store: Store, site: Site, spec: Any, words: str
) -> None:
    answer = site.call("/jobs", "POST", spec)

    assert answer.status in {404, 409, 422}
    assert answer.headers["content-type"] == "application/problem+json"
    assert words in answer.json["detail"]
    assert store.reader.last_job_id() == 0


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b'{"command": "a", "command": "b"}', "application/json", 400),
        (b'{"timeout": NaN}', "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'"\xff"', "application/json", 400),
        (b'{"command": "\\ud800"}', "application/json", 400),
        (b'{"priority": ' + b"9" * 5_000 + b"}", "application/json", 400),
        (b"command=true", "application/x-www-form-urlencoded", 415),
        (b'{"command": "true"}', "text/plain", 415),
        (b'{"command": "true"}', "", 415),
        (b" " * 2**20 + b"{}", "application/json", 413),
    ],
)
def test_a_body_that_is_no_json_is_a_clients_error(
    store: Store, site: Site, body: bytes, kind: str, status: int
) -> None:
    answer = site.ask("/api/v1/jobs", "POST", headers={**BEARER, "Content-Type": kind}, body=body)

    assert answer.status == status
    assert store.reader.last_job_id() == 0


def test_a_waiting_job_is_changed(store: Store, site: Site) -> None:
    enqueue(store)

    answer = site.call("/jobs/1", "PATCH", {"argv": ["ls"], "priority": 3, "queue": "slow"})

    assert answer.json["argv"] == ["ls"]
    assert (answer.json["priority"], answer.json["queue"]) == (3, "slow")
    assert site.call("/jobs/1", "PATCH", {}).status == 422


def test_an_ended_job_is_deleted_and_one_that_waits_is_not(store: Store, site: Site) -> None:
    enqueue(store, 2)
    site.call("/jobs/1/cancel", "POST")

    answers = [site.call(f"/jobs/{job}", "DELETE").status for job in (1, 2, 3)]

    assert answers == [204, 409, 404]


def test_dead_jobs_of_one_fault_are_retried_at_a_rate(store: Store, site: Site) -> None:
    enqueue(store, 3)
    kill(store)

    [fault] = site.call("/dead", "GET").json["groups"]
    asked = {"filter": {"fingerprint": fault["fingerprint"]}, "rate": "1/h"}
    answer = site.call("/dead/retry", "POST", asked).json

    assert (fault["count"], fault["error"], fault["ids"]) == (3, "exit code 3", [1, 2, 3])
    assert answer["done"] == 3
    assert site.call("/jobs?state=pending", "GET").json["jobs"][0]["reason"] is not None


def test_secrets_among_the_arguments_are_hidden_in_every_answer(store: Store, site: Site) -> None:
    work = Task(name="mail", kwargs={"to": "eve", "smtp": {"Password": "s3cr3t"}})
    store.enqueue([NewJob(work=work, tags={"api_key": "s3cr3t", "k": "v"}, hold=True)])
    site.call("/jobs/1", "PATCH", {"task": "mail", "kwargs": {"password": "s3cr3t-2"}})

    answers = [
        site.call(path, "GET").text
        for path in ("/jobs", "/jobs/1", "/jobs/1/events", "/events", "/jobs/1/why")
    ]

    assert "[hidden]" in answers[0]
    assert not [text for text in answers if "s3cr3t" in text]
