"""A job as a program asks for one: the keys of the command line's job spec, as a shape."""

from typing import Annotated, Any, Literal

import msgspec

from queuectl_dashboard.api.input import BadInput
from queuectl_dashboard.api.kinds import Asked, Seconds, Words
from queuectl_dashboard.api.times import read_moment, read_span
from queuectl_store import (
    DEFAULT_QUEUE,
    Argv,
    Backoff,
    Clause,
    Dependency,
    Needs,
    NewJob,
    OnDependencyFailure,
    OnDuplicate,
    Shell,
    Task,
    Unique,
    UniqueScope,
    Warn,
    Work,
    parse_bytes,
)
from queuectl_store.byname import left_to_task

PRIORITIES = {"low": -10, "normal": 0, "high": 10, "critical": 20}

Span = Seconds | Words
Size = Annotated[int, msgspec.Meta(ge=0, le=2**60)] | Words
Whole = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
Priority = (
    Annotated[int, msgspec.Meta(ge=-(2**31), le=2**31 - 1)]
    | Literal["low", "normal", "high", "critical"]
)
ParentId = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
Parents = ParentId | Words | list[ParentId | Words]
Codes = Annotated[list[int], msgspec.Meta(max_length=256)]


class WorkSpec(Asked):
    """What a job does: exactly one of `command`, `argv`, `shell` (text) and `task`.

    A `command` of several words in a list, and `argv`, run without a shell.
    """

    command: str | list[str] | None = None
    argv: list[str] | None = None
    shell: bool | str | None = None
    task: str | None = None
    args: list[Any] | None = None
    kwargs: dict[str, Any] | None = None


class RunSpec(WorkSpec):
    """What a job does, where, and how often it is tried. Lengths of time are seconds or `10m`."""

    queue: Words | None = None
    priority: Priority | None = None
    name: Words | None = None
    tags: dict[str, str] | None = None
    cwd: Words | None = None
    timeout: Span | None = None
    memory: Size | None = None
    max_retries: Whole | None = None
    backoff_base: Annotated[float, msgspec.Meta(ge=0, le=1e9)] | None = None
    backoff_max: Span | None = None


class JobSpec(RunSpec):
    """A job to enqueue: the keys of the command line's job spec (`queuectl enqueue '{…}'`).

    `at` and `run_at` are times with their zone. `after` and its like take ids: `12`, `"12,13"` for
    both, `"12|13"` for either.
    """

    env: dict[str, str] | None = None
    delay: Span | None = None
    at: Words | None = None
    run_at: Words | None = None
    signal: Words | None = None
    split_output: bool | None = None
    hold: bool | None = None
    slots: Whole | None = None
    resources: dict[str, Whole] | None = None
    concurrency_key: Words | None = None
    key: Words | None = None
    exit_retry: Codes | None = None
    exit_dead: Codes | None = None
    unique: Words | None = None
    unique_for: Span | None = None
    unique_scope: UniqueScope | None = None
    unique_while_waiting: bool | None = None
    on_duplicate: OnDuplicate | None = None
    after: Parents | None = None
    after_any: Parents | None = None
    after_failed: Parents | None = None
    on_dep_failure: OnDependencyFailure | None = None
    group: Words | None = None
    halt: Words | None = None
    on_finish: "str | JobSpec | None" = None


def new_job(asked: JobSpec) -> NewJob:
    """Return the job that is asked for; what is not said the store's settings fill in.

    Raises:
        BadInput: A value cannot be read, or two contradict each other.
    """
    moments = [each for each in (asked.at, asked.run_at, asked.delay) if each is not None]
    if len(moments) > 1:
        raise BadInput("a job takes one of delay, at and run_at")
    moment = asked.at if asked.at is not None else asked.run_at
    work = work_of(asked)
    return NewJob(
        work=work,
        queue=DEFAULT_QUEUE if asked.queue is None else asked.queue,
        priority=priority_of(asked.priority) or 0,
        name=asked.name,
        tags=asked.tags or {},
        env=asked.env or {},
        cwd=asked.cwd,
        delay_ms=None if asked.delay is None else read_span(asked.delay, what="delay"),
        run_at=None if moment is None else read_moment(moment, what="at"),
        hold=bool(asked.hold),
        key=asked.key,
        unique=_unique(asked),
        group=asked.group,
        after=parents_of(asked),
        on_dep_failure=asked.on_dep_failure or OnDependencyFailure.CANCEL,
        **_limits(asked),
        **_rules(asked, work),
    )


def work_of(asked: WorkSpec) -> Work:
    """Return what a job does.

    Raises:
        BadInput: Nothing or several things are said, or they do not fit each other.
    """
    given = [key for key in ("command", "argv", "task") if getattr(asked, key) is not None]
    given += ["shell"] if isinstance(asked.shell, str) else []
    if len(given) != 1:
        raise BadInput("a job has exactly one of command, argv, shell (text) and task")
    if asked.task is not None:
        if not asked.task:
            raise BadInput("task is empty; give the name of a registered function")
        return Task(name=asked.task, args=tuple(asked.args or ()), kwargs=asked.kwargs or {})
    if asked.args is not None or asked.kwargs is not None:
        raise BadInput(f"args and kwargs belong to a task; {given[0]} takes none")
    return _command(given[0], getattr(asked, given[0]), is_shell=asked.shell)


def _command(key: str, value: str | list[str], *, is_shell: bool | str | None) -> Work:
    if isinstance(value, list):
        if not value or not value[0]:
            raise BadInput(f"{key} is empty; its first item is the program")
        if is_shell is True:
            raise BadInput(f"{key} is a list, which runs without a shell; give a string")
        return Argv(argv=tuple(value))
    if is_shell is False:
        raise BadInput(f"{key} must be a list to run without a shell")
    if not value.strip():
        raise BadInput(f"{key} is empty; give a shell command")
    return Shell(script=value)


def priority_of(value: int | str | None) -> int | None:
    """Return a priority as a number."""
    return PRIORITIES[value] if isinstance(value, str) else value


def memory_of(value: int | str | None) -> int | None:
    """Return a size in bytes; 0 is none.

    Raises:
        BadInput: It is no size.
    """
    if not isinstance(value, str):
        return value
    try:
        return parse_bytes(value)
    except (ValueError, OverflowError) as error:
        raise BadInput(f"memory: {error}") from error


def backoff_of(asked: RunSpec) -> Backoff | None:
    """Return the delays between retries; None where nothing is said of them.

    Raises:
        BadInput: A length of time cannot be read.
    """
    if asked.backoff_base is None and asked.backoff_max is None:
        return None
    usual = Backoff()
    longest = usual.max_s
    if asked.backoff_max is not None:
        longest = read_span(asked.backoff_max, what="backoff_max") / 1000
    base = usual.base if asked.backoff_base is None else asked.backoff_base
    return Backoff(base=base, max_s=longest, jitter=usual.jitter)


def parents_of(asked: JobSpec) -> tuple[Clause, ...]:
    """Return all that a job waits for.

    Raises:
        BadInput: What stands there is no id.
    """
    kinds = (
        ("after", asked.after, Needs.SUCCESS),
        ("after_any", asked.after_any, Needs.END),
        ("after_failed", asked.after_failed, Needs.FAILURE),
    )
    return tuple(
        _clause(clause, needs, what)
        for what, value, needs in kinds
        if value is not None
        for text in (value if isinstance(value, list) else [value])
        for clause in str(text).split(",")
    )


def _clause(text: str, needs: Needs, what: str) -> Clause:
    words = [word.strip().removeprefix("#") for word in text.split("|")]
    if not all(word.isascii() and word.isdigit() and len(word) <= 18 for word in words):
        raise BadInput(f"{what} takes job ids: 12, or 12,13 for both, or 12|13 for either")
    return tuple(Dependency(parent=int(word), needs=needs) for word in words)


def _limits(asked: JobSpec) -> dict[str, Any]:
    return {
        "slots": 1 if asked.slots is None else asked.slots,
        "resources": asked.resources or {},
        "concurrency_key": asked.concurrency_key,
        "memory": memory_of(asked.memory) or None,
        "warn": None if asked.signal is None else _warning(asked.signal),
        "split_output": bool(asked.split_output),
    }


def _rules(asked: JobSpec, work: Work) -> dict[str, Any]:
    codes = {
        name: None if value is None else frozenset(value)
        for name, value in (("exit_retry", asked.exit_retry), ("exit_dead", asked.exit_dead))
    }
    rules = {
        "max_retries": asked.max_retries,
        "timeout_ms": None if asked.timeout is None else read_span(asked.timeout, what="timeout"),
        "backoff": backoff_of(asked),
    }
    return {**rules, **codes, "left_to_task": left_to_task(work, **rules)}


def _warning(text: str) -> Warn:
    name, at, before = text.partition("@")
    if not name or not at:
        raise BadInput("signal is written NAME@TIME, as in USR1@60")
    before_ms = read_span(before, what="the time after @")
    return Warn(signal=name.upper().removeprefix("SIG"), before_ms=before_ms)


def _unique(asked: JobSpec) -> Unique | None:
    if asked.unique is None:
        more = (asked.unique_for, asked.unique_scope, asked.unique_while_waiting)
        if any(each is not None for each in (*more, asked.on_duplicate)):
            raise BadInput("what is to be unique has no key; name it in unique")
        return None
    lasts = None if asked.unique_for is None else read_span(asked.unique_for, what="unique_for")
    return Unique(
        key=asked.unique,
        scope=asked.unique_scope or UniqueScope.QUEUE,
        lasts_ms=lasts,
        while_waiting=bool(asked.unique_while_waiting),
        on_duplicate=asked.on_duplicate or OnDuplicate.SKIP,
    )
