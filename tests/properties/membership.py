"""Groups: their part of the model, and their rules.

A halted group holds its members back, which is a limit: such groups come only in examples that
have limits (allowances.py).
"""

from collections.abc import Sequence
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import rule

from queuectl_store import (
    FINAL,
    WAITING,
    Dead,
    Finish,
    Halt,
    JobState,
    NewGroup,
    NewJob,
    Retry,
    Shell,
    Verb,
    parse_halt,
)
from queuectl_store.graph.halting import HaltOn
from tests.properties.dependencies import DependencyModel
from tests.properties.dump import Dump
from tests.properties.enqueueing import HOUR
from tests.properties.machine import same
from tests.properties.model import Row
from tests.properties.people import People

T = TypeVar("T")

NAMES = ("batch/1", "batch/2", "batch/3")
LAST = NewJob(work=Shell(script="true"), priority=5)
HALTS = (None, "soon,fail=1", "now,fail=2", "soon,success=1", "now,done=50%", "soon,fail=40%")
COUNTED = {
    HaltOn.FAIL: ({JobState.DEAD}, "failed"),
    HaltOn.SUCCESS: ({JobState.SUCCEEDED}, "succeeded"),
    HaltOn.DONE: (FINAL, "done"),
}


class GroupModel(DependencyModel):
    """The model's part: groups, what halts them, and what follows when their last member ends."""

    def __init__(self, **clocks: int) -> None:
        super().__init__(**clocks)
        self.groups: dict[str, Row] = {}
        self._touched: dict[int, bool] = {}  # whether a member has ended

    def enqueue_group(
        self, jobs: Sequence[NewJob], group: NewGroup, *, seal: bool
    ) -> list[int] | None:
        """Store *jobs* as members; None where the group takes no more."""
        known = self.groups.get(group.name)
        if known is not None and known["halted"] is not None:
            return None
        if known is None:
            known = self._make(group)
        if known["on_finish"] is None and known["finish_job_id"] is None:
            known["on_finish"] = group.on_finish
        known["sealed"] |= int(seal)
        self._touched.setdefault(known["id"], False)
        return self.enqueue(jobs)

    def resolve(self) -> int:
        """Cancel what waits although its group was halted; return how many."""
        count = 0
        for group in self.groups.values():
            if group["halted"] is not None and group["finished_at"] is None:
                count += self._stop(group)
        return self._settled(count)

    def made(self, job: Row, new: NewJob) -> None:
        super().made(job, new)
        job["group_id"] = None if new.group is None else self.groups[new.group]["id"]

    def claimable(self, job: Row) -> bool:
        group = self._group(job["group_id"])
        if group is None:
            return super().claimable(job)
        running = sum(other["group_id"] == job["group_id"] for other in self.running())
        has_room = group["concurrency"] is None or running < group["concurrency"]
        return group["halted"] is None and has_room and super().claimable(job)

    def is_needed(self, job: Row) -> bool:
        group = self._group(job["group_id"])
        return super().is_needed(job) or (group is not None and group["finished_at"] is None)

    def members(self, group: Row) -> list[Row]:
        return [job for job in self.jobs.values() if job["group_id"] == group["id"]]

    def _make(self, group: NewGroup) -> Row:
        self.groups[group.name] = row = {
            "id": len(self.groups) + 1,
            "name": group.name,
            "concurrency": group.concurrency,
            "halt": None if group.halt is None else str(group.halt),
            "halted": None,
            "sealed": int(group.on_finish is None),
            "on_finish": None,
            "finish_job_id": None,
            "created_at": self.now,
            "finished_at": None,
        }
        return row

    def _group(self, group_id: int | None) -> Row | None:
        return next((each for each in self.groups.values() if each["id"] == group_id), None)

    def _move(self, job: Row, verb: Verb, target: JobState, **more: object) -> None:
        super()._move(job, verb, target, **more)
        if job["group_id"] is not None and verb not in (Verb.CLAIM, Verb.STAGE):
            has_ended = self._touched.get(job["group_id"], False)
            self._touched[job["group_id"]] = has_ended or target in FINAL

    def _move_by_hand(self, job: Row, verb: Verb, reason: str | None) -> bool:
        moves = super()._move_by_hand(job, verb, reason)
        if moves and verb in (Verb.RETRY, Verb.RERUN) and (group := self._group(job["group_id"])):
            group["halted"] = None
        return moves

    def _settled(self, result: T) -> T:
        """Tell children; then look at the groups of all that moved, and again."""
        super()._settled(None)
        while self._touched:
            touched, self._touched = self._touched, {}
            for group_id in sorted(touched):
                group = self._group(group_id)
                assert group is not None
                self._look(group, has_ended=touched[group_id])
            super()._settled(None)
        return result

    def _look(self, group: Row, *, has_ended: bool) -> None:
        is_open = any(job["state"] not in FINAL for job in self.members(group))
        if not is_open and group["sealed"]:
            self._complete(group)
        elif group["finished_at"] is not None:
            group["finished_at"] = None
        if has_ended and is_open and group["halt"] and not group["halted"]:
            self._judge(group, parse_halt(group["halt"]))

    def _complete(self, group: Row) -> None:
        if group["finished_at"] is not None:
            return
        group["finished_at"] = self.now
        if group["on_finish"] is not None and group["finish_job_id"] is None:
            group["finish_job_id"] = self.last_id + 1
            self._enqueue(group["on_finish"])

    def _judge(self, group: Row, halt: Halt) -> None:
        members = self.members(group)
        states, word = COUNTED[halt.on]
        count = sum(job["state"] in states for job in members)
        if halt.is_percent:
            if not group["sealed"] or not count or count * 100 < halt.count * len(members):
                return
            group["halted"] = f"{count} of {len(members)} {word}"
        else:
            if count < halt.count:
                return
            group["halted"] = f"{halt.count} {word}"
        self._stop(group)

    def _stop(self, group: Row) -> int:
        note = f"group {group['name']} halted: {group['halted']}"
        waiting = [job for job in self.members(group) if job["state"] in WAITING]
        for job in waiting:
            job |= {"note": note, "cancelled_for": None, "finished_at": self.now}
            self._move(job, Verb.CANCEL, JobState.CANCELLED, note=note)
        if parse_halt(group["halt"]).now:
            for job in self.members(group):
                if job["state"] == "running":
                    job["cancel_requested"] = 1
        return len(waiting)


class Membership(People):
    """Rules about groups."""

    model: GroupModel
    has_limits: bool

    @rule(
        name=st.sampled_from(NAMES),
        hows=st.lists(st.sampled_from(["now", "now", "held", "later"]), min_size=1, max_size=4),
        halt=st.sampled_from(HALTS),
        concurrency=st.sampled_from([None, None, 1, 2]),
        has_last=st.booleans(),
        seal=st.sampled_from([True, True, False]),
    )
    def enqueue_members(
        self,
        name: str,
        hows: list[str],
        halt: str | None,
        concurrency: int | None,
        has_last: bool,
        seal: bool,
    ) -> None:
        group = NewGroup(name=name, on_finish=LAST if has_last else None)
        if name in self.model.groups:
            group = NewGroup(name=name)
        elif self.has_limits:
            group = NewGroup(
                name=name,
                on_finish=group.on_finish,
                halt=None if halt is None else parse_halt(halt),
                concurrency=concurrency,
            )
        jobs = [
            NewJob(
                work=Shell(script="true"),
                group=name,
                priority=10,
                hold=how == "held",
                delay_ms=HOUR if how == "later" else None,
            )
            for how in hows
        ]
        expected = self.model.enqueue_group(jobs, group, seal=seal)
        if expected is None:
            self.refuse_members(name)
            return
        self.agree(lambda store: store.enqueue(jobs, group=group, seal=seal), expected)

    @rule(halt=st.sampled_from(["soon,fail=1", "now,done=1"]), is_lifted=st.booleans())
    def a_group_is_halted_while_a_member_runs(self, halt: str, is_lifted: bool) -> None:
        """It comes back afterwards, and is caught; a retry of a member lets the group go on."""
        if not self.has_limits:
            return
        self.makes_several_calls()
        name = f"halted/{len(self.model.groups)}"
        group = NewGroup(name=name, halt=parse_halt(halt), on_finish=LAST)
        member = NewJob(work=Shell(script="true"), group=name, priority=25)
        jobs = [member] * 3
        ids = self.model.enqueue_group(jobs, group, seal=True)
        assert ids is not None
        self.agree(lambda store: store.enqueue(jobs, group=group), ids)
        worker = self.register_one()
        self.take_turn(worker, [], 2)
        mine = [claim for claim in self.claims if claim.job.id in ids and self.holds(claim)]
        for claim, outcome in zip(
            mine, (Dead(reason="no"), Retry(delay_ms=0, reason="no")), strict=False
        ):
            self.take_turn(worker, [Finish(claim=claim, outcome=outcome)], 0)
        self.refuse_members(name)
        if is_lifted:
            self._move(Verb.RETRY, ids[:1])
        self.resolve()

    def refuse_members(self, name: str) -> None:
        new = NewJob(work=Shell(script="true"), group=name)
        if self.model.groups[name]["halted"] is not None:
            self.refuse(lambda store: store.enqueue([new]), "InvalidJob")
            self.tally.seen["a halted group that takes no more"] += 1

    @rule()
    def resolve(self) -> None:
        expected = self.model.resolve()

        self.agree(lambda store: store.resolve(), expected)

        self.tally.seen["a member of a halted group that is caught later"] += expected

    def agree_on_rows(self, dump: Dump) -> None:
        super().agree_on_rows(dump)
        groups = [
            {name: value for name, value in group.items() if name != "on_finish"}
            for group in self.model.groups.values()
        ]
        same("group", dump["queuectl_groups"], groups)
        for stored, group in zip(dump["queuectl_groups"], self.model.groups.values(), strict=True):
            assert (stored["on_finish"] is None) == (group["on_finish"] is None)
            self.tally.seen["a group that was halted"] += group["halted"] is not None
            self.tally.seen["a group that is complete"] += group["finished_at"] is not None
        check_completions(dump)


def check_completions(dump: Dump) -> None:
    """The completion job of each group is there exactly once: from when it was complete on."""
    made = {job["key"]: job["id"] for job in dump["queuectl_jobs"] if job["key"] is not None}
    for group in dump["queuectl_groups"]:
        key = f"group.{group['id']}"
        if group["finish_job_id"] is None:
            assert key not in made, f"{group} has a completion job too early"
            assert group["on_finish"] is None or group["finished_at"] is None, group
        else:
            assert made.get(key, group["finish_job_id"]) == group["finish_job_id"], group
