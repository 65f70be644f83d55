"""A rate lets out what it promises, no more and no less."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queuectl_store.pacing import Rate, parse_rate

NOW = 1_800_000_000_000_000

rates = st.builds(Rate, count=st.integers(1, 50), period_ms=st.integers(1, 5_000))
looks = st.lists(st.integers(0, 3_000_000), min_size=1, max_size=60)


def departures(rate: Rate, gaps: list[int]) -> list[int]:
    """When each goes, if all that may go after each of *gaps* microseconds."""
    now, full_at, gone = NOW, 0, []
    for gap in gaps:
        now += gap
        room = rate.room(full_at, now)
        full_at = rate.taken(full_at, now, room)
        gone += [now] * room
    return gone


def most_in_a_period(times: list[int], period_us: int) -> int:
    return max((sum(at <= each < at + period_us for each in times) for at in times), default=0)


@given(rate=rates, gaps=looks)
def test_no_period_sees_more_than_its_count(rate: Rate, gaps: list[int]) -> None:
    gone = departures(rate, gaps)

    assert most_in_a_period(gone, rate.period_ms * 1_000) <= rate.count


@given(rate=rates, gaps=looks, burst=st.integers(1, 20))
def test_a_burst_adds_no_more_than_itself(rate: Rate, gaps: list[int], burst: int) -> None:
    bursty = Rate(count=rate.count, period_ms=rate.period_ms, burst=burst)

    gone = departures(bursty, gaps)

    assert most_in_a_period(gone, rate.period_ms * 1_000) <= rate.count + burst - 1


@given(rate=rates, full_at=st.integers(-(10**7), 10**7), burst=st.integers(1, 20))
def test_who_waits_as_long_as_told_may_go_and_not_a_microsecond_before(
    rate: Rate, full_at: int, burst: int
) -> None:
    bursty = Rate(count=rate.count, period_ms=rate.period_ms, burst=burst)
    # A debt that the bucket can have: more is forgiven, by which time jumps.
    at = NOW + min(full_at, burst * bursty.step_us)

    wait_us = bursty.wait_us(at, NOW)

    assert bursty.room(at, NOW + wait_us) >= 1
    assert wait_us == 0 or bursty.room(at, NOW + wait_us - 1) == 0


def test_a_full_bucket_lets_its_burst_go_at_once_and_then_one_a_step() -> None:
    rate = Rate(count=10, period_ms=1_000, burst=3)

    assert rate.room(0, NOW) == 3
    after = rate.taken(0, NOW, 3)
    assert (rate.room(after, NOW), rate.wait_us(after, NOW)) == (0, 100_000)
    assert rate.room(after, NOW + 100_000) == 1
    assert rate.room(after, NOW + 300_000) == 3


def test_a_clock_that_was_stepped_back_delays_by_one_step_at_most() -> None:
    rate = Rate(count=1, period_ms=60_000)
    an_hour_ahead = rate.taken(0, NOW + 3_600_000_000, 1)

    assert rate.wait_us(an_hour_ahead, NOW) == 60_000_000


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("10/m", Rate(count=10, period_ms=60_000)),
        (" 5 / s ", Rate(count=5, period_ms=1_000)),
        ("100/15m", Rate(count=100, period_ms=900_000)),
        ("1/500ms", Rate(count=1, period_ms=500)),
        ("1000000/s", Rate(count=1_000_000, period_ms=1_000)),
    ],
)
def test_a_rate_is_read_as_people_write_it(text: str, rate: Rate) -> None:
    assert parse_rate(text) == rate


@pytest.mark.parametrize("text", ["", "10", "0/s", "-1/s", "1/", "1/0s", "1000001/s", "a/s", "1/y"])
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"rate|duration"):
        parse_rate(text)
