"""Two simulated years of thirty schedules through the store: none missing, none doubled."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from queuectl_store import JobFilter, ManualClock, Missed, NewJob, NewSchedule, Shell, connect
from tests.schedules.calendar import expected
from tests.schedules.rules import RULES
from tests.schedules.story import DAY, HOUR, fire_all

JOB = NewJob(work=Shell(script="true"))


@pytest.mark.parametrize(
    ("kind", "start", "length"),
    [
        ("sqlite", datetime(2011, 1, 1, tzinfo=UTC), timedelta(days=731)),
        # The weeks around Apia's missing day and the other zones' changes of autumn.
        ("postgres", datetime(2011, 10, 20, tzinfo=UTC), timedelta(days=80)),
    ],
)
def test_every_slot_has_its_job_and_no_other_has(
    kind: str, start: datetime, length: timedelta, request: pytest.FixtureRequest
) -> None:
    """The clock moves by odd steps, as it does for a worker that is busy, late or away."""
    url, random = request.getfixturevalue(f"{kind}_url"), Random(11)
    begin, end = round(start.timestamp() * 1000), round((start + length).timestamp() * 1000)
    clock = ManualClock(now_ms=begin - 1)
    with connect(url, clock=clock, durability="normal") as store:
        for n, rule in enumerate(RULES):
            store.schedules.add(
                NewSchedule(name=f"s{n}", job=JOB, cron=rule.cron, tz=rule.tz,
                            missed=Missed.ALL, window_ms=30 * DAY)
            )  # fmt: skip
        while clock.now_ms < end - 1:
            clock.now_ms = min(end - 1, clock.now_ms + random.randrange(HOUR, 20 * DAY))
            fire_all(store)

        made = Counter(job.key for job in store.reader.page(JobFilter(), limit=10**6))
        ids = {each.name: each.id for each in store.schedules.all()}

    wanted = Counter(
        f"schedule.{ids[f's{n}']}.{slot}"
        for n, rule in enumerate(RULES)
        for slot in expected(rule, start, start + length)
    )
    assert {"missing": wanted - made, "doubled": made - wanted} == {"missing": {}, "doubled": {}}
    assert sum(made.values()) > 1_000
