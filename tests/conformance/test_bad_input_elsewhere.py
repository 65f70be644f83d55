"""Bad input to everything beside an enqueue: refused in our terms or taken whole, never half."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from queuectl_store import (
    Edit,
    JobFilter,
    JobId,
    NewGroup,
    NewJob,
    NewSchedule,
    Rate,
    Shell,
    Store,
    StoreError,
    Task,
)
from tests.conformance.story import a_job, enqueue_one
from tests.conformance.test_bad_input import INSTANTS, NUMBERS, TEXTS, short
from tests.store.dump import Dump, dump_of
from tests.store.schema import opened

HOUR = 3_600_000
SCHEDULE = NewSchedule(name="tick", job=a_job(), every_ms=HOUR)
Act = Callable[[Store, Any], Any]


def edited(**fields: Any) -> Callable[[Store], Any]:
    return lambda store: store.admin.edit([JobId(1)], Edit(**fields))


def changed(**fields: Any) -> Callable[[Store], Any]:
    return lambda store: store.schedules.edit("there", lambda old: replace(old, **fields))


BY_TEXT: dict[str, Act] = {
    "queue to limit": lambda store, text: store.admin.set_queue(text, concurrency=1),
    "queue to pause": lambda store, text: store.admin.pause(text),
    "resource": lambda store, text: store.admin.set_resource(text, 1),
    "resource to remove": lambda store, text: store.admin.remove_resource(text),
    "schedule": lambda store, text: store.schedules.add(replace(SCHEDULE, name=text)),
    "cron": lambda store, text: store.schedules.add(replace(SCHEDULE, cron=text, every_ms=None)),
    "zone": lambda store, text: store.schedules.add(
        replace(SCHEDULE, cron="0 0 * * *", every_ms=None, tz=text)
    ),
    "job of a schedule": lambda store, text: store.schedules.add(
        replace(SCHEDULE, job=NewJob(work=Shell(script=text)))
    ),
    "schedule to get": lambda store, text: store.schedules.get(text),
    "schedule to pause": lambda store, text: store.schedules.pause(text),
    "schedule to run": lambda store, text: store.schedules.run_now(text),
    "schedule to remove": lambda store, text: store.schedules.remove(text),
    "zone to change": lambda store, text: changed(tz=text, cron="0 0 * * *", every_ms=None)(store),
    "new group": lambda store, text: store.enqueue([a_job()], group=NewGroup(name=text)),
    "group to look at": lambda store, text: store.reader.group(text),
    "key of a call": lambda store, text: store.enqueue([a_job()], key=text),
    "name to edit": lambda store, text: edited(name=text)(store),
    "queue to edit": lambda store, text: edited(queue=text)(store),
    "folder to edit": lambda store, text: edited(cwd=text)(store),
    "tag to edit": lambda store, text: edited(tags={text: text})(store),
    "work to edit": lambda store, text: edited(work=Shell(script=text))(store),
    "task to edit": lambda store, text: edited(work=Task(name=text))(store),
    "reason to hold": lambda store, text: store.admin.hold([JobId(1)], reason=text),
    "queue with a setting": lambda store, text: store.settings.set_for_queue(text, "timeout", "5"),
    "setting": lambda store, text: store.settings.set(text, "5"),
    "setting to unset": lambda store, text: store.settings.unset(text),
    "size to keep": lambda store, text: store.settings.set("keep_jobs_bytes", text),
    "time to keep": lambda store, text: store.settings.set("keep_dead", text),
    "setting of a queue": lambda store, text: store.settings.set_for_queue("q", "raise_dead", text),
    "cursor": lambda store, text: store.reader.feed(text),
    "fingerprint": lambda store, text: store.dead.retry(JobFilter(fingerprint=text)),
}
BY_NUMBER: dict[str, Act] = {
    "concurrency": lambda store, n: store.admin.set_queue("q", concurrency=n),
    "concurrency of a key": lambda store, n: store.admin.set_queue("q", key_concurrency=n),
    "rate": lambda store, n: store.admin.set_queue("q", rate=Rate(count=n, per_ms=1_000)),
    "period": lambda store, n: store.admin.set_queue("q", rate=Rate(count=1, per_ms=n)),
    "burst": lambda store, n: store.admin.set_queue("q", rate=Rate(count=1, per_ms=1, burst=n)),
    "capacity": lambda store, n: store.admin.set_resource("gpu", n),
    "interval": lambda store, n: store.schedules.add(replace(SCHEDULE, every_ms=n)),
    "window": lambda store, n: store.schedules.add(replace(SCHEDULE, window_ms=n)),
    "window to change": lambda store, n: changed(window_ms=n)(store),
    "slots to list": lambda store, n: store.schedules.history("there", limit=n),
    "concurrency of a group": lambda store, n: store.enqueue(
        [a_job()], group=NewGroup(name="g", concurrency=n)
    ),
    "priority to edit": lambda store, n: edited(priority=n)(store),
    "time to edit": lambda store, n: edited(run_at=n)(store),
    "time limit to edit": lambda store, n: edited(timeout_ms=n)(store),
    "retries to edit": lambda store, n: edited(max_retries=n)(store),
    "rate of a replay": lambda store, n: store.dead.retry(
        JobFilter(), rate=Rate(count=n, per_ms=1_000)
    ),
    "ids to remove": lambda store, n: store.admin.remove([JobId(n)]),
    "ids to purge": lambda store, n: store.dead.purge([JobId(n)]),
    "schedules to fire": lambda store, n: store.fire(limit=n),
    "children to tell": lambda store, n: store.resolve(limit=n),
}
# A count of what to look at has its own kind; half of one is a caller's mistake in its own terms.
COUNTS = ("slots to list", "ids to remove", "ids to purge", "schedules to fire", "children to tell")


@pytest.fixture
def dump(store: Store, store_url: str) -> Iterator[Callable[[], Dump]]:
    """Give all rows of all tables, of a store with a job and a schedule."""
    enqueue_one(store, hold=True)
    store.schedules.add(replace(SCHEDULE, name="there"))
    with opened(store_url) as connection:
        yield lambda: dump_of(connection)


def wrong_with(store: Store, dump: Callable[[], Dump], act: Act, value: Any) -> str:
    """Say what is wrong with the answer to *value*; nothing, if it is refused well or taken."""
    before = dump()
    try:
        act(store, value)
    except StoreError as error:
        is_short = len(str(error)) < 1_000 and "\n" not in str(error)
        is_clean = dump() == before
        return "" if is_short and is_clean else f"{is_short=} {is_clean=} {error}"[:300]
    except Exception as error:  # noqa: BLE001 (whatever it is, it is wrong)
        return f"{type(error).__name__}: {error}"[:300]
    return "; ".join(finding.text for finding in store.maintenance.check())


@pytest.mark.parametrize("what", BY_TEXT)
def test_any_text_is_refused_in_our_terms_or_taken(
    store: Store, dump: Callable[[], Dump], what: str
) -> None:
    found = {name: wrong_with(store, dump, BY_TEXT[what], text) for name, text in TEXTS.items()}

    assert {name: text for name, text in found.items() if text} == {}


@pytest.mark.parametrize("what", BY_NUMBER)
def test_any_number_is_refused_in_our_terms_or_taken(
    store: Store, dump: Callable[[], Dump], what: str
) -> None:
    numbers = [*NUMBERS, *INSTANTS.values()]
    if what in COUNTS:
        numbers = [each for each in numbers if type(each) is int]
    found = {short(n): wrong_with(store, dump, BY_NUMBER[what], n) for n in numbers}

    assert {name: text for name, text in found.items() if text} == {}
