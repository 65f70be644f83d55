"""Between a job's values and the JSON text that the store keeps; and what is refused before that.

The text is ASCII: bytes that are not UTF-8 travel as surrogate escapes, which neither database
would take raw.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, assert_never

from queuectl_store import arguments, carrier
from queuectl_store.bounds import INT32, is_whole
from queuectl_store.bounds import MAX_MS as MAX_MS
from queuectl_store.bounds import clean as clean
from queuectl_store.demands import check_demands, check_run
from queuectl_store.errors import InvalidJob
from queuectl_store.job import Argv, Backoff, NewJob, Shell, Task, Warn, Work
from queuectl_store.quoting import shown
from queuectl_store.relations import Unique
from queuectl_store.trace import Trace

MAX_SPEC_BYTES = 1_048_576
_QUEUE_NAME = re.compile(r"\w[\w.:/-]{0,99}")
_TEXT_LIMIT, _MOST_CODES = 1_000, 256
_UINT32 = 4_294_967_295  # Windows has exit codes up to here
# Three times as fast as json.loads, which looks for blanks and a byte order mark around it.
_read = json.JSONDecoder().raw_decode


def encode(new: NewJob) -> str:
    """Return *new*'s spec as JSON text, without the fields that are empty.

    The name of a task is not in it: that has a column, as what else statements look for.
    """
    fields = _work_fields(new.work)
    for name, plain in (("cwd", new.cwd), ("input", new.input), ("memory", new.memory)):
        if plain is not None:
            fields[name] = plain
    headers = None if new.trace is None else new.trace.headers()
    for name, texts in (("env", new.env), ("tags", new.tags), ("trace", headers)):
        if texts:
            fields[name] = dict(texts)
    if new.backoff is not None:
        fields["backoff"] = [new.backoff.base, new.backoff.max_s, new.backoff.jitter]
    codes = (("exit_retry", new.exit_retry), ("exit_dead", new.exit_dead))
    for name, many in (*codes, ("left_to_task", new.left_to_task or None)):
        if many is not None:
            fields[name] = sorted(many)
    if new.warn is not None:
        fields["warn"] = [new.warn.signal, new.warn.before_ms]
    if new.split_output:
        fields["split_output"] = True
    return arguments.dump(fields)


def decode(text: str, task: str | None) -> dict[str, Any]:
    """Return the fields of a job that *encode* wrote, by name: what no statement looks into.

    Args:
        task: The name of its task; None for a command.
    """
    fields, _ = _read(text)
    values: dict[str, Any] = {"work": _work(fields, task), "env": {}, "tags": {}, **_UNSET}
    if fields.keys() <= _OF_THE_WORK:
        return values
    for name, value in fields.items():
        if (read := _OPTIONAL.get(name)) is not None:
            values[name] = read(value)
    return values


def work_of(text: str, task: str | None) -> tuple[Work, tuple[str, ...]]:
    """Return the work alone of a job as *decode* does, and what was left to its task."""
    fields, _ = _read(text)
    return _work(fields, task), tuple(fields.get("left_to_task", ()))


def _as_it_is(value: Any) -> Any:
    return value


def _trace(headers: Mapping[str, str]) -> Trace:
    return Trace(
        traceparent=headers[carrier.TRACEPARENT],
        tracestate=headers.get(carrier.TRACESTATE),
        baggage=headers.get(carrier.BAGGAGE),
    )


# What most jobs do not have, and how each is read.
_OPTIONAL: Mapping[str, Callable[[Any], Any]] = {
    "cwd": _as_it_is,
    "env": _as_it_is,
    "tags": _as_it_is,
    "backoff": lambda it: Backoff(base=it[0], max_s=it[1], jitter=it[2]),
    "exit_retry": frozenset,
    "exit_dead": frozenset,
    "memory": _as_it_is,
    "warn": lambda it: Warn(signal=it[0], before_ms=it[1]),
    "split_output": _as_it_is,
    "input": _as_it_is,
    "trace": _trace,
    "left_to_task": tuple,
}
_UNSET: Mapping[str, Any] = {
    **{name: None for name in _OPTIONAL if name not in ("env", "tags")},
    "split_output": False,
    "left_to_task": (),
}

# Before schema 0005 the name of a task was there, too.
_OF_THE_WORK = frozenset({"argv", "shell", "task", "args", "kwargs"})
FIELDS = ("work", *_OPTIONAL)  # of a job, kept in its spec


def check(new: NewJob, spec: str) -> None:
    """Refuse what the store could not give back exactly, or no worker could run.

    Raises:
        InvalidJob: The message names the field and the rule.
    """
    _check_names(new)
    _check_numbers(new)
    _check_unique(new.unique)
    _check_work(new.work)
    _check_variables(new)
    check_demands(new)
    check_run(new)
    _check_trace(new.trace)
    check_size(spec)


def check_size(spec: str) -> None:
    """Refuse a spec that is too large.

    Raises:
        InvalidJob: It is.
    """
    if len(spec) > MAX_SPEC_BYTES:
        raise InvalidJob(
            f"the job is {len(spec):,} bytes as JSON; the limit is {MAX_SPEC_BYTES:,}:"
            " put the data in a file and pass its name"
        )


def _check_trace(trace: Trace | None) -> None:
    for name, text in {} if trace is None else trace.headers().items():
        if problem := carrier.problem(name, text):
            raise InvalidJob(f"{problem}, not {shown(text)}")


def is_queue_name(name: str) -> bool:
    """Tell whether a queue may be called *name*."""
    return _QUEUE_NAME.fullmatch(name) is not None


def queue_problem(name: str) -> str | None:
    """Say why *name* cannot be a queue's; None if it can."""
    if _QUEUE_NAME.fullmatch(name):
        return None
    return (
        f"the queue name {shown(name)} is not usable: 1 to 100 letters, digits, _ . : / or -,"
        " beginning with a letter or digit"
    )


def _check_names(new: NewJob) -> None:
    if problem := queue_problem(new.queue):
        raise InvalidJob(problem)
    for what, text in (("name", new.name), ("key", new.key), *_pairs("tag", new.tags)):
        if text is not None and (len(text) > _TEXT_LIMIT or clean(text) != text):
            raise InvalidJob(f"{what} {shown(text)} is over {_TEXT_LIMIT} characters or not text")
    if new.key == "" or new.name == "" or "" in new.tags:
        raise InvalidJob("an empty name, key or tag names nothing; leave it out")


def _check_numbers(new: NewJob) -> None:
    limits = (
        ("priority", new.priority, -INT32, INT32),
        ("max_retries", new.max_retries, 0, 1_000_000),
        ("timeout", new.timeout_ms, 0, MAX_MS),
        ("delay", new.delay_ms, 0, MAX_MS // 2),
        ("run_at", new.run_at, 0, MAX_MS),
    )
    for what, value, low, high in limits:
        if value is not None and not (is_whole(value) and low <= value <= high):
            raise InvalidJob(
                f"{what} must be a whole number from {low} to {high}, got {shown(value)}"
            )
    if new.delay_ms is not None and new.run_at is not None:
        raise InvalidJob("a delay and a run_at exclude one another")
    if new.backoff is not None:
        _check_backoff(new.backoff)
    for what, codes in (("exit_retry", new.exit_retry), ("exit_dead", new.exit_dead)):
        if codes and (len(codes) > _MOST_CODES or not all(map(_is_code, codes))):
            raise InvalidJob(f"{what} takes up to {_MOST_CODES} codes from 1 to {_UINT32}")


def _is_code(number: int) -> bool:
    return is_whole(number) and 1 <= number <= _UINT32


def _check_unique(unique: Unique | None) -> None:
    if unique is None:
        return
    key = unique.key
    if not key or len(key) > _TEXT_LIMIT or clean(key) != key:
        raise InvalidJob(
            f"unique key {key[:40]!r} is empty, over {_TEXT_LIMIT} characters or not text"
        )
    if unique.lasts_ms is not None:
        if not (is_whole(unique.lasts_ms) and 1 <= unique.lasts_ms <= MAX_MS // 2):
            raise InvalidJob(
                f"a unique key lasts from 1 ms to {MAX_MS // 2}, not {shown(unique.lasts_ms)}"
            )
        if unique.while_waiting:
            raise InvalidJob("a unique key that is free once its job starts cannot last as well")


def _check_variables(new: NewJob) -> None:
    environment = new.environment or {}
    if not (new.cwd or new.env or environment):
        return
    everything = (*new.env, *new.env.values(), *environment, *environment.values())
    if "\0" in "".join((new.cwd or "", *everything)):  # at once: a batch has them at each job
        named = [*_pairs("env", new.env), *_pairs("environment", environment), ("cwd", "\0")]
        what = next(what for what, text in named if "\0" in text)
        raise InvalidJob(f"{what} holds a NUL byte, which no program can be given")
    if "" in new.env or "" in environment:
        raise InvalidJob("a variable needs a name")
    size = sum(len(key) + len(value) for key, value in environment.items())
    if size > MAX_SPEC_BYTES:
        raise InvalidJob(
            f"the environment is {size:,} characters; the limit is {MAX_SPEC_BYTES:,}:"
            " pass less of it"
        )


def _check_backoff(backoff: Backoff) -> None:
    ok = 1 <= backoff.base <= 1_000 and 0 <= backoff.max_s <= 3.2e9 and 0 <= backoff.jitter <= 1
    if not ok:  # NaN fails every comparison
        raise InvalidJob(
            "backoff needs a base from 1 to 1000, a max >= 0 s and a jitter from 0 to 1"
        )


def _check_work(work: Work) -> None:
    match work:
        case Argv(argv=argv):
            if not argv or not argv[0]:
                raise InvalidJob("a command needs a program to run")
            if any("\0" in word for word in argv):
                raise InvalidJob("the command holds a NUL byte, which no program can be given")
        case Shell(script=script):
            if not script.strip():
                raise InvalidJob("a shell command needs something to run")
            if "\0" in script:
                raise InvalidJob("the command holds a NUL byte, which no program can be given")
        case Task(name=name, args=args, kwargs=kwargs):
            if not name or clean(name) != name or len(name) > _TEXT_LIMIT:
                raise InvalidJob(f"{shown(name)} is not a task name")
            arguments.check([list(args), kwargs], 0)
        case _:
            assert_never(work)


def _work_fields(work: Work) -> dict[str, Any]:
    match work:
        case Argv(argv=argv):
            return {"argv": list(argv)}
        case Shell(script=script):
            return {"shell": script}
        case Task(args=args, kwargs=kwargs):
            return arguments.given(args, kwargs)
        case _:
            assert_never(work)


def _work(fields: Mapping[str, Any], task: str | None) -> Work:
    if task is not None:
        args, kwargs = fields.get("args", ()), fields.get("kwargs", {})
        return Task(name=task, args=tuple(args), kwargs=kwargs)
    if "argv" in fields:
        return Argv(argv=tuple(fields["argv"]))
    return Shell(script=fields["shell"])


def _pairs(what: str, mapping: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(f"{what} {shown(key)}", it) for key, value in mapping.items() for it in (key, value)]
