"""Queues, resources and the demands of jobs, from the command line."""

import json
from typing import Any

import pytest

from tests.cli.program import Program


def queue(queuectl: Program, name: str) -> Any:
    found = queuectl.must("queue", "list", "--json").documents
    return next(each for each in found if each["name"] == name)


def test_limits_are_set_shown_and_taken_away(queuectl: Program) -> None:
    said = queuectl.must(
        *("queue", "set", "mail", "--concurrency", "4", "--rate", "10/m", "--burst", "3"),
        *("--key-concurrency", "2", "--key-rate", "5/s"),
    )
    first = queue(queuectl, "mail")

    queuectl.must("queue", "set", "mail", "--rate", "none", "--key-rate", "none")

    assert said.err == ("mail: concurrency 4, rate 10/m burst 3, key-concurrency 2, key-rate 5/s\n")
    assert first == {
        "name": "mail",
        "state": "active",
        "concurrency": 4,
        "rate": "10/m",
        "burst": 3,
        "key_concurrency": 2,
        "key_rate": "5/s",
        "key_burst": 1,
        "counts": {},
        "running": 0,
        "parked": 0,
        "oldest_pending": None,
    }
    left = queue(queuectl, "mail")
    assert [left[name] for name in ("concurrency", "rate", "burst", "key_rate")] == [4] + [None] * 3


def test_a_paused_queue_keeps_its_jobs_and_says_so(queuectl: Program) -> None:
    paused = queuectl.must("queue", "pause", "mail", "--json").document
    queuectl.must("enqueue", "--queue", "mail", "true")
    queuectl.must("worker", "start", "--burst", "-q")
    waiting = queuectl.job(1)

    queuectl.must("queue", "resume", "mail")
    queuectl.must("worker", "start", "--burst", "-q")

    assert paused == {"name": "mail", "state": "paused"}
    assert (waiting["state"], waiting["reason"]) == ("pending", "queue paused")
    assert queuectl.job(1)["state"] == "succeeded"


def test_a_draining_queue_refuses_new_jobs_and_says_what_to_do(queuectl: Program) -> None:
    queuectl.must("queue", "drain", "mail")

    refused = queuectl("enqueue", "--queue", "mail", "true")

    assert refused.code == 4
    assert refused.err == (
        "queuectl: the queue mail is draining and takes no new jobs;"
        " `queuectl queue resume mail` opens it again\n"
    )
    assert queuectl.must("list", "--json").out == b""


def test_a_job_asks_for_resources_slots_and_a_key(queuectl: Program) -> None:
    queuectl.must("resource", "set", "gpu", "2")
    queuectl.must(
        *("enqueue", "--resource", "gpu=2", "--slots", "2", "--concurrency-key", "k"),
        'echo "$QUEUECTL_RESOURCE_GPU"',
    )
    spec = {"command": "true", "resources": {"gpu": 1}, "slots": 3, "concurrency_key": "k"}
    queuectl.must("enqueue", json.dumps(spec))

    queuectl.must("worker", "start", "--burst", "--concurrency", "2", "-q")

    assert queuectl.must("logs", "1").text == "0,1\n"
    assert queuectl.job(1)["state"] == "succeeded"
    assert queuectl.job(2)["state"] == "pending"


def test_resources_are_listed_and_removed(queuectl: Program) -> None:
    queuectl.must("resource", "set", "gpu", "2")
    queuectl.must("enqueue", "--resource", "license", "true")
    queuectl.must("worker", "start", "--burst", "-q")

    listed = queuectl.must("resource", "list", "--json").documents
    removed = queuectl.must("resource", "rm", "gpu", "--json").document
    missing = queuectl("resource", "rm", "gpu")

    assert listed == [
        {"name": "gpu", "capacity": 2, "free": 2, "used": [], "waiting": 0},
        {"name": "license", "capacity": 0, "free": 0, "used": [], "waiting": 1},
    ]
    assert removed == {"removed": "gpu"}
    assert missing.code == 3
    assert queuectl.job(1)["reason"] in ("no worker serves default", "no resource license")


@pytest.mark.parametrize(
    "words",
    [
        ("queue", "set", "mail"),
        ("queue", "set", "mail", "--rate", "often"),
        ("queue", "set", "mail", "--rate", "0/s"),
        ("queue", "set", "mail", "--burst", "2"),
        ("queue", "set", "mail", "--concurrency", "many"),
        ("queue", "set", "mail", "--concurrency", "0"),
        ("queue", "set", "no queue", "--concurrency", "1"),
        ("queue", "pause", ""),
        ("resource", "set", "gpu", "-1"),
        ("resource", "set", "g pu", "1"),
        ("enqueue", "--resource", "gpu=x", "true"),
        ("enqueue", "--resource", "gpu=0", "true"),
        ("enqueue", "--slots", "0", "true"),
        ("enqueue", '{"command": "true", "resources": ["gpu"]}'),
        ("enqueue", '{"command": "true", "slots": "2"}'),
    ],
)
def test_what_makes_no_sense_is_a_usage_error_on_two_lines_at_most(
    queuectl: Program, words: tuple[str, ...]
) -> None:
    result = queuectl(*words)

    assert result.code == 2
    assert result.out == b""
    assert 1 <= len(result.err.splitlines()) <= 4
    assert "Traceback" not in result.err


def test_retry_rules_of_a_queue_hold_for_its_jobs_and_are_given_back(queuectl: Program) -> None:
    said = queuectl.must("queue", "set", "mail", "--max-retries", "9", "--timeout", "30s", "--json")
    assert said.document["settings"] == {"max_retries": "9", "timeout": "30s"}
    queuectl.must("enqueue", "--queue", "mail", "true")

    queuectl.must("queue", "set", "mail", "--max-retries", "default")
    queuectl.must("enqueue", "--queue", "mail", "true")

    jobs = queuectl.must("list", "--json").documents
    assert [(job["max_retries"], job["timeout"]) for job in jobs] == [(3, 30.0), (9, 30.0)]
    assert queuectl("queue", "set", "mail", "--max-retries", "-1").code == 2
    assert queuectl("queue", "set", "mail", "--timeout", "soon").code == 2


def test_a_queue_keeps_its_ended_jobs_in_its_own_way(queuectl: Program) -> None:
    queuectl.must("enqueue", "--queue", "mail", "true")
    queuectl.must("enqueue", "true")
    queuectl.must("cancel", "1", "2")

    said = queuectl.must("queue", "set", "mail", "--keep-cancelled", "1h", "--keep-jobs-bytes", "0")
    pruned = queuectl.must("prune", "--json").document
    again = queuectl.must("queue", "set", "mail", "--keep-jobs-bytes", "default", "--json")
    refused = queuectl("queue", "set", "mail", "--keep-dead", "sometimes")

    assert said.err == "mail: keep_cancelled 1h, keep_jobs_bytes 0\n"
    assert pruned["jobs"] == 1
    assert [job["id"] for job in queuectl.must("list", "--json").documents] == [2]
    assert again.document["settings"] == {"keep_cancelled": "1h"}
    assert refused.code == 2
    assert "keep_dead" in refused.err


def test_an_array_runs_a_job_an_index_a_few_at_a_time(queuectl: Program) -> None:
    script = 'echo + >> log; sleep 0.05; echo - >> log; echo "$QUEUECTL_ARRAY_INDEX" >> indexes'
    said = queuectl.must("enqueue", "--array", "0-9%2", "--json", script).document

    queuectl.must("worker", "start", "--burst", "--concurrency", "6", "-q")

    log = (queuectl.folder / "log").read_text().split()
    running = [log[: n + 1].count("+") - log[: n + 1].count("-") for n in range(len(log))]
    assert max(running) == 2
    indexes = (queuectl.folder / "indexes").read_text().split()
    assert sorted(indexes, key=int) == [str(n) for n in range(10)]
    assert (said["enqueued"], said["ids"]) == (10, list(range(1, 11)))
    assert {job["group"] for job in queuectl.must("list", "--json").documents} == {said["group"]}


def test_an_array_with_a_key_is_enqueued_once(queuectl: Program) -> None:
    words = ("enqueue", "--array", "1-3", "--key", "k", "--json", "true")

    first, second = (queuectl.must(*words).document for _ in range(2))

    assert first == second
    assert len(queuectl.must("list", "--json").documents) == 3
