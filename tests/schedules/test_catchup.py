"""Which slots fire and which were missed, by policy."""

from queuectl_store import Missed
from queuectl_store.schedules.cadence import Every
from queuectl_store.schedules.catchup import FIRES_AT_ONCE, GRACE_MS, MISSED_ROWS, Plan, plan

MINUTE = 60_000
EACH_MINUTE = Every(ms=MINUTE, since=0)


def planned(missed: Missed, *, minutes: float, window_ms: int = 10**12, every: int = 1) -> Plan:
    cadence = Every(ms=every * MINUTE, since=0)
    first = every * MINUTE
    return plan(
        cadence, next_at=first, now=round(minutes * MINUTE), missed=missed, window_ms=window_ms
    )


def test_a_slot_in_time_fires_whatever_the_policy() -> None:
    for missed in Missed:
        assert planned(missed, minutes=1) == Plan(fire=(MINUTE,), next_at=2 * MINUTE)


def test_skip_lets_the_latest_fire_if_it_is_within_the_grace() -> None:
    late = planned(Missed.SKIP, minutes=5 + GRACE_MS / MINUTE, every=5)
    too_late = planned(Missed.SKIP, minutes=5.001 + GRACE_MS / MINUTE, every=5)
    several = planned(Missed.SKIP, minutes=3.5)

    assert late == Plan(fire=(5 * MINUTE,), next_at=10 * MINUTE)
    assert too_late == Plan(missed=(5 * MINUTE,), next_at=10 * MINUTE)
    assert several == Plan(fire=(3 * MINUTE,), missed=(MINUTE, 2 * MINUTE), next_at=4 * MINUTE)


def test_last_lets_the_latest_fire_however_old_it_is() -> None:
    assert planned(Missed.LAST, minutes=1999, every=500) == Plan(
        fire=(1500 * MINUTE,), missed=(500 * MINUTE, 1000 * MINUTE), next_at=2000 * MINUTE
    )


def test_all_lets_those_within_the_window_fire_the_oldest_first() -> None:
    assert planned(Missed.ALL, minutes=5, window_ms=2 * MINUTE) == Plan(
        fire=(3 * MINUTE, 4 * MINUTE, 5 * MINUTE),
        missed=(MINUTE, 2 * MINUTE),
        next_at=6 * MINUTE,
    )


def test_all_fires_a_bounded_number_and_leaves_the_rest_due() -> None:
    first = planned(Missed.ALL, minutes=1000)

    assert first.fire == tuple(MINUTE * n for n in range(1, FIRES_AT_ONCE + 1))
    assert first.next_at == (FIRES_AT_ONCE + 1) * MINUTE


def test_all_with_no_window_fires_the_slot_of_this_moment_alone() -> None:
    assert planned(Missed.ALL, minutes=2, window_ms=0) == Plan(
        fire=(2 * MINUTE,), missed=(MINUTE,), next_at=3 * MINUTE
    )


def test_a_long_sleep_leaves_a_bounded_number_of_rows() -> None:
    year = 366 * 24 * 60
    for missed in (Missed.SKIP, Missed.LAST):
        after = planned(missed, minutes=year + 0.5)

        assert len(after.missed) == MISSED_ROWS
        assert after.stretch == (MINUTE, after.missed[0] - MINUTE)
        assert after.fire == (year * MINUTE,)


def test_what_is_older_than_a_window_is_bounded_too() -> None:
    after = planned(Missed.ALL, minutes=1000, window_ms=MINUTE)

    assert after.fire == (999 * MINUTE, 1000 * MINUTE)
    assert len(after.missed) == MISSED_ROWS
    assert after.stretch == (MINUTE, (998 - MISSED_ROWS) * MINUTE)


def test_when_the_zone_moved_the_slot_away_nothing_fires_and_the_next_one_is_told() -> None:
    """A newer zone database: what was the next slot is none any more."""
    assert plan(
        EACH_MINUTE, next_at=MINUTE + 5, now=MINUTE + 9, missed=Missed.LAST, window_ms=0
    ) == Plan(next_at=2 * MINUTE)
