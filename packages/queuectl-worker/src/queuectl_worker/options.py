"""What a caller may say of the jobs of a task beside its arguments."""

from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from math import isfinite
from types import MappingProxyType
from typing import Any, Literal, TypedDict, TypeVar

from queuectl_store import (
    DEFAULT_QUEUE,
    Backoff,
    InvalidJob,
    Job,
    JobId,
    NewJob,
    OnDependencyFailure,
    OnDuplicate,
    Task,
    Unique,
    parse_duration_ms,
)
from queuectl_store.relations import Clause, Dependency, Needs
from queuectl_store.spec import check, encode
from queuectl_store.values import dataclass
from queuectl_worker.errors import InvalidTask
from queuectl_worker.queued import QueuedJob

PRIORITIES: Mapping[str, int] = MappingProxyType(
    {"low": -10, "normal": 0, "high": 10, "critical": 20}
)

# Seconds, a timedelta, or text such as "10m".
Span = float | timedelta | str
# A job, its id, or several of them.
Parents = QueuedJob | int | Iterable[QueuedJob | int]
Priority = int | Literal["low", "normal", "high", "critical"]

E = TypeVar("E", bound=StrEnum)


class TaskOptions(TypedDict, total=False):
    """The options that `@queue.task` takes, for type checkers; `Options` says what they mean."""

    queue: str | None
    priority: Priority
    delay: Span | None
    at: datetime | None
    timeout: Span | None
    max_retries: int | None
    backoff_base: float | None
    backoff_max: Span | None
    jitter: float | None
    key: str | None
    tags: Mapping[str, str]
    hold: bool
    after: Parents
    after_any: Parents
    after_failed: Parents
    on_dep_failure: Literal["cancel", "run", "hold"]
    unique: str | None
    unique_for: Span | None
    on_duplicate: Literal["skip", "replace", "reject"]
    group: str | None
    slots: int
    resources: Mapping[str, int]
    concurrency_key: str | None


class JobOptions(TaskOptions, total=False):
    """The options that `task.options` takes."""

    name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a task's jobs are enqueued. What is None is the queue's or the store's setting.

    Attributes:
        priority: An integer, or low, normal, high, critical.
        delay, timeout, backoff_max, unique_for: Seconds, a timedelta, or text such as `10m`.
        at: An instant that knows its zone; excludes *delay*.
        key: Makes the enqueue repeatable: a second one with this key adds nothing.
        name, tags: For people, and for filters.
        after, after_any, after_failed: Jobs, or their ids, all of which must have succeeded,
            ended, or failed before it runs.
        on_dep_failure: Once that can no longer be: `cancel` it, `run` or `hold` it.
        unique: A key that no two jobs of a queue have while they wait or run, and for
            *unique_for* from the enqueue; *on_duplicate* says what a second one does: `skip` (the
            first one is returned), `replace` (it is cancelled) or `reject` (`DuplicateJob`).
        group: Made at its first use.
        slots: Slots of its worker that a run takes.
        resources: How much it takes of each named resource.
        concurrency_key: Jobs of a queue with the same key share its limits for a key.
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
    after: Parents = ()
    after_any: Parents = ()
    after_failed: Parents = ()
    on_dep_failure: str = OnDependencyFailure.CANCEL
    unique: str | None = None
    unique_for: Span | None = None
    on_duplicate: str = OnDuplicate.SKIP
    group: str | None = None
    slots: int = 1
    resources: Mapping[str, int] = field(default_factory=dict)
    concurrency_key: str | None = None

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

    @property
    def bind(self) -> bool:
        """Whether they bind jobs to others: by what they wait for, a unique key or a group."""
        parents = (self.after, self.after_any, self.after_failed)
        waits = any(each != () for each in parents)
        return waits or self.unique is not None or self.group is not None

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
            after=self._after(),
            on_dep_failure=_choice("on_dep_failure", self.on_dep_failure, OnDependencyFailure),
            unique=self._unique(),
            group=self.group,
            slots=self.slots,
            resources=self.resources,
            concurrency_key=self.concurrency_key,
        )

    def check(self, name: str) -> None:
        """See that jobs of the task *name* can be enqueued so, before there is one.

        Raises:
            InvalidTask: They cannot.
        """
        try:
            new = self.new_job(Task(name=name), queue=DEFAULT_QUEUE)
            check(new, encode(new))
        except InvalidJob as error:
            raise InvalidTask(f"the task {name!r}: {error}") from error

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

    def _after(self) -> tuple[Clause, ...]:
        wanted = (
            (self.after, Needs.SUCCESS),
            (self.after_any, Needs.END),
            (self.after_failed, Needs.FAILURE),
        )
        return tuple(
            (Dependency(parent=parent, needs=needs),)
            for parents, needs in wanted
            for parent in _ids(parents)
        )

    def _unique(self) -> Unique | None:
        lasts_ms = _span_ms("unique_for", self.unique_for)
        on_duplicate = _choice("on_duplicate", self.on_duplicate, OnDuplicate)
        if self.unique is None:
            if lasts_ms is not None:
                raise InvalidTask("unique_for says how long a key stays taken; give unique=…")
            return None
        return Unique(key=self.unique, lasts_ms=lasts_ms, on_duplicate=on_duplicate)

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
        case float() | int() if isfinite(span):
            return round(span * 1000)
        case _:
            raise InvalidTask(
                f"{what} {span!r} is not a length of time; give seconds, a timedelta or '10m'"
            )


def _ids(parents: Parents) -> list[JobId]:
    several = [parents] if isinstance(parents, QueuedJob | int) else parents
    return [each.id if isinstance(each, QueuedJob) else JobId(each) for each in several]


def _choice(what: str, value: str, choices: type[E]) -> E:
    try:
        return choices(value)
    except ValueError as error:
        known = ", ".join(choices)
        raise InvalidTask(f"{what} {value!r} is none of {known}") from error


def _instant_ms(at: datetime | None) -> int | None:
    if at is None:
        return None
    if at.tzinfo is None:
        raise InvalidTask(f"{at!r} names no zone; give at=datetime(…, tzinfo=…)")
    return round((at.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1000)
