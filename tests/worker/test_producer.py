"""How many jobs are claimed."""

from hypothesis import given
from hypothesis import strategies as st

from queuectl_worker.producer import MOST_AHEAD, Pace, ahead, claim_limit


def test_before_any_run_ended_only_free_slots_are_filled() -> None:
    assert claim_limit(slots=4, held=1, pace=Pace()) == 3


def test_long_jobs_are_not_claimed_ahead() -> None:
    pace = Pace().after([1_000] * 5)

    assert claim_limit(slots=4, held=4, pace=pace) == 0
    assert claim_limit(slots=4, held=3, pace=pace) == 1


def test_short_jobs_are_claimed_about_a_hundred_milliseconds_ahead() -> None:
    pace = Pace().after([2] * 10)

    assert ahead(slots=2, pace=pace) == 100
    assert claim_limit(slots=2, held=0, pace=pace) == 102


def test_the_first_runs_are_not_taken_for_the_rule() -> None:
    assert ahead(slots=8, pace=Pace().after([1])) == 16
    assert ahead(slots=8, pace=Pace().after([1] * 5)) == 80


def test_one_long_job_ends_claiming_ahead_at_once_and_short_ones_bring_it_back() -> None:
    short = Pace().after([1] * 10)
    disturbed = short.after([10_000])

    assert ahead(slots=2, pace=disturbed) == 0
    assert ahead(slots=2, pace=disturbed.after([1] * 50)) > 0


def test_run_that_has_not_ended_slows_the_pace() -> None:
    assert ahead(slots=2, pace=Pace().after([1]).at_least(500)) == 0


def test_small_gaps_in_a_full_window_are_not_worth_a_claim() -> None:
    pace = Pace().after([1] * 20)

    assert claim_limit(slots=2, held=110, pace=pace) == 0
    assert claim_limit(slots=2, held=100, pace=pace) == 102


@given(
    slots=st.integers(1, 500),
    held=st.integers(0, 1_000),
    runs=st.lists(st.integers(0, 10**7), max_size=30),
)
def test_limit_never_overfills_the_window_and_always_fills_free_slots(
    slots: int, held: int, runs: list[int]
) -> None:
    limit = claim_limit(slots=slots, held=held, pace=Pace().after(runs))

    assert 0 <= limit <= max(0, slots + MOST_AHEAD - held)
    assert limit >= slots - held
