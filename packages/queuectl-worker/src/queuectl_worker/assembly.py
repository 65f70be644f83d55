"""Makes the parts of a running worker, joins them, and takes them apart in the right order."""

import logging
import os
import socket
from collections.abc import Callable
from contextlib import ExitStack
from typing import Self

from queuectl_store import NewWorker, Store, StoreError
from queuectl_store import __version__ as version
from queuectl_store.bell import TIMES, WISHES
from queuectl_worker.completer import Completer
from queuectl_worker.drain import Drain
from queuectl_worker.exchanger import Exchanger
from queuectl_worker.fitting import TaskSide, fit
from queuectl_worker.heartbeat import Heartbeat
from queuectl_worker.hooks.dispatcher import dispatcher
from queuectl_worker.hotloop import HotLoop, HotLoopParts
from queuectl_worker.loop import Loop
from queuectl_worker.membership import Membership
from queuectl_worker.news import News, OnNews, WorkerJoined
from queuectl_worker.outage import Outage
from queuectl_worker.output import LogFolder
from queuectl_worker.pruner import pruner
from queuectl_worker.pulse import Pulse
from queuectl_worker.rescuer import rescuer
from queuectl_worker.runner import Runner
from queuectl_worker.shipper import EACH_S, Shipper
from queuectl_worker.stager import stager
from queuectl_worker.tracing import Tracing
from queuectl_worker.tuning import Tuner, Tuning
from queuectl_worker.upkeep import upkeep

log = logging.getLogger(__name__)

BELL_S = 1.0
# A bell may ring a thousand times a second; a renewal or a look for due jobs need not follow each.
HEARTBEAT_GAP_S = 0.5
STAGER_GAP_S = 0.02


class Assembly:
    """A worker that lives: registered, with its threads and its guardian. A context manager.

    Args:
        on_failure: Told of an error that ended one of the loops.
    """

    def __init__(
        self,
        store: Store,
        tuner: Tuner,
        *,
        logs: LogFolder,
        queues: tuple[str, ...] | None,
        tasks: TaskSide | None,
        tracing: Tracing | None,
        on_news: OnNews,
        on_failure: Callable[[BaseException], None],
    ) -> None:
        self._store, self._tuner, self._on_failure = store, tuner, on_failure
        self._logs, self._outage, self.pulse = logs, Outage(), Pulse()
        # Beside a SQLite store whoever can read the store can read the files too.
        self._shipper = _shipper(store, tuner, logs) if store.path is None else None
        self._tell = on_news = _told(on_news, self._shipper)
        self.executor = fit(store, tuner, logs, tasks, tracing)
        self.membership = Membership(
            store, _introduction(tuner, queues), fence=self.executor.extend
        )
        self.completer = Completer()
        tuning = self._tuning
        self.runner = Runner(self.executor, self.completer, tuning=tuning, on_news=on_news)
        self.drain = Drain(self.runner, self.executor, tuning=tuning, on_news=on_news)
        self.exchanger = Exchanger(
            store,
            self.membership,
            self.completer,
            queues=queues,
            on_news=on_news,
            outage=self._outage,
            pulse=self.pulse,
            settled=None if tasks is None else tasks.tasks.settled,
        )
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.callback(self.executor.close)
            self.executor.start()
            stack.callback(self._leave)
            worker_id = self.membership.join()
            self.hot_loop = self._hot_loop(stack)
            self._loops = self._make_loops()
            if self._shipper is not None:
                stack.callback(self._shipper.finish)
            stack.callback(self._stop_loops)
            for loop in self._loops:
                loop.start()
            self._stack = stack.pop_all()
        self._tell(WorkerJoined(worker_id=worker_id))
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def stop_renewing(self) -> None:
        """End every loop beside the jobs: the store may not be touched any more."""
        self.exchanger.is_closed = True
        self._stop_loops()
        self.membership.lose()

    def _tuning(self) -> Tuning:
        return self._tuner.current

    def _hot_loop(self, stack: ExitStack) -> HotLoop:
        self._listener = self._store.listen()
        stack.callback(self._listener.close)
        parts = HotLoopParts(
            executor=self.executor,
            membership=self.membership,
            completer=self.completer,
            runner=self.runner,
            exchanger=self.exchanger,
            drain=self.drain,
            listener=self._listener,
            pulse=self.pulse,
        )
        slots = self._tuner.current.concurrency
        hot_loop = HotLoop(parts, slots=slots, on_news=self._tell, on_rung=self._rung)
        stack.callback(hot_loop.close)
        return hot_loop

    def _make_loops(self) -> list[Loop]:
        heartbeat = Heartbeat(
            self.membership, self.hot_loop, self.drain, self.executor, self._outage, self.pulse
        )
        self._heartbeat = self._loop("heartbeat", heartbeat.tick, HEARTBEAT_GAP_S)
        self._stager = self._loop(
            "stager", stager(self._store, is_hungry=lambda: self.hot_loop.is_hungry), STAGER_GAP_S
        )
        loops = [
            self._heartbeat,
            self._stager,
            self._loop("hooks", dispatcher(self._store)),
            self._loop("rescuer", rescuer(self._store, self._tuning, self._outage)),
            self._loop("pruner", pruner(self._store, self._tuner, self._logs)),
            self._loop("upkeep", upkeep(self._store, self._tuner)),
        ]
        if self._shipper is not None:
            shipping = self._loop("shipper", self._shipper.tick, EACH_S)
            self._shipper.wake = shipping.poke
            loops.append(shipping)
        if not self._listener.filenos():
            loops.append(self._loop("listener", self._listen))
        return loops

    def _loop(self, name: str, tick: Callable[[], float], least_gap_s: float = 0.0) -> Loop:
        return Loop(name, tick, on_failure=self._fail, least_gap_s=least_gap_s, outage=self._outage)

    def _listen(self) -> float:
        if self._listener.wait(BELL_S):
            self.hot_loop.rang(self._listener.about)
        return 0.0

    def _rung(self, about: int) -> None:
        if about & WISHES:
            self._heartbeat.poke()
        if about & TIMES:
            self._stager.poke()

    def _fail(self, error: BaseException) -> None:
        self._on_failure(error)
        self.hot_loop.wake()

    def _stop_loops(self) -> None:
        for loop in self._loops:
            loop.ask_to_stop()
        self._listener.poke()
        for loop in self._loops:
            loop.join()

    def _leave(self) -> None:
        try:
            self.membership.leave()
        except StoreError as error:
            log.warning("could not say goodbye to the store", extra={"reason": error})


def _shipper(store: Store, tuner: Tuner, logs: LogFolder) -> Shipper:
    return Shipper(store, logs, cap=lambda: tuner.current.stored_log_cap)


def _told(on_news: OnNews, shipper: Shipper | None) -> OnNews:
    if shipper is None:
        return on_news

    def tell(news: News) -> None:
        shipper.hear(news)
        on_news(news)

    return tell


def _introduction(tuner: Tuner, queues: tuple[str, ...] | None) -> NewWorker:
    return NewWorker(
        host=socket.gethostname(),
        pid=os.getpid(),
        concurrency=tuner.current.concurrency,
        queues=queues,
        lease_ms=tuner.current.lease_ms,
        version=version,
    )
