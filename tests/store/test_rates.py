"""Token buckets: never more than the rate says in any period, and as soon as it says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queuectl_store import Rate
from queuectl_store.limits.rates import Bucket

T0_MS = 1_800_000_000_000

rates = st.builds(
    Rate,
    count=st.integers(1, 50),
    per_ms=st.sampled_from([1, 7, 1_000, 60_000]),
    burst=st.integers(1, 5),
)


def starts_of(rate: Rate, steps: list[int]) -> list[int]:
    """Start as many as the bucket allows at each of some moments; return when they started."""
    bucket, now_ms, starts = Bucket(rate=rate), T0_MS, []
    for step in steps:
        now_ms += step
        n = bucket.tokens(now_ms * 1_000)
        bucket = bucket.after(n, now_ms * 1_000)
        starts += [now_ms] * n
    return starts


@given(rates, st.lists(st.integers(0, 5_000), max_size=60))
def test_no_period_has_more_starts_than_the_rate_and_its_burst(
    rate: Rate, steps: list[int]
) -> None:
    starts = starts_of(rate, steps)

    for first in starts:
        within = [at for at in starts if first <= at < first + rate.per_ms]
        assert len(within) <= rate.count + rate.burst - 1


@given(rates.filter(lambda rate: rate.interval_us >= 20_000))
def test_the_full_rate_is_reached_by_who_comes_when_told(rate: Rate) -> None:
    bucket, now_ms, starts = Bucket(rate=rate), T0_MS, 0
    while now_ms < T0_MS + 10 * rate.per_ms:
        n = bucket.tokens(now_ms * 1_000)
        starts, bucket = starts + n, bucket.after(n, now_ms * 1_000)
        now_ms = bucket.ready_at_ms(now_ms * 1_000)

    # Up to a millisecond of an interval is lost, since the store's clock has no smaller part.
    assert starts >= 10 * rate.count * 0.9


@given(rates, st.integers(0, 10))
def test_a_bucket_allows_a_start_at_the_moment_that_it_names_and_not_before(
    rate: Rate, taken: int
) -> None:
    now_us = T0_MS * 1_000
    bucket = Bucket(rate=rate)
    for _ in range(taken):
        bucket = bucket.after(min(1, bucket.tokens(now_us)), now_us)

    ready_ms = bucket.ready_at_ms(now_us)

    assert bucket.tokens(ready_ms * 1_000) >= 1
    assert ready_ms == T0_MS or bucket.tokens((ready_ms - 1) * 1_000) < 1


@given(rates, st.integers(1, 10**15))
def test_a_clock_that_was_set_back_delays_no_longer_than_the_whole_burst(
    rate: Rate, back_us: int
) -> None:
    now_us = T0_MS * 1_000
    bucket = Bucket(rate=rate).after(1, now_us + back_us).settled(now_us)

    assert bucket.ready_at_ms(now_us) * 1_000 <= now_us + rate.interval_us + 1_000


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("10/m", Rate(count=10, per_ms=60_000)),
        ("5/s", Rate(count=5, per_ms=1_000)),
        ("100/1h30m", Rate(count=100, per_ms=5_400_000)),
        ("1/500ms", Rate(count=1, per_ms=500)),
        ("7/d", Rate(count=7, per_ms=86_400_000)),
        ("3 / 10s", Rate(count=3, per_ms=10_000)),
    ],
)
def test_a_rate_is_read_and_written_as_people_type_it(text: str, rate: Rate) -> None:
    assert Rate.parse(text) == rate
    assert Rate.parse(str(rate)) == rate


@pytest.mark.parametrize(
    "text", ["", "10", "10/", "/s", "0/s", "-1/s", "1.5/s", "10/x", "9999999/s", "1/0s", "1/9999d"]
)
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"rate|period|duration"):
        Rate.parse(text)
