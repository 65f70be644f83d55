"""What a job gets that names no retries or time limit: its queue's, else the store's.

Fixed when the job is enqueued, so that whoever looks at it sees what it will do.
"""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from queuectl_store.errors import InvalidSetting
from queuectl_store.job import NewJob
from queuectl_store.settings import SETTINGS
from queuectl_store.shared import Settings
from queuectl_store.values import dataclass

# Settings hold for everybody within a second; reading them for each job would cost as much as it.
_FRESH_S = 0.5
_NAMES = ("max_retries", "timeout")


@dataclass(frozen=True, slots=True)
class Fallback:
    """What stands in for what a job does not say."""

    max_retries: int
    timeout_ms: int | None


@dataclass(frozen=True, slots=True)
class Fallbacks:
    """What stands in by queue; *store* is for a queue that says nothing."""

    store: Fallback
    queues: Mapping[str, Fallback]

    def of(self, queue: str) -> Fallback:
        """Return what jobs of *queue* get."""
        return self.queues.get(queue, self.store)


class CurrentFallbacks:
    """Keeps the fallbacks that the settings say, for half a second."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._read_s, self._changes = -_FRESH_S, 0
        self._current = Fallbacks(_fallback({}), {})

    def get(self, jobs: Sequence[NewJob]) -> Fallbacks:
        """Return what *jobs* need; two threads that find it old may both read it again."""
        for new in jobs:
            if new.max_retries is None or new.timeout_ms is None:
                return self._fresh()
        return self._current

    def _fresh(self) -> Fallbacks:
        now_s, changes = time.monotonic(), self._settings.changes
        if now_s - self._read_s >= _FRESH_S or changes != self._changes:
            store = self._settings.all()
            queues = {
                name: _fallback({**store, **own}) for name, own in self._settings.queues().items()
            }
            self._current = Fallbacks(_fallback(store), queues)
            self._read_s, self._changes = now_s, changes
        return self._current


def _fallback(texts: Mapping[str, str]) -> Fallback:
    max_retries, timeout_ms = (_value(name, texts) for name in _NAMES)
    return Fallback(max_retries, timeout_ms)


def _value(name: str, texts: Mapping[str, str]) -> Any:
    known = SETTINGS[name]
    try:
        return known.parse(texts.get(name, known.default))
    except InvalidSetting:  # a newer program wrote what this one cannot read
        return known.parse(known.default)
