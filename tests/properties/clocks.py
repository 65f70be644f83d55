"""Rules: time passes, jumps and steps back; due jobs are staged; hosts and programs start again."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.properties.enqueueing import HOUR, QUEUES
from tests.properties.running import LEASES, Running
from tests.properties.twins import LONGER_THAN_ANY_LEASE_MS

YEAR = 31_536_000_000
SPANS = st.sampled_from(
    [0, 1, 2_000, *(lease // 2 for lease in LEASES), *(n + d for n in LEASES for d in (-1, 0, 1))]
)
JUMPS = st.sampled_from(
    [("time", HOUR), ("time", YEAR), ("boot", 0), ("program", 0)]
    + [("wall clock", ms) for ms in (-HOUR, -2_000, -1, 1, HOUR)]
)


class Clocks(Running):
    """Rules about time."""

    @rule(ms=SPANS)
    def time_passes(self, ms: int) -> None:
        self.pass_time(ms)

    @rule(limit=st.integers(1, 4))
    def stage_some(self, limit: int) -> None:
        self._stage(limit)

    @rule()
    def stage_all(self) -> None:
        self._stage(1_000)

    @rule()
    def wait_until_the_next_is_due(self) -> None:
        wait = self._agree_on_wait()
        if wait is not None:
            self.pass_time(wait)
            self._stage(1_000)

    @rule(what=JUMPS)
    def something_rare(self, what: tuple[str, int]) -> None:
        match what:
            case "time", ms:
                self.pass_time(ms)
            case "wall clock", ms:
                self.twins.step_wall(ms)
                self.model.now += ms
                self.model.clock_was_set()
            case "boot", _:
                self.twins.reboot()
                self.model.lease_now += LONGER_THAN_ANY_LEASE_MS
                self.before_the_boot |= set(self.model.workers)
            case "program", _:
                for twin in self.twins.both:
                    twin.reopen()
                self.changed_nothing("closed and opened again")

    @rule(queues=st.sampled_from([None, QUEUES[:1], QUEUES[1:], ()]))
    def look(self, queues: tuple[str, ...] | None) -> None:
        model = self.model
        self._agree_on_wait()
        if model.is_loose:
            self.twins.call(lambda store: store.work_left(queues))
        else:
            self.agree(lambda store: store.work_left(queues), model.work_left(queues))
        self.agree(lambda store: store.reader.now_ms(), model.now)
        self.changed_nothing("a look")

    def _agree_on_wait(self) -> int | None:
        wait = self.model.due_in_ms()
        if not self.model.is_loose:
            self.agree(lambda store: store.due_in_ms(), wait)
            return wait
        told: int | None = self.twins.call(lambda store: store.due_in_ms())
        assert wait is None or (told is not None and told <= wait)
        return told

    def _stage(self, limit: int) -> None:
        limit = whole_ties([(job["state"], job["run_at"]) for job in self.model.due()], limit)
        expected = self.model.stage(limit)

        if self.model.is_loose:  # it also counts what a rate lets go
            assert self.twins.call(lambda store: store.stage(limit=limit)) >= expected
            return
        self.agree(lambda store: store.stage(limit=limit), expected)

        if not expected:
            self.changed_nothing("nothing is due")


def whole_ties(due: list[tuple[str, int]], limit: int) -> int:
    """Raise *limit* until it takes all that are due at one instant: no order is promised there."""
    while 0 < limit < len(due) and due[limit] == due[limit - 1]:
        limit += 1
    return limit
