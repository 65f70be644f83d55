"""What becomes of a job after an attempt that did not succeed."""

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queuectl_store import (
    Backoff,
    Cancelled,
    Dead,
    Job,
    JobId,
    JobState,
    Outcome,
    Retry,
    Shell,
    Snoozed,
)
from queuectl_worker.retry import (
    LONGEST_DELAY_MS,
    AskedRetry,
    CannotStart,
    Crashed,
    Exited,
    Failure,
    GaveUp,
    Raised,
    RetryPolicy,
    Signalled,
    SnoozedItself,
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
        (Raised(kind="ValueError", message="bad"), "ValueError: bad"),
        (Raised(kind="KeyError", message=""), "KeyError"),
        (AskedRetry(), "it asked for a retry"),
        (AskedRetry(reason="busy"), "busy"),
        (GaveUp(), "it gave up"),
        (GaveUp(reason="no such account"), "no such account"),
        (SnoozedItself(for_ms=1_500), "snoozed for 1.5s"),
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


BACKED_OFF = Retry(delay_ms=2_000, reason="ValueError: bad")
RAISED = Raised(kind="ValueError", message="bad", kinds=("ValueError", "Exception"))


@pytest.mark.parametrize(
    ("failure", "fields", "outcome"),
    [
        (RAISED, {}, BACKED_OFF),
        (RAISED, {"attempt": 4}, Dead(reason="attempt 4 of 4 failed: ValueError: bad")),
        (RAISED, {"cancel_requested": True}, Cancelled()),
        (AskedRetry(reason="x"), {}, Retry(delay_ms=2_000, reason="x")),
        (AskedRetry(after_ms=7, reason="x"), {}, Retry(delay_ms=7, reason="x")),
        (AskedRetry(after_ms=0), {}, Retry(delay_ms=0, reason="it asked for a retry")),
        (AskedRetry(after_ms=-9, reason="x"), {}, Retry(delay_ms=0, reason="x")),
        (AskedRetry(after_ms=10**30, reason="x"), {}, Retry(delay_ms=LONGEST_DELAY_MS, reason="x")),
        (
            AskedRetry(after_ms=7, reason="x"),
            {"attempt": 4},
            Dead(reason="attempt 4 of 4 failed: x"),
        ),
        (AskedRetry(after_ms=7), {"cancel_requested": True}, Cancelled()),
        (GaveUp(reason="closed"), {}, Dead(reason="closed")),
        (GaveUp(), {"max_retries": 100}, Dead(reason="it gave up")),
        (GaveUp(), {"cancel_requested": True}, Cancelled()),
        (SnoozedItself(for_ms=7), {}, Snoozed(delay_ms=7)),
        (SnoozedItself(for_ms=7), {"attempt": 4}, Snoozed(delay_ms=7)),
        (SnoozedItself(for_ms=-7), {}, Snoozed(delay_ms=0)),
        (SnoozedItself(for_ms=10**30), {}, Snoozed(delay_ms=LONGEST_DELAY_MS)),
        (SnoozedItself(for_ms=7), {"cancel_requested": True}, Cancelled()),
        (TimedOut(after_ms=1_000), {}, Retry(delay_ms=2_000, reason="timed out after 1s")),
        (Signalled(signal=9), {}, Retry(delay_ms=2_000, reason="killed by SIGKILL (9)")),
    ],
)
def test_what_a_task_asks_for_becomes_of_its_job(
    failure: Failure, fields: dict[str, object], outcome: Outcome
) -> None:
    assert after(failure, **fields) == outcome


@pytest.mark.parametrize("name", ["ValueError", "Exception"])
def test_exception_that_a_rule_names_is_dead_at_once_by_any_of_its_classes(name: str) -> None:
    policy = RetryPolicy(raise_dead=frozenset({name, "KeyError"}))

    assert after(RAISED, policy=policy) == Dead(reason="ValueError: bad")
    assert isinstance(after(Raised(kind="OSError", message=""), policy=policy), Retry)


def test_exit_codes_of_the_job_win_over_those_of_the_settings() -> None:
    policy = RetryPolicy(exit_dead=frozenset({3}))

    assert isinstance(after(Exited(code=3), policy=policy, exit_dead=frozenset()), Retry)
    assert isinstance(after(Exited(code=9), policy=policy, exit_dead=frozenset({9})), Dead)
    assert isinstance(after(Exited(code=3), policy=policy, exit_retry=frozenset({3})), Retry)


def test_crash_limit_of_the_rules_decides_when_a_job_is_quarantined() -> None:
    once, often = RetryPolicy(crash_limit=1), RetryPolicy(crash_limit=10)

    assert after(Crashed(), policy=once) == Dead(reason="crashed worker")
    assert isinstance(after(Crashed(), policy=often, crashes=8, max_retries=100), Retry)


# n, base, max, jitter, drawn -> delay: PRODUCT, section 3.
DELAYS = [
    (1, 2, 21_600, 0.0, 0.0, 2_000),
    (2, 2, 21_600, 0.0, 0.9, 4_000),
    (10, 2, 21_600, 0.0, 0.5, 1_024_000),
    (14, 2, 21_600, 0.0, 0.5, 16_384_000),
    (15, 2, 21_600, 0.0, 0.5, 21_600_000),
    (10_000, 2, 21_600, 0.0, 0.5, 21_600_000),
    (1, 2, 21_600, 0.1, 0.0, 1_800),
    (1, 2, 21_600, 0.1, 0.25, 1_900),
    (1, 2, 21_600, 0.1, 0.5, 2_000),
    (15, 2, 21_600, 0.1, 0.75, 22_680_000),
    (3, 1, 21_600, 0.0, 0.5, 1_000),
    (3, 1.5, 21_600, 0.0, 0.5, 3_375),
    (3, 2, 0, 0.5, 0.9, 0),
    (2, 10, 60, 1.0, 0.0, 0),
    (2, 10, 60, 1.0, 0.5, 60_000),
    (2, 10, 60, 1.0, 0.75, 90_000),
]


@pytest.mark.parametrize(("n", "base", "max_s", "spread", "drawn", "delay_ms"), DELAYS)
def test_delay_is_what_the_formula_says(
    n: int, base: float, max_s: float, spread: float, drawn: float, delay_ms: int
) -> None:
    backoff = Backoff(base=base, max_s=max_s, jitter=spread)

    assert retry_delay_ms(n, backoff, jitter=drawn) == delay_ms


def test_delays_by_a_seeded_source_are_the_same_each_time() -> None:
    def drawn() -> list[int]:
        source = random.Random(17)
        return [retry_delay_ms(n, Backoff(), jitter=source.random()) for n in range(1, 6)]

    assert drawn() == drawn()
    assert all(0.9 * 2_000 * 2**n <= each <= 1.1 * 2_000 * 2**n for n, each in enumerate(drawn()))


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
