"""What a caller may say of the jobs of a task beside its arguments."""

from collections.abc import Mapping
from dataclasses import field, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from queuectl_store import Backoff, Job, NewJob, Task, parse_duration_ms
from queuectl_store.values import dataclass
from queuectl_worker.errors import InvalidTask

PRIORITIES: Mapping[str, int] = MappingProxyType(
    {"low": -10, "normal": 0, "high": 10, "critical": 20}
)

# Seconds, a timedelta, or text such as "10m".
Span = float | timedelta | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a task's jobs are enqueued. What is None is the queue's or the store's setting.

    Attributes:
        priority: An integer, or low, normal, high, critical.
        delay, timeout, backoff_max: Seconds, a timedelta, or text such as `10m`.
        at: An instant that knows its zone; excludes *delay*.
        key: Makes the enqueue repeatable: a second one with this key adds nothing.
        name, tags: For people, and for filters.
    """

    queue: str | None = None
    priority: int | str = 0
    delay: Span | None = None
    at: datetime | None = None
    timeout: Span | None = None
    max_retries: int | None = None
    backoff_base: float | None = None
    backoff_max: Span | None = None
    jitter: float | None = None
    key: str | None = None
    name: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    hold: bool = False

    def but(self, **changes: Any) -> "Options":
        """Return these options with *changes*.

        Raises:
            InvalidTask: There is no option of that name.
        """
        if not changes:
            return self
        unknown = sorted(set(changes) - set(self.__dataclass_fields__))
        if unknown:
            known = ", ".join(self.__dataclass_fields__)
            raise InvalidTask(f"there is no option {unknown[0]!r}; there are {known}")
        return replace(self, **changes)

    def new_job(self, work: Task, *, queue: str) -> NewJob:
        """Return the job of *work*.

        Args:
            queue: Where the options name none.

        Raises:
            InvalidTask: An option is not a value of its kind.
        """
        return NewJob(
            work=work,
            queue=self.queue or queue,
            priority=_priority(self.priority),
            delay_ms=_span_ms("delay", self.delay),
            run_at=_instant_ms(self.at),
            timeout_ms=_span_ms("timeout", self.timeout),
            max_retries=self.max_retries,
            backoff=self._backoff(),
            key=self.key,
            name=self.name,
            tags=self.tags,
            hold=self.hold,
        )

    def filled_into(self, job: Job) -> Job:
        """Return *job* with what its caller left to the task, as far as these options say it."""
        mine = {
            "max_retries": self.max_retries,
            "timeout_ms": _span_ms("timeout", self.timeout),
            "backoff": self._backoff(),
        }
        said: dict[str, Any] = {
            name: mine[name] for name in job.left_to_task if mine.get(name) is not None
        }
        if not said:
            return job
        if said.get("timeout_ms") == 0:  # no limit
            said["timeout_ms"] = None
        return replace(job, left_to_task=(), **said)

    def _backoff(self) -> Backoff | None:
        if self.backoff_base is None and self.backoff_max is None and self.jitter is None:
            return None
        usual = Backoff()
        longest_ms = _span_ms("backoff_max", self.backoff_max)
        return Backoff(
            base=usual.base if self.backoff_base is None else self.backoff_base,
            max_s=usual.max_s if longest_ms is None else longest_ms / 1000,
            jitter=usual.jitter if self.jitter is None else self.jitter,
        )


def _priority(priority: int | str) -> int:
    if isinstance(priority, int):
        return priority
    if priority not in PRIORITIES:
        names = ", ".join(PRIORITIES)
        raise InvalidTask(f"{priority!r} is not a priority; give a whole number or one of {names}")
    return PRIORITIES[priority]


def _span_ms(what: str, span: Span | None) -> int | None:
    match span:
        case None:
            return None
        case timedelta():
            return round(span.total_seconds() * 1000)
        case str():
            try:
                return parse_duration_ms(span)
            except ValueError as error:
                raise InvalidTask(f"{what} {span!r} is not a length of time; {error}") from error
        case _:
            return round(span * 1000)


def _instant_ms(at: datetime | None) -> int | None:
    if at is None:
        return None
    if at.tzinfo is None:
        raise InvalidTask(f"{at!r} names no zone; give at=datetime(…, tzinfo=…)")
    return round((at.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1000)
