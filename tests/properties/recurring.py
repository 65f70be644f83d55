"""Schedules: their part of the model, and their rules.

Which slots are due, missed or to fire is the calendar's own and tested in tests/schedules; what
becomes of each is modelled here, and that no slot ever has two jobs.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from queuectl_store import FINAL, Missed, NewJob, NewSchedule, Overlap, Schedule, Shell, Store
from queuectl_store.relations import Needs
from queuectl_store.schedules import catchup
from queuectl_store.schedules.cadence import Every
from tests.properties.dependencies import CANCEL, DependencyModel, Tie
from tests.properties.dump import Dump
from tests.properties.enqueueing import HOUR
from tests.properties.machine import same
from tests.properties.model import Row
from tests.properties.people import People
from tests.properties.twins import Refused

NAMES = ("nightly", "hourly")
EACH = (2_000, HOUR)
WINDOW_MS = 24 * HOUR
JOB = NewJob(work=Shell(script="true"), priority=-10)


class RecurringModel(DependencyModel):
    """The model's part: schedules and what became of their slots."""

    def __init__(self, **clocks: int) -> None:
        super().__init__(**clocks)
        self.schedules: dict[str, Row] = {}
        self.slots: dict[tuple[int, int], Row] = {}
        self.last_schedule = 0

    def add_schedule(self, new: NewSchedule) -> bool:
        """Say whether there was none of that name."""
        if new.name in self.schedules:
            return False
        self.last_schedule += 1
        assert new.every_ms is not None
        self.schedules[new.name] = {
            "id": self.last_schedule,
            "name": new.name,
            "every_ms": new.every_ms,
            "missed": new.missed.value,
            "window_ms": new.window_ms,
            "overlap": new.overlap.value,
            "paused": 0,
            "revision": 0,
            "next_at": self.now + new.every_ms,
            "last_slot": None,
            "last_fired_at": None,
            "last_job_id": None,
            "created_at": self.now,
        }
        return True

    def edit_schedule(self, name: str, every_ms: int, overlap: Overlap) -> None:
        schedule = self.schedules[name]
        is_same = every_ms == schedule["every_ms"]
        schedule |= {"every_ms": every_ms, "overlap": overlap.value}
        schedule["revision"] += 1
        if not is_same:
            schedule["next_at"] = self._first_slot(schedule)

    def pause_schedule(self, name: str, *, is_paused: bool) -> None:
        self.schedules[name]["paused"] = int(is_paused)
        if not is_paused:
            self.schedules[name]["next_at"] = self._first_slot(self.schedules[name])

    def remove_schedule(self, name: str) -> bool:
        gone = self.schedules.pop(name, None)
        if gone is not None:
            self.slots = {at: row for at, row in self.slots.items() if at[0] != gone["id"]}
        return gone is not None

    def fire(self) -> int:
        """Deal with the slots that are due; return of how many schedules."""
        due = [
            schedule
            for schedule in self.schedules.values()
            if not schedule["paused"] and schedule["next_at"] <= self.now
        ]
        for schedule in due:
            self._deal_with(schedule)
        return len(due)

    def run_now(self, name: str) -> int | None:
        """Return the job that was made; None where the former one is in the way."""
        schedule = self.schedules[name]
        if schedule["overlap"] == Overlap.SKIP and self._former(schedule) is not None:
            return None
        at = self.now
        while (schedule["id"], at) in self.slots or self._is_slot(schedule, at):
            at += 1
        job_id = self._begin(schedule, at, "manual")
        schedule |= {"last_job_id": job_id, "last_fired_at": self.now}
        return job_id

    def due_in_ms(self) -> int | None:
        waits = [s["next_at"] - self.now for s in self.schedules.values() if not s["paused"]]
        job = super().due_in_ms()
        waits += [] if job is None else [job]
        return max(0, min(waits)) if waits else None

    def is_needed(self, job: Row) -> bool:
        latest = {schedule["last_job_id"] for schedule in self.schedules.values()}
        return super().is_needed(job) or job["id"] in latest

    def _deal_with(self, schedule: Row) -> None:
        plan = catchup.plan(
            Every(ms=schedule["every_ms"], since=schedule["created_at"]),
            next_at=schedule["next_at"],
            now=self.now,
            missed=Missed(schedule["missed"]),
            window_ms=schedule["window_ms"],
        )
        dealt: list[int] = []
        if plan.stretch is not None:
            first, last = plan.stretch
            if self._is_new(schedule, first):
                self._mark(schedule, first, "missed", until=last)
                dealt.append(last)
        for slot in plan.missed:
            if self._is_new(schedule, slot):
                self._mark(schedule, slot, "missed")
                dealt.append(slot)
        for slot in plan.fire:
            if self._is_new(schedule, slot):
                self._try(schedule, slot)
                dealt.append(slot)
        schedule["next_at"] = plan.next_at
        schedule["last_slot"] = max(dealt, default=schedule["last_slot"])

    def _try(self, schedule: Row, slot: int) -> None:
        former = self._former(schedule)
        if former is not None and schedule["overlap"] == Overlap.SKIP:
            self._mark(schedule, slot, "skipped", job_id=former)
            return
        job_id = self._begin(schedule, slot, "fired")
        schedule |= {"last_job_id": job_id, "last_fired_at": self.now}

    def _begin(self, schedule: Row, slot: int, outcome: str) -> int:
        new = replace(JOB, name=schedule["name"], key=f"schedule.{schedule['id']}.{slot}")
        former = self._former(schedule)
        if former is not None and schedule["overlap"] == Overlap.QUEUE:
            [job_id] = self.enqueue_child(new, Tie(former, Needs.END, CANCEL))
        else:
            [job_id] = self.enqueue([new])
        self._mark(schedule, slot, outcome, job_id=job_id)
        return job_id

    def _former(self, schedule: Row) -> int | None:
        """Return the schedule's latest job, if it has not ended."""
        job = self.jobs.get(schedule["last_job_id"])
        return None if job is None or job["state"] in FINAL else int(job["id"])

    def _mark(
        self,
        schedule: Row,
        slot: int,
        outcome: str,
        *,
        job_id: int | None = None,
        until: int | None = None,
    ) -> None:
        self.slots[schedule["id"], slot] = {
            "schedule_id": schedule["id"],
            "slot": slot,
            "outcome": outcome,
            "job_id": job_id,
            "until": until,
            "at": self.now,
        }

    def _is_new(self, schedule: Row, slot: int) -> bool:
        return (schedule["id"], slot) not in self.slots

    def _is_slot(self, schedule: Row, at: int) -> bool:
        passed = at - schedule["created_at"]
        return bool(passed > 0 and passed % schedule["every_ms"] == 0)

    def _first_slot(self, schedule: Row) -> int:
        passed = max(0, self.now - schedule["created_at"])
        count = passed // schedule["every_ms"] + 1
        return int(schedule["created_at"] + count * schedule["every_ms"])


class Recurring(People):
    """Rules about schedules."""

    model: RecurringModel

    @rule(
        name=st.sampled_from(NAMES),
        each=st.sampled_from(EACH),
        missed=st.sampled_from(list(Missed)),
        overlap=st.sampled_from(list(Overlap)),
    )
    def add_a_schedule(self, name: str, each: int, missed: Missed, overlap: Overlap) -> None:
        new = NewSchedule(
            name=name,
            job=JOB,
            every_ms=each,
            missed=missed,
            overlap=overlap,
            window_ms=WINDOW_MS if each == HOUR else 10_000,
        )
        if not self.model.add_schedule(new):
            self.refuse(lambda store: store.schedules.add(new), "ScheduleExists")
            return
        self.let(lambda store: store.schedules.add(new))

    @rule(name=st.sampled_from(NAMES), each=st.sampled_from(EACH), overlap=st.sampled_from(Overlap))
    def edit_a_schedule(self, name: str, each: int, overlap: Overlap) -> None:
        def act(store: Store) -> Schedule:
            return store.schedules.edit(
                name, lambda old: replace(old, every_ms=each, overlap=overlap)
            )

        if self.there_is(name, act):
            self.model.edit_schedule(name, each, overlap)
            self.let(act)

    @rule(name=st.sampled_from(NAMES), is_paused=st.booleans())
    def pause_or_resume_a_schedule(self, name: str, is_paused: bool) -> None:
        def act(store: Store) -> Schedule:
            return (store.schedules.pause if is_paused else store.schedules.resume)(name)

        if self.there_is(name, act):
            self.model.pause_schedule(name, is_paused=is_paused)
            self.let(act)

    @rule(name=st.sampled_from(NAMES), certainly=st.sampled_from([False, False, True]))
    def remove_a_schedule(self, name: str, certainly: bool) -> None:
        if certainly and self.there_is(name, lambda store: store.schedules.remove(name)):
            self.model.remove_schedule(name)
            self.agree(lambda store: store.schedules.remove(name), None)

    @rule(name=st.sampled_from(NAMES))
    def run_a_schedule_now(self, name: str) -> None:
        if self.there_is(name, lambda store: store.schedules.run_now(name)):
            job_id = self.model.run_now(name)
            if job_id is None:
                self.refuse(lambda store: store.schedules.run_now(name), "ScheduleOverlaps")
            else:
                self.agree(lambda store: store.schedules.run_now(name), job_id)

    @rule()
    def fire(self) -> None:
        expected = self.model.fire()

        self.agree(lambda store: store.fire(), expected)

        if not expected:
            self.changed_nothing("no slot is due")

    @rule(name=st.sampled_from(NAMES), later_by=st.sampled_from([-1, 0, 1]))
    def fire_at_a_slot(self, name: str, later_by: int) -> None:
        """Exactly then, or a millisecond beside it."""
        schedule = self.model.schedules.get(name)
        if schedule is None or schedule["paused"]:
            return
        self.pass_time(max(0, schedule["next_at"] + later_by - self.model.now))
        self.agree(lambda store: store.fire(), self.model.fire())

    @rule(each=st.sampled_from(EACH), overlap=st.sampled_from([Overlap.SKIP, Overlap.QUEUE]))
    def a_slot_comes_while_the_job_before_goes_on(self, each: int, overlap: Overlap) -> None:
        self.makes_several_calls()
        new = NewSchedule(name="busy", job=JOB, every_ms=each, missed=Missed.ALL, overlap=overlap)
        if self.model.add_schedule(new):
            self.let(lambda store: store.schedules.add(new))
        self.run_a_schedule_now("busy")
        self.run_a_schedule_now("busy")
        self.pass_time(each)
        self.agree(lambda store: store.fire(), self.model.fire())
        if overlap is Overlap.SKIP:
            # While the slot that was skipped is still there.
            self.agree_on_rows(self.twins.normal(self.twins.raw()))
            self.model.remove_schedule("busy")
            self.agree(lambda store: store.schedules.remove("busy"), None)

    def there_is(self, name: str, act: Callable[[Store], Any]) -> bool:
        if name in self.model.schedules:
            return True
        self.refuse(act, "UnknownSchedule")
        return False

    def let(self, act: Callable[[Store], Schedule]) -> None:
        """Let both stores act; the rows are compared afterwards."""
        answer = self.twins.call(act)
        assert not isinstance(answer, Refused), answer

    def agree_on_rows(self, dump: Dump) -> None:
        super().agree_on_rows(dump)
        schedules = sorted(self.model.schedules.values(), key=lambda each: each["id"])
        same("schedule", dump["queuectl_schedules"], schedules)
        slots = [self.model.slots[each] for each in sorted(self.model.slots)]
        same("slot", dump["queuectl_slots"], slots)
        for slot in slots:
            self.tally.seen[f"a slot that was {slot['outcome']}"] += 1
        check_slots(dump)


def check_slots(dump: Dump) -> None:
    """I15: a slot that fired has the one job that carries its name, and no other slot has one."""
    made = {
        f"schedule.{slot['schedule_id']}.{slot['slot']}": slot["job_id"]
        for slot in dump["queuectl_slots"]
        if slot["outcome"] in ("fired", "manual")
    }
    there = {schedule["id"] for schedule in dump["queuectl_schedules"]}
    jobs = {job["id"]: job["key"] for job in dump["queuectl_jobs"]}
    for key, job_id in made.items():
        assert jobs.get(job_id, key) == key, f"the slot {key} has the job of {jobs[job_id]}"
    for job_id, key in jobs.items():
        if key is not None and key.startswith("schedule.") and int(key.split(".")[1]) in there:
            assert made.get(key) == job_id, f"job {job_id} is of {key}, which has {made.get(key)}"
