"""From a `JobSpec` to a `NewJob`: settings and surroundings give what was not said."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from queuectl.config import Settings
from queuectl.exits import UsageProblem
from queuectl.spec import JobSpec
from queuectl_store import (
    Backoff,
    NewGroup,
    NewJob,
    OnDependencyFailure,
    OnDuplicate,
    Trace,
    Unique,
    UniqueScope,
    carried,
)
from queuectl_store.byname import left_to_task
from queuectl_store.values import dataclass
from queuectl_worker.environment import pick_environment, without_private


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What a job gets where its spec says nothing; *timeout_ms* 0 is none.

    Attributes:
        queues: By queue, the names of the settings that the store has for its jobs alone.
        trace: What the caller belongs to, as its variables say.
    """

    queue: str
    max_retries: int
    timeout_ms: int
    queues: Mapping[str, Collection[str]]
    backoff: Backoff
    environment: Mapping[str, str]
    cwd: Path
    trace: Trace | None


class Asked(NamedTuple):
    """A job, what was said of its group, and the job that is to follow it."""

    job: NewJob
    groups: Sequence[NewGroup]
    follower: NewJob | None


def read_defaults(
    settings: Settings,
    environ: Mapping[str, str],
    *,
    cwd: Path,
    is_whole_environment: bool,
    queues: Mapping[str, Collection[str]],
) -> Defaults:
    """Take the settings and the caller's surroundings together.

    Args:
        is_whole_environment: Take every variable, not only those that `env_pass` names.
    """
    if is_whole_environment:
        environment = without_private(environ)
    else:
        environment = pick_environment(environ, settings.typed("env_pass"))
    headers = carried(environ)
    return Defaults(
        queue=settings.typed("queue"),
        max_retries=settings.typed("max_retries"),
        timeout_ms=settings.typed("timeout") or 0,
        queues=queues,
        backoff=Backoff(
            base=settings.typed("backoff_base"),
            max_s=settings.typed("backoff_max") / 1000,
            jitter=settings.typed("backoff_jitter"),
        ),
        # Travels in the trace: equal environments are stored once.
        environment={k: v for k, v in environment.items() if k.lower() not in headers},
        cwd=cwd,
        trace=Trace(**headers) if headers else None,
    )


def new_job(spec: JobSpec, defaults: Defaults) -> NewJob:
    """Return the job that *spec* asks for.

    Raises:
        UsageProblem: It names no work.
    """
    if spec.work is None:
        raise UsageProblem("there is no command; give a program and its arguments")
    queue = spec.queue or defaults.queue
    return NewJob(
        work=spec.work,
        queue=queue,
        priority=spec.priority or 0,
        name=spec.name,
        tags=spec.tags,
        env=spec.env,
        cwd=str(defaults.cwd / (spec.cwd or "")),
        environment=defaults.environment,
        delay_ms=spec.delay_ms,
        run_at=spec.run_at,
        hold=bool(spec.hold),
        **_rules(spec, defaults, queue),
        key=spec.key,
        unique=_unique(spec),
        group=spec.group,
        after=spec.after + spec.after_any + spec.after_failed,
        on_dep_failure=spec.on_dep_failure or OnDependencyFailure.CANCEL,
        slots=1 if spec.slots is None else spec.slots,
        concurrency_key=spec.concurrency_key,
        resources=spec.resources,
    )


def _rules(spec: JobSpec, defaults: Defaults, queue: str) -> dict[str, Any]:
    # What a queue has of its own the store fills in.
    own = defaults.queues.get(queue, ())
    retries = None if "max_retries" in own else defaults.max_retries
    timeout_ms = None if "timeout" in own else defaults.timeout_ms
    backoff = _backoff(spec, defaults)
    assert spec.work is not None
    return {
        "max_retries": retries if spec.max_retries is None else spec.max_retries,
        "timeout_ms": timeout_ms if spec.timeout_ms is None else spec.timeout_ms,
        "backoff": backoff,
        "left_to_task": left_to_task(
            spec.work, max_retries=spec.max_retries, timeout_ms=spec.timeout_ms, backoff=backoff
        ),
        "exit_retry": spec.exit_retry,
        "exit_dead": spec.exit_dead,
        "memory": spec.memory or None,
        "warn": spec.warn,
        "split_output": bool(spec.split_output),
        "trace": defaults.trace,
    }


def _unique(spec: JobSpec) -> Unique | None:
    if spec.unique is None:
        more = ("unique_for_ms", "unique_scope", "unique_while_waiting", "on_duplicate")
        if any(getattr(spec, name) is not None for name in more):
            raise UsageProblem("what is to be unique has no key; give --unique KEY")
        return None
    return Unique(
        key=spec.unique,
        scope=spec.unique_scope or UniqueScope.QUEUE,
        lasts_ms=spec.unique_for_ms,
        while_waiting=bool(spec.unique_while_waiting),
        on_duplicate=spec.on_duplicate or OnDuplicate.SKIP,
    )


def new_groups(spec: JobSpec, defaults: Defaults) -> list[NewGroup]:
    """Return its group if *spec* says when that is to halt or what is to follow it.

    Raises:
        UsageProblem: It says when to halt and names no group.
    """
    if spec.halt is not None and spec.group is None:
        raise UsageProblem("to halt needs a group; name it with --group")
    if spec.group is None or (spec.halt is None and spec.on_finish is None):
        return []
    last = last_job(spec, defaults)
    return [NewGroup(name=spec.group, halt=spec.halt, on_finish=last)]


def last_job(spec: JobSpec, defaults: Defaults) -> NewJob | None:
    """Return the job that is to run once what *spec* asks for has ended.

    It has the queue, folder and variables of that, unless it says others.
    """
    if spec.on_finish is None:
        return None
    like = JobSpec(queue=spec.queue, cwd=spec.cwd, env=spec.env)
    return new_job(like.overridden_by(spec.on_finish), defaults)


def complete(spec: JobSpec, defaults: Defaults) -> Asked:
    """Return all that *spec* asks for: what follows it follows its group, where it has one.

    Raises:
        UsageProblem: It names no work, or says when to halt and names no group.
    """
    groups = new_groups(spec, defaults)
    last = last_job(spec, defaults) if spec.group is None else None
    return Asked(new_job(spec, defaults), groups, last)


def _backoff(spec: JobSpec, defaults: Defaults) -> Backoff | None:
    if spec.backoff_base is None and spec.backoff_max_s is None:
        return None  # the settings in force when an attempt fails
    return Backoff(
        base=defaults.backoff.base if spec.backoff_base is None else spec.backoff_base,
        max_s=defaults.backoff.max_s if spec.backoff_max_s is None else spec.backoff_max_s,
        jitter=defaults.backoff.jitter,
    )
