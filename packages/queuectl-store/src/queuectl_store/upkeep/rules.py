"""What is kept: rules as values, made of the settings that the store and each queue have."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import field
from types import MappingProxyType

from queuectl_store.database import Database
from queuectl_store.settings import SETTINGS
from queuectl_store.sql.plain import prune as sql
from queuectl_store.states import FINAL, JobState
from queuectl_store.values import dataclass

EVERYTHING = (JobState.SUCCEEDED, JobState.CANCELLED, JobState.DEAD)
_JOB_SETTINGS = ("keep_succeeded", "keep_cancelled", "keep_dead", "keep_jobs", "keep_jobs_bytes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is kept of the ended jobs of a queue; None is forever.

    Attributes:
        ages: How long those of a state, in milliseconds.
        jobs, size: How many of a state, and how many bytes of it (sizing.py).
    """

    ages: Mapping[JobState, int | None]
    jobs: int | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What is kept.

    Attributes:
        queues: The rules of those queues that have their own.
        states, only_queues: Prune only jobs of these; all, if None.
        events_ms: How far the event log goes back; None is for ever.
    """

    default: Kept
    queues: Mapping[str, Kept] = field(default_factory=dict)
    states: Sequence[JobState] = EVERYTHING
    only_queues: frozenset[str] | None = None
    events_ms: int | None = None

    def of(self, queue: str) -> Kept:
        """Return what is kept of *queue*."""
        return self.queues.get(queue, self.default)

    @property
    def is_whole(self) -> bool:
        """They are about everything, not about some jobs."""
        return self.only_queues is None and set(self.states) == FINAL


def read_rules(texts: Mapping[str, str], queues: Mapping[str, Mapping[str, str]]) -> Rules:
    """Make rules of the settings' texts, and of those that queues have of their own.

    Raises:
        InvalidSetting: One is not of its kind.
    """
    own = {
        name: _keep({**texts, **mine})
        for name, mine in queues.items()
        if any(key in mine for key in _JOB_SETTINGS)
    }
    return Rules(default=_keep(texts), queues=own, events_ms=_value(texts, "keep_events"))


def queue_settings(database: Database) -> dict[str, dict[str, str]]:
    """Return the settings that queues have of their own."""
    with database.read() as connection:
        rows = sql.QUEUE_SETTINGS.run(connection).all()
    return {row.name: json.loads(row.settings) for row in rows}


def _keep(texts: Mapping[str, str]) -> Kept:
    ages = {state: _value(texts, f"keep_{state}") for state in EVERYTHING}
    jobs, size = _value(texts, "keep_jobs"), _value(texts, "keep_jobs_bytes")
    return Kept(ages=MappingProxyType(ages), jobs=jobs, size=size)


def _value(texts: Mapping[str, str], name: str) -> int | None:
    value: int | None = SETTINGS[name].parse(texts.get(name, SETTINGS[name].default))
    return value
