"""Slots against a brute-force calendar, and what holds of them at every change of every zone."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queuectl_store import InvalidSchedule
from queuectl_store.schedules.cadence import (
    Cron,
    Every,
    check,
    in_words,
    latest_slots,
    next_slots,
    slots_between,
)
from tests.schedules.calendar import Rule, expected
from tests.schedules.rules import RULES, ZONES

START, END = datetime(2011, 1, 1, tzinfo=UTC), datetime(2013, 1, 1, tzinfo=UTC)
DAY_MS = 86_400_000


def ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def at(text: str, tz: str) -> int:
    return ms(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(tz)))


def local(slots: list[int], tz: str) -> list[str]:
    zone = ZoneInfo(tz)
    return [datetime.fromtimestamp(slot / 1000, zone).isoformat() for slot in slots]


def cron(expression: str, tz: str = "UTC") -> Cron:
    return Cron(expression=expression, tz=tz)


def test_there_are_thirty_rules_and_each_zone_has_one() -> None:
    assert len(RULES) == 30
    assert {rule.tz for rule in RULES} == set(ZONES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.cron} {rule.tz}")
def test_two_years_of_slots_are_those_of_the_calendar(rule: Rule) -> None:
    slots = slots_between(
        cron(rule.cron, rule.tz), after=ms(START) - 1, until=ms(END) - 1, limit=10**6
    )

    assert slots == expected(rule, START, END)


def test_in_the_gap_a_fixed_time_runs_once_right_after_it() -> None:
    tz = "America/New_York"

    slots = next_slots(cron("30,45 2 * * *", tz), after=at("2026-03-07T12:00", tz), n=3)

    assert local(slots, tz) == [
        "2026-03-08T03:00:00-04:00",
        "2026-03-09T02:30:00-04:00",
        "2026-03-09T02:45:00-04:00",
    ]


@pytest.mark.parametrize("expression", ["30 1 * * *", "0 30 1 * * *"])
def test_in_the_repeated_hour_a_fixed_time_runs_once_the_first(expression: str) -> None:
    tz = "America/New_York"

    slots = next_slots(cron(expression, tz), after=at("2026-10-31T12:00", tz), n=2)

    assert local(slots, tz) == ["2026-11-01T01:30:00-04:00", "2026-11-02T01:30:00-05:00"]


def test_from_within_the_repeated_hour_the_next_slot_is_later() -> None:
    """The library alone would go back here, to the first 01:30."""
    start = ms(datetime(2026, 11, 1, 6, tzinfo=UTC))  # the second 01:00 in New York

    [slot] = next_slots(cron("30 1 * * *", "America/New_York"), after=start, n=1)

    assert local([slot], "America/New_York") == ["2026-11-02T01:30:00-05:00"]


def test_a_starred_schedule_follows_elapsed_time() -> None:
    tz = "America/New_York"

    back = next_slots(cron("*/30 * * * *", tz), after=at("2026-11-01T00:45", tz), n=6)
    ahead = next_slots(cron("@hourly", tz), after=at("2026-03-08T00:30", tz), n=3)

    assert {later - earlier for earlier, later in pairwise(back)} == {30 * 60_000}
    assert {later - earlier for earlier, later in pairwise(ahead)} == {60 * 60_000}


def test_a_starred_schedule_sees_a_midnight_that_is_repeated() -> None:
    tz = "America/St_Johns"  # went back at 00:01

    slots = next_slots(cron("*/10 0 * * *", tz), after=at("2009-10-31T23:30", tz), n=3)

    assert local(slots, tz) == [
        "2009-11-01T00:00:00-02:30",
        "2009-11-01T00:00:00-03:30",
        "2009-11-01T00:10:00-03:30",
    ]


def test_a_day_that_did_not_exist_is_made_up_for_at_the_next_midnight() -> None:
    tz = "Pacific/Apia"

    slots = next_slots(cron("0 10 * * *", tz), after=at("2011-12-28T12:00", tz), n=3)

    assert local(slots, tz) == [
        "2011-12-29T10:00:00-10:00",
        "2011-12-31T00:00:00+14:00",
        "2011-12-31T10:00:00+14:00",
    ]


def test_the_29th_of_february_comes_in_leap_years_alone() -> None:
    slots = next_slots(cron("0 0 29 2 *"), after=at("2095-01-01T00:00", "UTC"), n=2)

    assert local(slots, "UTC") == ["2096-02-29T00:00:00+00:00", "2104-02-29T00:00:00+00:00"]


def test_slots_end_with_the_last_year_that_there_is() -> None:
    assert next_slots(cron("0 0 1 1 *"), after=at("9999-06-01T00:00", "UTC"), n=1) == []
    assert next_slots(cron("* * * * *"), after=at("9999-12-31T23:58", "UTC"), n=3)[1:] == []


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("0 0 31 2 *", "never comes|day-of-month does not fit"),
        ("0 0 30 2 *", "day-of-month does not fit"),
        ("60 * * * *", "minute does not fit"),
        ("* * * *", "is not cron"),
        ("@reboot", "is not cron"),
        ("", "is not cron"),
        ("* * * * 1#2/3", "cannot be read"),
        ("1" * 5000 + " * * * *", "is not cron"),
        ("* * * * \N{SUPERSCRIPT TWO}L", "cannot be read"),
        ("* * * * L", "cannot be read"),
    ],
)
def test_what_never_comes_or_cannot_be_read_is_refused(expression: str, said: str) -> None:
    with pytest.raises(InvalidSchedule, match=said):
        check(cron(expression))


@given(st.text("0123456789*/-,#L@ MONFEB?\0é", max_size=30))
def test_no_text_makes_anything_but_slots_or_a_refusal(text: str) -> None:
    try:
        check(cron(text))
    except InvalidSchedule:
        return
    first, second = next_slots(cron(text), after=0, n=2)
    assert 0 < first < second


@pytest.mark.parametrize("name", ["Europe/Berlim", "europe/berlin", "", "/etc/passwd", "..", "\0"])
def test_a_zone_is_refused_unless_it_is_written_exactly(name: str) -> None:
    with pytest.raises(InvalidSchedule, match="there is no time zone"):
        check(cron("@daily", name))


def test_an_interval_counts_from_its_beginning() -> None:
    every = Every(ms=600_000, since=1_000_123)

    assert next_slots(every, after=0, n=2) == [1_600_123, 2_200_123]
    assert next_slots(every, after=1_600_123, n=1) == [2_200_123]


@pytest.mark.parametrize("length", [0, -1, 999, 10**15])
def test_an_interval_is_neither_too_short_nor_too_long(length: int) -> None:
    with pytest.raises(InvalidSchedule, match="from 1 second to 10 years"):
        check(Every(ms=length, since=0))


def test_the_latest_slots_of_a_long_time_cost_no_walk_through_it() -> None:
    """Each second of fifty years: one by one they would take minutes."""
    until = 1_800_000_000_000

    slots = latest_slots(cron("* * * * * *"), after=0, until=until, limit=3)

    assert slots == [until - 2_000, until - 1_000, until]


@given(st.integers(0, 400 * DAY_MS), st.integers(0, 40 * DAY_MS), st.integers(1, 12))
def test_the_latest_slots_are_the_end_of_all_slots(after: int, length: int, limit: int) -> None:
    each = cron("0 9 1,15,16 * *", "Europe/London")

    slots = latest_slots(each, after=after, until=after + length, limit=limit)

    assert slots == slots_between(each, after=after, until=after + length, limit=9999)[-limit:]


FIELDS = {
    "second": ["0", "30", "*/20"],
    "minute": ["0", "30", "59", "*", "*/20", "15,45"],
    "hour": ["0", "1", "2", "23", "*", "*/3", "0-3"],
    "day": ["*", "1", "L", "*/2"],
}
EXPRESSIONS = st.builds(" ".join, st.tuples(*map(st.sampled_from, FIELDS.values()))).map(
    lambda fields: f"{fields} * *"
)
ALL_ZONES = sorted(available_timezones())


def changes(tz: str, year: int) -> list[int]:
    """The hours of a year in which the zone's offset changed, as UTC milliseconds."""
    zone, hour = ZoneInfo(tz), timedelta(hours=1)
    moments = [datetime(year, 1, 1, tzinfo=UTC) + n * hour for n in range(366 * 24)]
    offsets = [moment.astimezone(zone).utcoffset() for moment in moments]
    found = [m for m, (a, b) in zip(moments, pairwise(offsets), strict=False) if a != b]
    return [ms(moment) for moment in found] or [ms(moments[0])]


@settings(deadline=None)
@given(
    tz=st.sampled_from(ALL_ZONES),
    year=st.integers(1970, 2037),
    expression=EXPRESSIONS,
    before=st.integers(0, 2 * DAY_MS),
    choice=st.randoms(),
)
def test_at_every_change_of_every_zone_slots_grow_and_do_not_depend_on_the_start(
    tz: str, year: int, expression: str, before: int, choice: object
) -> None:
    change = choice.choice(changes(tz, year))  # type: ignore[attr-defined]
    start = change - before

    slots = next_slots(cron(expression, tz), after=start, n=60)

    assert start < slots[0]
    assert all(earlier < later for earlier, later in pairwise(slots))
    for between in (slots[0], slots[29], slots[29] - 1, slots[29] + 1, change):
        rest = [slot for slot in slots if slot > between]
        assert next_slots(cron(expression, tz), after=between, n=len(rest)) == rest


def test_the_cadence_is_said_in_words() -> None:
    assert in_words(cron("0 9 * * MON-FRI")) == "At 09:00 on Monday through Friday"
    assert in_words(cron("@daily")) == "At 00:00 every day"
    assert in_words(Every(ms=5_400_000, since=0)) == "every 1h 30m"
