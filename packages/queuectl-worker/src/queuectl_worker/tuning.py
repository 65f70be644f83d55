"""The settings that a worker goes by, as one value that is replaced while it runs."""

import logging
from collections.abc import Mapping
from dataclasses import field
from typing import Any

from queuectl_store import SETTINGS, Backoff, InvalidSetting, Store, setting
from queuectl_store.values import dataclass
from queuectl_worker.retry import RetryPolicy

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """What the settings say. Changes of the first group reach a running worker within a second.

    Attributes:
        kill_grace_ms: Between SIGTERM and SIGKILL.
        grace_ms: How long a stopping worker lets its jobs finish.
        env_pass: Patterns for jobs that were enqueued without an environment.
        policy: The retry rules; *queue_policies* are those of queues with rules of their own.
        stored_log_cap: Bytes of an output that a server's store keeps.
        lease_ms, concurrency, log_cap, log_reserve, log_dir: Fixed when the worker starts.
    """

    kill_grace_ms: int
    grace_ms: int
    env_pass: tuple[str, ...]
    stored_log_cap: int
    policy: RetryPolicy = field(default_factory=RetryPolicy)
    queue_policies: Mapping[str, RetryPolicy] = field(default_factory=dict)
    lease_ms: int
    concurrency: int
    log_cap: int
    log_reserve: int
    log_dir: str

    def policy_of(self, queue: str) -> RetryPolicy:
        """Return the retry rules for jobs of *queue* that carry none."""
        return self.queue_policies.get(queue, self.policy)


def read_tuning(
    texts: Mapping[str, str], queues: Mapping[str, Mapping[str, str]] | None = None
) -> Tuning:
    """Turn the settings' *texts* into values; a setting that is not among them has its default.

    Args:
        queues: The settings that queues have of their own, by queue.

    Raises:
        InvalidSetting: A text is not of its setting's kind.
    """
    value = _values(texts)
    own = {name: _policy(_values({**texts, **said})) for name, said in (queues or {}).items()}
    return Tuning(
        kill_grace_ms=value["kill_grace"],
        grace_ms=value["grace"],
        env_pass=value["env_pass"],
        stored_log_cap=value["stored_log_cap"],
        policy=_policy(value),
        queue_policies=own,
        lease_ms=value["lease"],
        concurrency=value["concurrency"],
        log_cap=value["log_cap"],
        log_reserve=value["log_reserve"],
        log_dir=value["log_dir"],
    )


class Tuner:
    """Keeps the tuning of one worker current; `refresh` is for one thread, `current` for all.

    Args:
        overrides: Settings (name and text) that the caller gave and that the store cannot change.
    """

    def __init__(self, store: Store, overrides: Mapping[str, str]) -> None:
        for name in overrides:
            setting(name)  # raises on a name that is none
        self._store, self.overrides = store, dict(overrides)
        self.texts: dict[str, str] = {}
        self.current = self._read()

    def refresh(self) -> None:
        """Read the store's settings again; keeps the last good ones when they make no sense."""
        try:
            self.current = self._read()
        except InvalidSetting as error:
            log.warning("a setting is not usable", extra={"reason": str(error)})

    def _read(self) -> Tuning:
        settings = self._store.settings
        self.texts = {**settings.all(), **self.overrides}
        return read_tuning(self.texts, settings.queues())


def _values(texts: Mapping[str, str]) -> dict[str, Any]:
    return {name: setting.parse(texts.get(name, setting.default)) for name, setting in _USED}


def _policy(value: Mapping[str, Any]) -> RetryPolicy:
    backoff = Backoff(
        base=value["backoff_base"],
        max_s=value["backoff_max"] / 1000,
        jitter=value["backoff_jitter"],
    )
    return RetryPolicy(
        backoff=backoff,
        exit_retry=value["exit_retry"],
        exit_dead=value["exit_dead"],
        raise_dead=frozenset(value["raise_dead"]),
        crash_limit=value["crash_limit"],
    )


_USED = tuple(
    (name, SETTINGS[name])
    for name in (
        *("kill_grace", "grace", "env_pass", "lease", "concurrency", "log_cap", "log_dir"),
        "log_reserve",
        *("backoff_base", "backoff_max", "backoff_jitter", "exit_retry", "exit_dead"),
        *("raise_dead", "crash_limit", "stored_log_cap"),
    )
)
