"""The one thread of everything about jobs: reports in, ends and claims traded, runs out."""

from collections import deque
from collections.abc import Callable, Collection

from queuectl_store import Listener
from queuectl_store.bell import EVERYTHING, JOBS, TIMES, WISHES
from queuectl_store.values import dataclass
from queuectl_worker.completer import Completer
from queuectl_worker.drain import Drain
from queuectl_worker.exchanger import Exchanger
from queuectl_worker.executors import Executor, RunKey, key_of
from queuectl_worker.membership import Membership
from queuectl_worker.news import OnNews, WorkerJoined
from queuectl_worker.producer import DELIVERIES, DELIVERIES_EACH_MS, ahead, claim_limit
from queuectl_worker.pulse import Pulse
from queuectl_worker.runner import Runner
from queuectl_worker.timing import monotonic_ms
from queuectl_worker.wake import Wake

# The bell may fail; this is how long a job can then wait unseen.
LONGEST_WAIT_MS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class HotLoopParts:
    """What the hot loop joins."""

    executor: Executor
    membership: Membership
    completer: Completer
    runner: Runner
    exchanger: Exchanger
    drain: Drain
    listener: Listener
    pulse: Pulse


class HotLoop:
    """Waits and turns. `wake`, `rang`, `cancel` and `lost_lease` are for other threads."""

    def __init__(
        self,
        parts: HotLoopParts,
        *,
        slots: int,
        on_news: OnNews,
        on_rung: Callable[[int], None],
    ) -> None:
        self._parts, self._slots = parts, slots
        self._tell, self._on_rung = on_news, on_rung
        self._wake = Wake()
        self._heard: set[int] = set()
        self._mail: deque[Callable[[], None]] = deque()
        self._strangers: frozenset[RunKey] = frozenset()
        self._to_compare: frozenset[RunKey] | None = None
        self._looked_at_ms = self._looked_beside_ms = 0

    @property
    def held(self) -> int:
        """Runs that wait or run."""
        return self._parts.runner.held

    @property
    def is_at_rest(self) -> bool:
        """Whether nothing runs, nothing waits to be recorded, and no job was seen pending."""
        parts = self._parts
        return not (parts.runner.held or len(parts.completer) or parts.exchanger.may_find_more)

    @property
    def is_hungry(self) -> bool:
        """Whether slots are free and the last claim found no more jobs; for any thread."""
        is_full = self._parts.runner.held_slots >= self._slots
        return not (is_full or self._parts.exchanger.may_find_more)

    def wake(self) -> None:
        """Turn soon; safe in a signal handler."""
        self._wake.set()

    def rang(self, about: int = EVERYTHING) -> None:
        """Look soon for what the store's bell rang *about*."""
        self._heard.add(about)
        self._wake.set()

    def cancel(self, keys: Collection[RunKey]) -> None:
        """Stop these runs: a person cancelled them."""
        self._post(lambda: self._parts.runner.cancel(keys))

    def compare(self, held: frozenset[RunKey]) -> None:
        """Give back what the store counts as ours, twice in a row, and we do not know."""
        # Only the latest: two that come while this loop waits to record ends are one look, in
        # which every run that those end would be strange twice.
        self._to_compare = held
        self._wake.set()

    def lost_lease(self) -> None:
        """Forget every run and result: other workers have them."""
        self._post(self._disown)

    def close(self) -> None:
        """Let go of the descriptors."""
        self._wake.close()

    def wait(self, *, at_most_ms: int = LONGEST_WAIT_MS) -> None:
        """Wait until something happens or is due."""
        parts, others = self._parts, self._parts.executor.filenos()
        bells = parts.listener.filenos()
        others += bells
        self._wake.wait(others, timeout_ms=min(at_most_ms, *self._timers_ms(monotonic_ms())))
        # Where there is no descriptor a thread listens, and calls `rang`.
        if bells and parts.listener.wait(0):
            self._heard.add(parts.listener.about)

    def turn(self) -> None:
        """Do everything that can be done without waiting."""
        now_ms = self._parts.pulse.beat_ms = monotonic_ms()
        self._read_mail()
        about = self._notice_rings(now_ms)
        self._parts.runner.take(self._parts.executor.receive(), now_ms=now_ms)
        if self._parts.drain.advance(now_ms):
            about |= WISHES
        if not self._parts.drain.is_asked:
            self._parts.runner.recall_stale(now_ms)
            self._join_if_lost(now_ms)
        self._trade(now_ms)
        if self._parts.exchanger.made_wait():
            about |= TIMES
        if about & ~JOBS:
            # After the trade: the loops that this wakes write too, and the claim goes first.
            self._on_rung(about)

    def _trade(self, now_ms: int) -> None:
        completer, exchanger = self._parts.completer, self._parts.exchanger
        if completer.pause_left_ms(now_ms):
            return
        limit, beside = self._room(now_ms)
        if not (limit or beside) and completer.due_in_ms(now_ms, more_soon=self._more_soon) != 0:
            return
        claims = exchanger.trade(limit=limit, beside=beside)
        if claims:
            self._parts.runner.hold(claims, now_ms=monotonic_ms())
        if exchanger.is_to_look_again():
            self._wake.set()

    def _room(self, now_ms: int) -> tuple[int, int]:
        """Return how many jobs to claim in this turn, and how many deliveries beside them."""
        if not self._may_claim(now_ms):
            return 0, 0
        runner = self._parts.runner
        limit = claim_limit(slots=self._slots, held=runner.held_slots, pace=runner.pace)
        if limit:
            self._looked_at_ms = now_ms
        elif now_ms - self._looked_beside_ms < DELIVERIES_EACH_MS:
            return 0, 0
        self._looked_beside_ms = now_ms
        return limit, max(0, DELIVERIES - runner.held_beside)

    def _may_claim(self, now_ms: int) -> bool:
        parts = self._parts
        if parts.drain.is_asked or parts.drain.is_quiet or not parts.membership.may_claim(now_ms):
            return False
        if parts.completer.is_overfull or parts.runner.host_pause_ms(now_ms):
            return False
        # What a limit held back may come free with every end of a run.
        may_be_free = parts.exchanger.is_held_back and len(parts.completer) > 0
        return parts.exchanger.may_find_more or may_be_free

    def _notice_rings(self, now_ms: int) -> int:
        about = 0
        while self._heard:
            about |= self._heard.pop()
        if about & JOBS or now_ms - self._looked_at_ms >= LONGEST_WAIT_MS:
            self._parts.exchanger.may_find_more = True
        return about

    @property
    def _more_soon(self) -> bool:
        runner = self._parts.runner
        return runner.held > 0 and ahead(slots=self._slots, pace=runner.pace) > 0

    def _timers_ms(self, now_ms: int) -> list[int]:
        parts = self._parts
        timers = (
            parts.completer.due_in_ms(now_ms, more_soon=self._more_soon),
            parts.completer.pause_left_ms(now_ms) or None,
            parts.runner.host_pause_ms(now_ms) or None,
            parts.drain.deadline_in_ms(now_ms) if parts.runner.held else None,
            None if parts.drain.is_asked else parts.runner.stale_in_ms(now_ms),
        )
        return [LONGEST_WAIT_MS, *(timer for timer in timers if timer is not None)]

    def _join_if_lost(self, now_ms: int) -> None:
        parts = self._parts
        if parts.membership.worker_id is not None or parts.completer.pause_left_ms(now_ms):
            return
        parts.exchanger.join()
        if (worker_id := parts.membership.worker_id) is not None:
            self._tell(WorkerJoined(worker_id=worker_id))

    def _post(self, letter: Callable[[], None]) -> None:
        self._mail.append(letter)
        self._wake.set()

    def _read_mail(self) -> None:
        while self._mail:
            self._mail.popleft()()
        held, self._to_compare = self._to_compare, None
        if held is not None:
            self._compare(held)

    def _disown(self) -> None:
        self._parts.runner.disown()
        self._parts.completer.drop()
        self._parts.exchanger.may_find_more = True
        self._strangers, self._to_compare = frozenset(), None

    def _compare(self, held: frozenset[RunKey]) -> None:
        waiting = {key_of(finish.claim) for finish in self._parts.completer.waiting()}
        strangers = frozenset(
            key for key in held if key not in waiting and not self._parts.runner.holds(key)
        )
        # Once is chance: a run may have ended between the renewal and now.
        if known := strangers & self._strangers:
            self._parts.exchanger.give_back(sorted(known))
        self._strangers = strangers
