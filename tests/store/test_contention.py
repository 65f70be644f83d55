"""Many processes on one store: no errors, no starvation, no deadlock, no job claimed twice."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Barrier, Thread

import psycopg
import pytest

from queuectl_store import JobFilter, JobId, NewJob, Store, connect
from scripts.bootstrap import ROOT
from tests.conformance.story import a_job
from tests.store.act import integrity
from tests.store.crowd import QUEUES, Report
from tests.waiting import eventually

SECONDS = float(os.environ.get("QUEUECTL_TEST_CONTENTION_SECONDS", "10"))
LONGEST_GAP_S = 2.0
ON_SQLITE = 6 * ["enqueue"] + 5 * ["claim"] + 5 * ["both"]
CLAIMERS = 32
POSTGRES_S = 4.0
WAITING = 4_000
FEW = 300


@pytest.mark.not_on("win32")
def test_sixteen_processes_on_one_file_get_no_errors_and_none_is_starved(sqlite_url: str) -> None:
    connect(sqlite_url).close()
    longest_gap_s = LONGEST_GAP_S * others_at_work()

    reports = crowd(sqlite_url, SECONDS, ON_SQLITE)

    figures = [(r.part, r.calls, round(r.longest_gap_s, 3)) for r in reports]
    print(f"{SECONDS:g} s, at most {longest_gap_s:.1f} s between two answers: {figures}")
    assert [error for report in reports for error in report.errors] == []
    assert max(report.longest_gap_s for report in reports) < longest_gap_s, figures
    with connect(sqlite_url) as store:
        assert wrong_with_claims(store, reports) == []
        assert integrity(store) == ["ok"]


@pytest.mark.not_on("win32")
def test_claimers_on_postgresql_meet_no_deadlock_and_claim_each_job_once(
    postgres_url: str,
) -> None:
    with connect(postgres_url) as store:
        ids = store.enqueue([waiting_job(n) for n in range(WAITING)])

        reports = crowd(postgres_url, POSTGRES_S, CLAIMERS * ["claim"])

        assert [error for report in reports for error in report.errors] == []
        assert sum(report.over_the_limit for report in reports) == 0
        assert wrong_with_claims(store, reports, known=ids) == []
        assert deadlocks(postgres_url) == 0


@pytest.mark.not_on("win32")
def test_workers_and_people_who_meet_over_the_same_jobs_never_wait_in_a_circle(
    postgres_url: str,
) -> None:
    """Everybody must lock jobs in one order: without it this meets a dozen deadlocks."""
    with connect(postgres_url) as store:
        store.enqueue([waiting_job(n, max_retries=1_000) for n in range(FEW)])

        reports = crowd(postgres_url, POSTGRES_S, 5 * ["fail"] + 3 * ["cancel"] + 3 * ["meddle"])

        assert [error for report in reports for error in report.errors] == []
        assert deadlocks(postgres_url) == 0


def test_the_count_of_deadlocks_counts_one(postgres_url: str) -> None:
    """The control: were the statistics off, the test above would see none either."""
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE rows AS SELECT generate_series(1, 2) AS id, 0 AS n")
    meeting = Barrier(2)
    pair = [Thread(target=update_both, args=(postgres_url, order, meeting)) for order in (1, -1)]
    for each in pair:
        each.start()
    for each in pair:
        each.join(30)

    eventually(lambda: deadlocks(postgres_url) == 1, within=20, what="the deadlock to be counted")


def others_at_work() -> float:
    """Say how many times slower this machine is for others' work on it; at least 1."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def waiting_job(n: int, **fields: object) -> NewJob:
    return a_job(queue=QUEUES[n % len(QUEUES)], priority=n % 7, **fields)


def crowd(url: str, seconds: float, parts: list[str]) -> list[Report]:
    """Run the program of crowd.py, which forks, apart from this process and its threads."""
    command = [sys.executable, "-m", "tests.store.crowd", url, str(seconds), *parts]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [Report(**json.loads(line)) for line in done.stdout.splitlines()]


def wrong_with_claims(
    store: Store, reports: list[Report], known: list[JobId] | None = None
) -> list[str]:
    """Compare what the processes were told with what is stored."""
    enqueued = Counter(known or [])
    for report in reports:
        enqueued.update(report.enqueued)
    claims = Counter(tuple(claim) for report in reports for claim in report.claimed)
    jobs = store.reader.page(JobFilter(), limit=1_000_000)
    wrong = [f"{each} was claimed {n} times" for each, n in claims.items() if n > 1]
    wrong += [f"job {each} has token {token}" for each, token in claims if token != 1]
    wrong += [f"{report.refused} ends were refused" for report in reports if report.refused]
    if enqueued != Counter(job.id for job in jobs):
        wrong.append("what was enqueued is not what is stored")
    if {job.id for job in jobs if job.state == "succeeded"} != {job_id for job_id, _ in claims}:
        wrong.append("what was claimed is not what has succeeded")
    return wrong


def deadlocks(url: str) -> int:
    statement = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    with psycopg.connect(url, autocommit=True) as connection:
        (count,) = connection.execute(statement).fetchone() or (0,)
    return int(count)


def update_both(url: str, order: int, meeting: Barrier) -> None:
    first, second = (1, 2)[::order]
    with psycopg.connect(url) as connection, told_of_deadlocks():
        connection.execute("SET deadlock_timeout = '50ms'")
        connection.execute("UPDATE rows SET n = 1 WHERE id = %s", (first,))
        meeting.wait(10)
        connection.execute("UPDATE rows SET n = 1 WHERE id = %s", (second,))


@contextmanager
def told_of_deadlocks() -> Iterator[None]:
    try:
        yield
    except psycopg.errors.DeadlockDetected:
        return
