"""Trades ends of runs for new claims: both in one transaction, as often as it pays."""

import logging
import time
from collections.abc import Callable, Sequence

from queuectl_store import (
    Claim,
    Dispatched,
    Exchange,
    Finish,
    Retry,
    Snoozed,
    Store,
    StoreError,
    StoreTooNew,
)
from queuectl_store.job import HOOK_QUEUE
from queuectl_worker.completer import Completer
from queuectl_worker.context import run_fields
from queuectl_worker.executors import RunKey, key_of
from queuectl_worker.fatal import FATAL
from queuectl_worker.membership import Membership
from queuectl_worker.news import JobEnded, OnNews, ResultRefused
from queuectl_worker.outage import Outage
from queuectl_worker.pulse import Pulse
from queuectl_worker.timing import monotonic_ms

log = logging.getLogger(__name__)

_WHO = "jobs"
_WAITS = (Retry, Snoozed)


class Exchanger:
    """The hot loop's dealings with the store.

    Args:
        settled: Gives a claim what its caller left to its task.

    Attributes:
        may_find_more: Jobs may be pending: the last claim came back full, or somebody rang.
        is_held_back: The last claim left jobs that wait for a limit, or for more free slots.
        is_closed: The store may not be touched any more.
    """

    def __init__(
        self,
        store: Store,
        membership: Membership,
        completer: Completer,
        *,
        queues: tuple[str, ...] | None,
        on_news: OnNews,
        outage: Outage,
        pulse: Pulse,
        settled: Callable[[Claim], Claim] | None = None,
    ) -> None:
        self._store, self._membership, self._completer = store, membership, completer
        self._settled, self._pulse = settled, pulse
        self._queues, self._tell, self._outage = queues, on_news, outage
        self.may_find_more = True
        self.is_held_back = False
        self._made_wait = self._again = self._has_more_beside = False
        self.is_closed = False

    def trade(self, *, limit: int, beside: int) -> list[Claim]:
        """Record what waits, claim jobs for *limit* slots and up to *beside* deliveries of hooks.

        Nothing is lost when the store is away.
        """
        worker_id = self._membership.worker_id
        sent = self._completer.waiting()
        if self.is_closed or worker_id is None or not (sent or limit or beside):
            return []
        if limit:
            self.may_find_more = False  # before the claim: a ring during it must not be lost
        began = time.monotonic()
        try:
            with self._pulse:
                exchange = self._store.exchange(
                    worker_id, sent, limit=limit, queues=self._queues, beside=beside
                )
        except FATAL:
            raise
        except StoreError as error:
            self._unanswered(error, began=began)
            return []
        self._outage.answered(_WHO)
        self._settle(sent, exchange)
        # A delivery that ended leaves its place to one that was left.
        self._again = exchange.again or (self._has_more_beside and any(map(_is_delivery, sent)))
        taken = self._taken(exchange.claims, beside)
        self.may_find_more |= self._again or 0 < limit <= taken
        if limit:
            self.is_held_back = exchange.is_held_back
        # A lease lost meanwhile took these claims with it.
        return self._known(exchange.claims) if self._membership.worker_id == worker_id else []

    def _taken(self, claims: Sequence[Claim], beside: int) -> int:
        """Return how many slots *claims* take, and note whether deliveries were left."""
        deliveries = sum(claim.job.slots for claim in claims if claim.job.queue == HOOK_QUEUE)
        if beside:
            self._has_more_beside = deliveries >= beside
        return sum(claim.job.slots for claim in claims) - deliveries

    def made_wait(self) -> bool:
        """Tell, once, whether a job that was recorded is due again later."""
        made_wait, self._made_wait = self._made_wait, False
        return made_wait

    def is_to_look_again(self) -> bool:
        """Tell, once, whether the store left something for the next claim, to be made at once."""
        again, self._again = self._again, False
        return again

    def join(self) -> None:
        """Register (again); tries later when the store is away.

        Raises:
            StoreTooNew: A newer program has changed the store.
        """
        began = time.monotonic()
        try:
            with self._pulse:
                self._membership.join()
        except (*FATAL, StoreTooNew):
            raise
        except StoreError as error:
            self._unanswered(error, began=began)

    def is_work_left(self, *, slots: int) -> bool:
        """Tell whether a worker of *slots* would find work without a person's help, here or later.

        What hooks are to be told makes jobs first; what cannot be told now is not waited for.
        A store that is away has some left.
        """
        began = time.monotonic()
        try:
            with self._pulse:
                told = self._store.hooks.dispatch()
                left = told in (Dispatched.SOME, Dispatched.MORE) or self._store.work_left(
                    self._queues, slots=slots
                )
        except FATAL:
            raise
        except StoreError as error:
            self._unanswered(error, began=began)
            return True
        self._outage.answered(_WHO)
        return left

    def give_back(self, runs: Sequence[RunKey]) -> None:
        """Release jobs that were claimed by a call whose answer never came."""
        worker_id = self._membership.worker_id
        if worker_id is None:
            return
        log.warning("giving back jobs whose claim was not heard of", extra={"runs": runs})
        began = time.monotonic()
        try:
            with self._pulse:
                self._store.release(worker_id, runs, reason="the answer to its claim was lost")
        except FATAL:
            raise
        except StoreError as error:
            self._unanswered(error, began=began)

    def _known(self, claims: list[Claim]) -> list[Claim]:
        """Let the tasks say what those of *claims* leave to them that were enqueued by name."""
        if self._settled is None or not any(claim.job.left_to_task for claim in claims):
            return claims
        known = list(map(self._settled, claims))
        changed = [new for old, new in zip(claims, known, strict=True) if new is not old]
        try:
            if changed:
                with self._pulse:
                    self._store.settle(changed)
        except FATAL:
            raise
        except StoreError as error:
            # The runs go by it all the same, and the next one records it.
            log.warning("what tasks say of their jobs was not recorded", extra={"reason": error})
        return known

    def _unanswered(self, error: StoreError, *, began: float) -> None:
        self._completer.unanswered(monotonic_ms())
        self.may_find_more = True
        self._outage.failed(_WHO, error, began=began)

    def _settle(self, sent: Sequence[Finish], exchange: Exchange) -> None:
        refused = {key_of(finish.claim) for finish in exchange.refused}
        self._completer.recorded(sent, refused=exchange.refused)
        for finish in sent:
            if refused and key_of(finish.claim) in refused:
                log.warning("a late result was refused", extra=run_fields(finish.claim.job))
                self._tell(ResultRefused(finish=finish))
                continue
            self._made_wait |= isinstance(finish.outcome, _WAITS)
            self._tell(JobEnded(finish=finish))


def _is_delivery(finish: Finish) -> bool:
    return finish.claim.job.queue == HOOK_QUEUE
