"""Limits of whole queues, pausing and draining: their part of the model, and their rules."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.properties.dump import Dump
from tests.properties.enqueueing import QUEUES, Enqueueing, Order
from tests.properties.machine import same
from tests.properties.model import Model, Row
from tests.properties.twins import Refused

# The first queue is left alone, so that there is always something to claim.
LIMITED = QUEUES[1:]
STATES = {"pause": "paused", "resume": "active", "drain": "draining"}


class QueueModel(Model):
    """The model's part: what is set for each queue."""

    def __init__(self, **clocks: int) -> None:
        super().__init__(**clocks)
        self.queues: dict[str, Row] = {}

    def change_queue(self, name: str, **columns: Any) -> None:
        known = self.queues.get(name, {"name": name, "state": "active", "concurrency": None})
        self.queues[name] = known | columns

    def accepts(self, queue: str) -> bool:
        return super().accepts(queue) and self._state(queue) != "draining"

    def has_limits(self) -> bool:
        return super().has_limits() or bool(self.queues)

    def claimable(self, job: Row) -> bool:
        if not super().claimable(job) or self._state(job["queue"]) == "paused":
            return False
        most = self.queues.get(job["queue"], {}).get("concurrency")
        return most is None or self.running_in(job["queue"]) < most

    def goes_on_by_itself(self, job: Row) -> bool:
        return super().goes_on_by_itself(job) and self._state(job["queue"]) != "paused"

    def running_in(self, queue: str) -> int:
        return sum(job["queue"] == queue for job in self.running())

    def _state(self, queue: str) -> str:
        return str(self.queues.get(queue, {}).get("state", "active"))


class Queues(Enqueueing):
    """Rules about what people set for queues."""

    model: QueueModel

    @rule(queue=st.sampled_from(LIMITED), most=st.sampled_from([1, 1, 2, None]))
    def limit_a_queue(self, queue: str, most: int | None) -> None:
        self.model.change_queue(queue, concurrency=most)

        answer = self.twins.call(lambda store: store.admin.set_queue(queue, concurrency=most))

        assert not isinstance(answer, Refused), answer
        assert answer.concurrency == most

    @rule(most=st.sampled_from([-1, 10**9]))
    def limit_a_queue_to_what_cannot_be(self, most: int) -> None:
        self.refuse(lambda store: store.admin.set_queue("mail", concurrency=most), "InvalidLimit")

    @rule(
        queue=st.sampled_from(LIMITED),
        verb=st.sampled_from(["pause", "drain", "resume", "resume", "resume"]),
    )
    def open_or_close_a_queue(self, queue: str, verb: str) -> None:
        self.model.change_queue(queue, state=STATES[verb])

        self.agree(lambda store: getattr(store.admin, verb)(queue), None)

    @rule(queue=st.sampled_from(LIMITED))
    def enqueue_into_a_draining_queue(self, queue: str) -> None:
        self.makes_several_calls()
        self.open_or_close_a_queue(queue, "drain")
        self.store_orders([Order(queue=queue)])
        self.open_or_close_a_queue(queue, "resume")

    def agree_on_rows(self, dump: Dump) -> None:
        super().agree_on_rows(dump)
        queues = self.model.queues
        same("queue", dump["queuectl_queues"], [queues[name] for name in sorted(queues)])
        for name, queue in queues.items():
            if self.model.running_in(name) == queue["concurrency"]:
                self.tally.seen["a queue that is at its limit"] += 1
