"""Times as people write them."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from queuectl.exits import UsageProblem
from queuectl.moments import describe_moment, parse_moment, parse_span, short_span


@pytest.fixture(autouse=True)
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def noon() -> datetime:
    return datetime.fromisoformat("2026-03-10T12:00:00+01:00").astimezone()


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("now", "2026-03-10T12:00:00+01:00"),
        ("2026-04-01T18:30", "2026-04-01T18:30:00+02:00"),
        ("2026-04-01 18:30:15", "2026-04-01T18:30:15+02:00"),
        ("2026-04-01T18:30Z", "2026-04-01T18:30:00+00:00"),
        ("2026-04-01T18:30-05:00", "2026-04-01T18:30:00-05:00"),
        ("18:30", "2026-03-10T18:30:00+01:00"),
        ("09:00", "2026-03-11T09:00:00+01:00"),
        ("tomorrow 09:00", "2026-03-11T09:00:00+01:00"),
        ("today at 13:05:30", "2026-03-10T13:05:30+01:00"),
        ("+10m", "2026-03-10T12:10:00+01:00"),
        ("in 1h30m", "2026-03-10T13:30:00+01:00"),
    ],
)
def test_a_time_that_can_mean_one_thing_is_read(text: str, instant: str) -> None:
    assert parse_moment(text, now=noon()) == datetime.fromisoformat(instant)


@pytest.mark.parametrize(
    "text", ["", "10", "1830", "25:00", "12:75", "2026-02-30T10:00", "2026-04-01", "soon", "9am"]
)
def test_a_time_that_could_mean_several_is_refused(text: str) -> None:
    with pytest.raises(UsageProblem):
        parse_moment(text, now=noon())


def test_tomorrow_across_the_change_of_the_clocks_keeps_the_time_of_day() -> None:
    before = datetime.fromisoformat("2026-03-28T12:00:00+01:00").astimezone()

    assert parse_moment("tomorrow 09:00", now=before) == datetime.fromisoformat(
        "2026-03-29T09:00:00+02:00"
    )


def test_a_moment_is_told_with_its_zone_and_its_distance() -> None:
    later = noon() + timedelta(hours=19, minutes=51)

    assert describe_moment(later, now=noon()) == (
        "2026-03-11 07:51:00 CET (in 19 hours and 51 minutes)"
    )


@pytest.mark.parametrize(
    ("text", "ms"), [("90", 90_000), ("30s", 30_000), ("1h30m", 5_400_000), ("2d", 172_800_000)]
)
def test_a_length_of_time_is_read(text: str, ms: int) -> None:
    assert parse_span(text, what="--delay") == ms


@pytest.mark.parametrize("text", ["", "-5", "1:30", "ten", "5 parsecs"])
def test_what_is_no_length_of_time_is_refused_by_name(text: str) -> None:
    with pytest.raises(UsageProblem, match="--delay"):
        parse_span(text, what="--delay")


@pytest.mark.parametrize(
    ("ms", "shown"),
    [
        (-5, "0.0s"),
        (400, "0.4s"),
        (9_940, "9.9s"),
        (9_999, "10s"),
        (12_000, "12s"),
        (200_000, "3m20s"),
        (7_200_000, "2h"),
        (86_400_000 * 9, "9d"),
    ],
)
def test_a_span_is_shown_in_its_two_largest_units(ms: int, shown: str) -> None:
    assert short_span(ms) == shown
