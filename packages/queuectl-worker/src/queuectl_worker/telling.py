"""Listeners hear a worker's news in a thread of their own: what they do holds up no job."""

import logging
import queue
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from queuectl_worker.news import News, OnNews

log = logging.getLogger(__name__)

BACKLOG = 10_000
LAST_WORDS_S = 5.0


@contextmanager
def telling(listeners: Sequence[OnNews], also: OnNews) -> Iterator[OnNews]:
    """Give a function that tells *also* at once, and each of *listeners* in order, later.

    At the end what waits is told, for up to 5 s. Listeners that do not keep up lose news, never
    the worker's time.
    """
    if not listeners:
        yield also
        return
    teller = _Teller(listeners)

    def tell(news: News) -> None:
        also(news)
        teller.put(news)

    try:
        yield tell
    finally:
        teller.close()


class _Teller:
    def __init__(self, listeners: Sequence[OnNews]) -> None:
        self._listeners = tuple(listeners)
        self._waiting: queue.Queue[News | None] = queue.Queue(BACKLOG)
        self._lost = 0
        self._thread = threading.Thread(target=self._run, name="queuectl-listeners", daemon=True)
        self._thread.start()

    def put(self, news: News) -> None:
        try:
            self._waiting.put_nowait(news)
        except queue.Full:
            self._lost += 1

    def close(self) -> None:
        try:
            self._waiting.put(None, timeout=LAST_WORDS_S)
        except queue.Full:
            log.warning("a listener hangs; what waits for it is not told")
            return
        self._thread.join(LAST_WORDS_S)

    def _run(self) -> None:
        while (news := self._waiting.get()) is not None:
            for listener in self._listeners:
                _tell(listener, news)
            if self._lost:
                lost, self._lost = self._lost, 0
                log.warning("listeners do not keep up", extra={"lost": lost})


def _tell(listener: OnNews, news: News) -> None:
    try:
        listener(news)
    except Exception as error:
        # By name and in words too: where lines are for people there is no traceback.
        name = getattr(listener, "__qualname__", type(listener).__qualname__)
        told = {"listener": f"{listener.__module__}.{name}", "news": type(news).__name__}
        reason = f"{type(error).__name__}: {error}"
        log.exception("a listener failed", extra={**told, "reason": reason})
