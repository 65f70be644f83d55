"""What people do to schedules, and what firing makes of them; on both databases."""

import dataclasses
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from queuectl_store import (
    DuplicateJob,
    InvalidJob,
    InvalidSchedule,
    JobId,
    JobState,
    ManualClock,
    Missed,
    NewJob,
    NewSchedule,
    OnDuplicate,
    Overlap,
    ScheduleExists,
    ScheduleOverlaps,
    Shell,
    Store,
    Succeeded,
    Task,
    Unique,
    UnknownSchedule,
)
from queuectl_store.relations import Dependency, Needs
from queuectl_store.schedules.firing import KEPT_SLOTS
from queuectl_store.sql.side_tables import schedules as table
from tests.conformance.story import a_worker, claim_one, ended, enqueue_one, states
from tests.schedules.story import (
    DAY,
    HOUR,
    MINUTE,
    add,
    fire_all,
    keys,
    keys_of,
    later,
    outcomes,
    run_one,
    slots,
)

JOB = NewJob(work=Shell(script="true"))


def test_a_slot_makes_one_job_that_says_where_it_comes_from(
    store: Store, clock: ManualClock
) -> None:
    job = NewJob(
        work=Shell(script="true"), queue="night", priority=5, tags={"a": "b"}, env={"K": "V"},
        environment={"PATH": "/bin"}, max_retries=7, timeout_ms=9_000,
    )  # fmt: skip
    schedule = add(store, job=job)

    assert store.due_in_ms() == MINUTE
    assert later(store, clock, MINUTE) == 1

    [made] = store.reader.find([schedule.last_job_id or 1])
    assert made.key == f"schedule.{schedule.id}.{clock.now_ms}"
    assert made.name == "tick"
    assert made.tags == {"a": "b", "schedule": "tick"}
    assert made.env == {
        "K": "V",
        "QUEUECTL_SCHEDULE": "tick",
        "QUEUECTL_SLOT": "2027-01-15T08:01:00.000Z",
    }
    assert (made.queue, made.priority, made.max_retries, made.timeout_ms) == ("night", 5, 7, 9_000)
    assert store.environment(made.environment_id or 0) == {"PATH": "/bin"}
    assert store.schedules.get("tick").last_job_id == made.id


def test_an_interval_takes_no_zone_that_there_is_not(store: Store) -> None:
    """Its times are shown in it, and an edit may make it a cron expression."""
    new = NewSchedule(name="s", job=NewJob(work=Shell(script="true")), every_ms=60_000, tz="../UTC")

    with pytest.raises(InvalidSchedule, match="there is no time zone"):
        store.schedules.add(new)

    store.schedules.add(dataclasses.replace(new, tz="Europe/Berlin"))
    with pytest.raises(InvalidSchedule, match="there is no time zone"):
        store.schedules.edit("s", lambda old: dataclasses.replace(old, tz="Nowhere/At_All"))


def test_nothing_fires_before_its_time_or_twice(store: Store, clock: ManualClock) -> None:
    add(store)

    assert later(store, clock, MINUTE - 1) == 0
    assert later(store, clock, 1) == 1
    assert later(store, clock, 1) == 0
    assert store.due_in_ms() == MINUTE - 1
    assert outcomes(store) == ["fired"]


def test_a_job_keeps_its_own_name(store: Store, clock: ManualClock) -> None:
    add(store, job=dataclasses.replace(JOB, name="mine"))

    later(store, clock, MINUTE)

    assert store.reader.get(1).name == "mine"  # type: ignore[arg-type]


def test_missed_slots_by_policy_after_five_hours(store: Store, clock: ManualClock) -> None:
    start = clock.now_ms
    for missed in Missed:
        add(store, name=missed.value, every_ms=HOUR, missed=missed, window_ms=2 * HOUR)

    later(store, clock, 5 * HOUR + 2 * MINUTE)

    assert outcomes(store, "skip") == ["missed"] * 5
    assert outcomes(store, "last") == ["missed"] * 4 + ["fired"]
    assert outcomes(store, "all") == ["missed"] * 3 + ["fired"] * 2
    assert [slot.slot for slot in slots(store, "all")] == [start + n * HOUR for n in range(1, 6)]
    assert {store.schedules.get(each.value).next_at for each in Missed} == {start + 6 * HOUR}


def test_a_schedule_of_each_second_that_slept_a_year_leaves_few_rows(
    store: Store, clock: ManualClock
) -> None:
    schedule = add(store, cron="* * * * * *")
    first = schedule.next_at

    assert later(store, clock, 366 * DAY) == 1

    told = slots(store)
    assert len(told) == 102
    assert (told[0].slot, told[0].until) == (first, told[1].slot - 1_000)
    assert [slot.outcome.value for slot in told[-2:]] == ["missed", "fired"]
    assert told[-1].slot == clock.now_ms


def test_all_of_a_day_are_made_up_for_in_several_transactions(
    store: Store, clock: ManualClock
) -> None:
    schedule = add(store, every_ms=10 * MINUTE, missed=Missed.ALL)
    moments = [clock.now_ms + n * 10 * MINUTE for n in range(1, 144)]

    assert later(store, clock, DAY - MINUTE) == 8

    assert keys(store) == keys_of(schedule, moments)


@pytest.mark.parametrize("missed", Missed)
def test_after_a_pause_longer_than_the_window_nothing_is_made_up_for(
    store: Store, clock: ManualClock, missed: Missed
) -> None:
    add(store, missed=missed, window_ms=HOUR)
    later(store, clock, MINUTE)
    store.schedules.pause("tick")

    assert later(store, clock, 3 * HOUR + 1) == 0
    assert store.due_in_ms() is None
    resumed = store.schedules.resume("tick")

    assert resumed.next_at == clock.now_ms + MINUTE - 1
    assert later(store, clock, MINUTE) == 1
    assert outcomes(store) == ["fired", "fired"]


def test_skip_records_slots_while_the_former_job_is_not_final(
    store: Store, clock: ManualClock
) -> None:
    add(store, overlap=Overlap.SKIP)
    later(store, clock, MINUTE)
    later(store, clock, MINUTE)
    run_one(store)
    later(store, clock, MINUTE)

    assert outcomes(store) == ["fired", "skipped", "fired"]
    assert [slot.job_id for slot in slots(store)] == [1, 1, 2]


def test_skip_looks_at_the_job_of_a_run_by_hand_too(store: Store, clock: ManualClock) -> None:
    add(store, overlap=Overlap.SKIP)
    store.schedules.run_now("tick")

    later(store, clock, MINUTE)

    assert outcomes(store) == ["manual", "skipped"]
    with pytest.raises(ScheduleOverlaps, match="job 1 of schedule 'tick' is pending"):
        store.schedules.run_now("tick")


def test_run_now_works_while_paused_and_leaves_the_slots_alone(
    store: Store, clock: ManualClock
) -> None:
    schedule = add(store)
    store.schedules.pause("tick")

    job_id = store.schedules.run_now("tick")

    assert store.reader.get(job_id).state is JobState.PENDING
    assert store.schedules.get("tick").next_at == schedule.next_at
    assert outcomes(store) == ["manual"]


def test_run_now_at_the_very_moment_of_a_slot_takes_it_from_nobody(
    store: Store, clock: ManualClock
) -> None:
    schedule = add(store)
    clock.advance(ms=MINUTE)
    now = clock.now_ms

    ids = [store.schedules.run_now("tick") for _ in range(3)]
    fire_all(store)

    assert keys(store) == keys_of(schedule, [now + 1, now + 2, now + 3, now])
    assert len(set(ids)) == 3


def test_a_wall_clock_set_back_fires_no_slot_twice(store: Store, clock: ManualClock) -> None:
    schedule = add(store)
    first = clock.now_ms + MINUTE
    later(store, clock, 5 * MINUTE)

    clock.step_wall(ms=-4 * MINUTE)
    for _ in range(6):
        later(store, clock, MINUTE)

    fired = [slot.slot for slot in slots(store) if slot.outcome == "fired"]
    assert fired == [first + n * MINUTE for n in (4, 5, 6)]
    assert keys(store) == keys_of(schedule, fired)


def test_resuming_after_the_clock_was_set_back_fires_no_slot_twice(
    store: Store, clock: ManualClock
) -> None:
    add(store, missed=Missed.ALL)
    later(store, clock, 5 * MINUTE)
    clock.step_wall(ms=-3 * MINUTE)

    resumed = store.schedules.resume("tick")
    for _ in range(4):
        later(store, clock, MINUTE)

    assert resumed.next_at == clock.now_ms - 3 * MINUTE
    assert outcomes(store) == ["fired"] * 6
    assert len(keys(store)) == 6


def test_a_wall_clock_set_ahead_an_hour_is_an_hour_of_missed_slots(
    store: Store, clock: ManualClock
) -> None:
    add(store, every_ms=10 * MINUTE)

    clock.step_wall(ms=HOUR)
    fire_all(store)

    assert outcomes(store) == ["missed"] * 5 + ["fired"]


def test_edit_changes_the_job_and_keeps_the_slots(store: Store, clock: ManualClock) -> None:
    schedule = add(store)

    edited = store.schedules.edit(
        "tick", lambda old: dataclasses.replace(old, job=NewJob(work=Shell(script="false")))
    )
    later(store, clock, MINUTE)

    assert (edited.next_at, edited.revision) == (schedule.next_at, schedule.revision + 1)
    assert store.reader.get(1).work == Shell(script="false")  # type: ignore[arg-type]


def test_edit_of_the_cadence_begins_with_its_first_slot_after_now(
    store: Store, clock: ManualClock
) -> None:
    add(store, every_ms=MINUTE)
    clock.advance(ms=10 * MINUTE)  # ten slots are due and not yet fired

    edited = store.schedules.edit(
        "tick", lambda old: dataclasses.replace(old, every_ms=None, cron="0 9 * * *", tz="UTC")
    )

    assert edited.next_at == clock.now_ms + 50 * MINUTE
    assert fire_all(store) == 0


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"name": "other"}, InvalidSchedule),
        ({"cron": "x", "every_ms": None}, InvalidSchedule),
        ({"cron": "0 0 31 2 *", "every_ms": None}, InvalidSchedule),
        ({"tz": "Mars/Base", "cron": "@daily", "every_ms": None}, InvalidSchedule),
        ({"job": NewJob(work=Shell(script=""))}, InvalidJob),
    ],
)
def test_a_refused_edit_changes_nothing(
    store: Store, change: dict[str, object], error: type[Exception]
) -> None:
    before = add(store)

    with pytest.raises(error):
        store.schedules.edit("tick", lambda old: dataclasses.replace(old, **change))  # type: ignore[arg-type]

    assert store.schedules.get("tick") == before


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": "two words"}, "is not usable"),
        ({"name": "x" * 101}, "is not usable"),
        ({"name": ""}, "is not usable"),
        ({"cron": "@daily", "every_ms": MINUTE}, "not both"),
        ({"cron": None, "every_ms": None}, "needs a cron"),
        ({"every_ms": 10}, "from 1 second"),
        ({"cron": "0 0 31 2 *"}, "does not fit"),
        ({"cron": "@daily", "tz": "Europe/Berlim"}, "did you mean 'Europe/Berlin'"),
        ({"window_ms": -1}, "window"),
        ({"job": dataclasses.replace(JOB, key="k")}, "cannot have a key"),
        ({"job": dataclasses.replace(JOB, run_at=1)}, "cannot have a time"),
        ({"job": dataclasses.replace(JOB, after=((Dependency(parent=1),),))}, "jobs to wait for"),
    ],
)
def test_what_makes_no_schedule_is_refused_when_it_is_made(
    store: Store, fields: dict[str, object], said: str
) -> None:
    with pytest.raises(InvalidSchedule, match=said):
        add(store, **fields)  # type: ignore[arg-type]

    assert store.schedules.all() == []


@pytest.mark.parametrize(
    "job",
    [
        NewJob(work=Shell(script="a\0b")),
        NewJob(work=Shell(script="true"), queue="no spaces"),
        NewJob(work=Task(name="t", args=(object(),))),
        NewJob(work=Shell(script="x" * 1_048_500)),
    ],
)
def test_a_job_that_could_not_be_stored_is_refused_when_the_schedule_is_made(
    store: Store, job: NewJob
) -> None:
    """The last one fits alone, but not with what each slot adds to it."""
    with pytest.raises(InvalidJob):
        add(store, job=job)

    assert store.schedules.all() == []


def test_two_schedules_cannot_have_one_name(store: Store) -> None:
    add(store)

    with pytest.raises(ScheduleExists, match="'tick' already"):
        add(store)


VERBS: dict[str, Callable[[Store], object]] = {
    "edit": lambda store: store.schedules.edit("no", lambda old: old),
    "pause": lambda store: store.schedules.pause("no"),
    "resume": lambda store: store.schedules.resume("no"),
    "remove": lambda store: store.schedules.remove("no"),
    "run_now": lambda store: store.schedules.run_now("no"),
    "get": lambda store: store.schedules.get("no"),
    "upcoming": lambda store: store.schedules.upcoming("no", n=1),
    "history": lambda store: store.schedules.history("no"),
}


@pytest.mark.parametrize("verb", VERBS)
def test_a_schedule_that_is_not_there_is_unknown(store: Store, verb: str) -> None:
    with pytest.raises(UnknownSchedule, match="'no'"):
        VERBS[verb](store)


def test_a_removed_schedule_leaves_its_jobs_and_no_slots(store: Store, clock: ManualClock) -> None:
    old = add(store)
    later(store, clock, MINUTE)

    store.schedules.remove("tick")
    new = add(store)
    later(store, clock, MINUTE)

    assert new.id != old.id
    assert len(keys(store)) == 2
    assert outcomes(store) == ["fired"]


def test_lists_are_by_name_and_upcoming_slots_in_order(store: Store, clock: ManualClock) -> None:
    add(store, name="b", every_ms=HOUR)
    add(store, name="a", cron="@hourly")

    assert [schedule.name for schedule in store.schedules.all()] == ["a", "b"]
    assert store.schedules.upcoming("b", n=2) == [clock.now_ms + HOUR, clock.now_ms + 2 * HOUR]


def spoil(store: Store, **columns: object) -> None:
    with store._database.engine.care.begin_write() as connection:
        connection.execute(sa.update(table).values(**columns))
        connection.commit()


def test_a_job_that_only_a_newer_version_knows_is_refused_slot_by_slot(
    store: Store, clock: ManualClock
) -> None:
    add(store)
    add(store, name="other")
    text = '{"spec":{"shell":"true"},"colour":"red"}'
    with store._database.engine.care.begin_write() as connection:
        connection.execute(sa.update(table).where(table.c.name == "tick").values(job=text))
        connection.commit()

    for _ in range(2):
        later(store, clock, MINUTE)

    assert outcomes(store) == ["refused", "refused"]
    assert "'colour'" in (slots(store)[0].note or "")
    assert outcomes(store, "other") == ["fired", "fired"]


def test_a_slot_whose_job_is_refused_half_way_leaves_nothing_and_stops_no_other(
    store: Store, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a duplicate or a draining queue is: after the row was written."""
    first = add(store, name="first")
    second = add(store, name="second")
    whole = store.schedules._enqueue

    def refuse_the_first(connection: sa.Connection, new: NewJob) -> object:
        made = whole(connection, new)
        if new.name == "first":
            raise InvalidJob("not now")
        return made

    monkeypatch.setattr(store.schedules, "_enqueue", refuse_the_first)
    later(store, clock, MINUTE)

    assert outcomes(store, "first") == ["refused"]
    assert [slot.note for slot in slots(store, "first")] == ["not now"]
    assert outcomes(store, "second") == ["fired"]
    assert keys(store) == keys_of(second, [clock.now_ms])
    assert store.schedules.get("first").next_at == (first.next_at or 0) + MINUTE


def test_a_cadence_that_cannot_be_read_stands_still_until_it_is_edited(
    store: Store, clock: ManualClock
) -> None:
    add(store, cron="@hourly")
    spoil(store, tz="Mars/Base")

    later(store, clock, HOUR)

    assert store.due_in_ms() is None
    assert outcomes(store) == ["refused"]
    assert "Mars/Base" in (slots(store)[0].note or "")
    edited = store.schedules.edit("tick", lambda old: dataclasses.replace(old, tz="UTC"))
    assert edited.next_at == clock.now_ms + HOUR


def test_only_the_newest_slots_are_kept(store: Store, clock: ManualClock) -> None:
    add(store, missed=Missed.ALL, window_ms=10 * DAY, every_ms=MINUTE)

    later(store, clock, (KEPT_SLOTS + 30) * MINUTE)

    told = slots(store)
    assert len(told) == KEPT_SLOTS
    assert told[-1].slot == clock.now_ms


def test_a_schedule_and_what_is_asked_for_are_the_same(store: Store) -> None:
    new = NewSchedule(
        name="nightly", job=JOB, cron="30 1 * * MON-FRI", tz="Europe/Berlin", missed=Missed.ALL,
        window_ms=5_000, overlap=Overlap.QUEUE,
    )  # fmt: skip

    stored = store.schedules.add(new)

    assert stored.as_new() == new
    assert store.schedules.get("nightly") == stored


def test_a_schedule_without_zones_of_its_own_fires_by_the_zone_that_it_names(
    store: Store, clock: ManualClock
) -> None:
    clock.now_ms = 1_792_886_400_000  # 2026-10-25 00:00 in London, which goes back at 02:00
    schedule = add(store, cron="30 1 * * *", tz="Europe/London", missed=Missed.ALL)
    start = clock.now_ms

    for _ in range(26 * 2):
        later(store, clock, 30 * MINUTE)

    assert keys(store) == keys_of(
        schedule, [start + 30 * MINUTE + 0 * HOUR, start + 25 * HOUR + 30 * MINUTE]
    )


def test_queue_makes_each_job_wait_for_the_one_before_it(
    store: Store, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of several in one transaction too: each for its own former one."""
    add(store, overlap=Overlap.QUEUE, missed=Missed.ALL)
    asked: list[NewJob] = []
    whole = store.schedules._enqueue

    def note(connection: sa.Connection, new: NewJob) -> object:
        asked.append(new)
        return whole(connection, new)

    monkeypatch.setattr(store.schedules, "_enqueue", note)
    later(store, clock, 3 * MINUTE)

    end = Needs.END
    assert [new.after for new in asked] == [
        (),
        ((Dependency(parent=1, needs=end),),),
        ((Dependency(parent=2, needs=end),),),
    ]


def test_queue_waits_for_nothing_once_the_former_has_ended(
    store: Store, clock: ManualClock
) -> None:
    add(store, overlap=Overlap.QUEUE)
    later(store, clock, MINUTE)
    run_one(store)

    later(store, clock, MINUTE)

    assert states(store, [JobId(1), JobId(2)]) == ["succeeded", "pending"]


def test_a_wait_for_work_ends_with_the_earliest_slot(store: Store, clock: ManualClock) -> None:
    add(store, every_ms=HOUR)
    enqueue_one(store, delay_ms=2 * HOUR)

    assert store.due_in_ms() == HOUR

    clock.advance(ms=2 * HOUR)
    assert store.due_in_ms() == 0


def test_a_draining_queue_gets_no_job_and_the_schedule_goes_on_when_it_is_open_again(
    store: Store, clock: ManualClock
) -> None:
    add(store, job=dataclasses.replace(JOB, queue="mail"))
    store.admin.drain("mail")
    later(store, clock, MINUTE)
    store.admin.resume("mail")
    later(store, clock, MINUTE)

    assert outcomes(store) == ["refused", "fired"]
    assert "mail" in (slots(store)[0].note or "")


def a_unique_job(on_duplicate: OnDuplicate) -> NewJob:
    return NewJob(
        work=Shell(script="true"), unique=Unique(key="k", on_duplicate=on_duplicate), priority=1
    )


@pytest.mark.parametrize("on_duplicate", [OnDuplicate.REJECT, OnDuplicate.REPLACE])
def test_a_slot_whose_unique_key_a_running_job_has_is_refused_and_the_others_go_on(
    store: Store, clock: ManualClock, on_duplicate: OnDuplicate
) -> None:
    add(store, job=a_unique_job(on_duplicate), overlap=Overlap.ALLOW)
    add(store, name="tock")
    later(store, clock, MINUTE)
    worker = a_worker(store)
    running = claim_one(store, worker)

    assert later(store, clock, MINUTE) == 1

    assert (outcomes(store), outcomes(store, "tock")[0]) == (["fired", "refused"], "fired")
    [_, refused] = slots(store)
    assert refused.note is not None
    assert f"the unique key 'k' is taken: job {running.job.id} has it" in refused.note
    store.finish(worker, [ended(running, Succeeded())])
    later(store, clock, MINUTE)
    assert outcomes(store) == ["fired", "refused", "fired"]
    assert store.maintenance.check() == []


def test_a_slot_replaces_the_waiting_job_that_has_its_unique_key(
    store: Store, clock: ManualClock
) -> None:
    add(store, job=a_unique_job(OnDuplicate.REPLACE), overlap=Overlap.ALLOW)
    later(store, clock, MINUTE)
    later(store, clock, MINUTE)

    made = [JobId(slot.job_id or 0) for slot in slots(store)]

    assert outcomes(store) == ["fired", "fired"]
    assert states(store, made) == ["cancelled", "pending"]


def test_a_refused_unique_job_is_told_to_whoever_runs_the_schedule_by_hand(store: Store) -> None:
    add(store, job=a_unique_job(OnDuplicate.REJECT), overlap=Overlap.ALLOW)
    first = store.schedules.run_now("tick")

    with pytest.raises(DuplicateJob, match=f"job {first} has it"):
        store.schedules.run_now("tick")

    assert outcomes(store) == ["manual"]
