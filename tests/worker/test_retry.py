"""What becomes of a job after an attempt that did not succeed."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queuectl_store import Backoff, Cancelled, Dead, Job, JobId, JobState, Outcome, Retry, Shell
from queuectl_worker.retry import (
    LONGEST_DELAY_MS,
    CannotStart,
    Crashed,
    Exited,
    Failure,
    RetryPolicy,
    Signalled,
    TimedOut,
    decide,
    error_of,
    retry_delay_ms,
)

POLICY = RetryPolicy()
FAILED = Exited(code=3)
JOB = Job(
    id=JobId(1),
    key="k",
    state=JobState.RUNNING,
    queue="default",
    priority=0,
    work=Shell(script="false"),
    name=None,
    tags={},
    cwd=None,
    env={},
    environment_id=None,
    attempt=1,
    attempt_base=0,
    token=1,
    crashes=0,
    max_retries=3,
    timeout_ms=None,
    backoff=None,
    created_at=0,
    run_at=None,
    started_at=0,
    finished_at=None,
    worker_id=None,
    cancel_requested=False,
    note=None,
)


def after(failure: Failure, *, policy: RetryPolicy = POLICY, **fields: object) -> Outcome:
    return decide(replace(JOB, **fields), failure, policy=policy, jitter=0.5)  # type: ignore[arg-type]


@pytest.mark.parametrize(("attempt", "delay_ms"), [(1, 2_000), (2, 4_000), (3, 8_000)])
def test_failure_within_the_allowance_is_retried_after_a_growing_delay(
    attempt: int, delay_ms: int
) -> None:
    assert after(FAILED, attempt=attempt) == Retry(delay_ms=delay_ms, reason="exit code 3")


def test_failure_of_the_last_attempt_is_dead_and_says_which_it_was() -> None:
    assert after(FAILED, attempt=4) == Dead(reason="attempt 4 of 4 failed: exit code 3")


def test_attempts_before_a_person_retried_the_job_do_not_count() -> None:
    assert after(FAILED, attempt=5, attempt_base=4) == Retry(delay_ms=2_000, reason="exit code 3")
    assert after(FAILED, attempt=8, attempt_base=4) == Dead(
        reason="attempt 4 of 4 failed: exit code 3"
    )


def test_backoff_of_the_job_wins_over_that_of_the_settings() -> None:
    outcome = after(FAILED, backoff=Backoff(base=10, max_s=60, jitter=0), attempt=2)

    assert outcome == Retry(delay_ms=60_000, reason="exit code 3")


@pytest.mark.parametrize(
    ("failure", "error"),
    [
        (Exited(code=255), "exit code 255"),
        (Signalled(signal=9), "killed by SIGKILL (9)"),
        (Signalled(signal=50), "killed by signal 50"),
        (TimedOut(after_ms=30_000), "timed out after 30s"),
        (TimedOut(after_ms=1_500), "timed out after 1.5s"),
        (CannotStart(message="no program named 'x'"), "no program named 'x'"),
        (Crashed(), "its worker vanished"),
    ],
)
def test_every_failure_says_what_it_was(failure: Failure, error: str) -> None:
    assert error_of(failure) == error


def test_exit_code_that_asks_for_no_retry_is_dead_at_once() -> None:
    assert after(Exited(code=100)) == Dead(reason="exit code 100 asks for no retry")


def test_exit_code_that_asks_for_a_retry_wins_over_a_rule_that_forbids_it() -> None:
    policy = RetryPolicy(exit_retry=frozenset({75}), exit_dead=frozenset(range(1, 256)))

    assert isinstance(after(Exited(code=75), policy=policy), Retry)
    assert isinstance(after(Exited(code=74), policy=policy), Dead)


def test_command_that_cannot_start_is_dead_at_once() -> None:
    assert after(CannotStart(message="no such folder")) == Dead(reason="no such folder")


def test_third_crash_is_dead_whatever_the_allowance() -> None:
    assert isinstance(after(Crashed(), crashes=1, max_retries=100), Retry)
    assert after(Crashed(), crashes=2, max_retries=100) == Dead(reason="crashed worker")


def test_failure_of_a_job_that_a_person_cancelled_is_cancelled() -> None:
    assert after(FAILED, cancel_requested=True) == Cancelled()
    assert after(Crashed(), cancel_requested=True, crashes=2) == Cancelled()


@given(
    retry=st.integers(1, 10**9),
    base=st.floats(1, 1_000),
    max_s=st.floats(0, 3.2e9),
    spread=st.floats(0, 1),
    jitter=st.floats(0, 1, exclude_max=True),
)
def test_delay_stays_within_its_bounds(
    retry: int, base: float, max_s: float, spread: float, jitter: float
) -> None:
    backoff = Backoff(base=base, max_s=max_s, jitter=spread)

    delay_ms = retry_delay_ms(retry, backoff, jitter=jitter)

    assert 0 <= delay_ms <= min(LONGEST_DELAY_MS, max_s * 1000 * (1 + spread) + 1)


@given(jitter=st.floats(0, 1, exclude_max=True))
def test_jitter_spreads_the_delay_evenly_around_the_backoff(jitter: float) -> None:
    delay_ms = retry_delay_ms(3, Backoff(base=2, max_s=100, jitter=0.1), jitter=jitter)

    assert 7_200 <= delay_ms <= 8_800
