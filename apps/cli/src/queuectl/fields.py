"""The keys of a JSON job spec, each with the check of its value. Pure."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

from queuectl.exits import UsageProblem
from queuectl.moments import parse_moment, parse_span, to_ms
from queuectl.pairs import parse_pairs
from queuectl.parents import parse_parents
from queuectl.rules import parse_memory, parse_policy, parse_rule, parse_warning
from queuectl_store.job import Argv, Shell, Task, Work
from queuectl_store.relations import Clause, Needs, OnDuplicate, UniqueScope

E = TypeVar("E", bound=StrEnum)

PRIORITIES: Mapping[str, int] = MappingProxyType(
    {"low": -10, "normal": 0, "high": 10, "critical": 20}
)


class Field(NamedTuple):
    """How one key is read: the attribute that it fills (None: part of the work) and its check."""

    target: str | None
    value: Callable[[str, Any], Any]


def parse_priority(text: str) -> int:
    """Return a priority from its name or number.

    Raises:
        UsageProblem: It is neither.
    """
    if text in PRIORITIES:
        return PRIORITIES[text]
    try:
        return int(text)
    except ValueError as error:
        names = ", ".join(PRIORITIES)
        raise UsageProblem(f"{text!r} is not a priority; give {names} or a whole number") from error


def parse_choice(kind: type[E], text: str) -> E:
    """Return the one of *kind* that is called *text*.

    Raises:
        UsageProblem: There is none.
    """
    try:
        return kind(text)
    except ValueError as error:
        raise UsageProblem(f"{text!r} is none of {', '.join(kind)}") from error


def parse_amounts(pairs: list[str], *, option: str) -> dict[str, int]:
    """Return `NAME=N` words as a mapping; a bare name is one of it.

    Raises:
        UsageProblem: N is not a whole number.
    """
    bare = [pair if "=" in pair else f"{pair}=1" for pair in pairs]
    amounts = {}
    for name, text in parse_pairs(bare, option=option).items():
        if not text.isascii() or not text.isdigit() or len(text) > 9:
            raise UsageProblem(f"{option} takes NAME=N, a whole number, got {name}={text}")
        amounts[name] = int(text)
    return amounts


def work_of(document: Mapping[str, Any]) -> Work:
    """Return the work of a spec: exactly one of command, argv, shell (text) or task.

    Raises:
        UsageProblem: There is none, there are several, or it does not fit.
    """
    given = [key for key in ("command", "argv", "task") if document.get(key) is not None]
    if isinstance(document.get("shell"), str):
        given.append("shell")
    if len(given) != 1:
        raise UsageProblem("a job spec needs exactly one of command, argv, shell and task")
    key = given[0]
    if key == "task":
        return _task(document)
    if document.get("args") is not None or document.get("kwargs") is not None:
        raise UsageProblem(f"args and kwargs belong to a task; {key} takes none")
    return _command(key, document[key], is_shell=document.get("shell"))


def _command(key: str, value: Any, *, is_shell: Any) -> Work:
    if isinstance(value, list) and key != "shell":
        words = tuple(_text(key, item) for item in value)
        if not words or not words[0]:
            raise UsageProblem(f"{key} is empty; its first item is the program")
        if is_shell is True:
            raise UsageProblem(f"{key} is a list, which runs without a shell; give a string")
        return Argv(argv=words)
    if key == "argv" or is_shell is False:
        raise UsageProblem(f"{key} must be a list of strings to run without a shell")
    script = _text(key, value)
    if not script.strip():
        raise UsageProblem(f"{key} is empty; give a shell command")
    return Shell(script=script)


def _task(document: Mapping[str, Any]) -> Task:
    args, kwargs = document.get("args"), document.get("kwargs")
    if args is not None and not isinstance(args, list):
        raise UsageProblem("args must be a list")
    if kwargs is not None and not isinstance(kwargs, dict):
        raise UsageProblem("kwargs must be an object")
    name = _text("task", document["task"])
    if not name:
        raise UsageProblem("task is empty; give the name of a registered function")
    return Task(name=name, args=tuple(args or ()), kwargs=kwargs or {})


def _text(key: str, value: Any) -> str:
    if not isinstance(value, str):
        raise UsageProblem(f"{key} must be text, got {_kind(value)}")
    if "\0" in value:
        raise UsageProblem(f"{key} holds a NUL, which no command line can carry")
    return value


def _priority(key: str, value: Any) -> int:
    if isinstance(value, str):
        return parse_priority(value)
    return _whole(key, value)


def _whole(key: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise UsageProblem(f"{key} must be a whole number, got {_kind(value)}")
    return value


def _count(key: str, value: Any) -> int:
    if _whole(key, value) < 0:
        raise UsageProblem(f"{key} must be 0 or more, got {value}")
    return int(value)


def _number(key: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UsageProblem(f"{key} must be a number, got {_kind(value)}")
    return float(max(-1e300, min(value, 1e300)))  # beyond it none is taken


def _span_ms(key: str, value: Any) -> int:
    if isinstance(value, str):
        return parse_span(value, what=key)
    seconds = _number(key, value)
    if not 0 <= seconds < 1e11:
        raise UsageProblem(f"{key} must be a length of time in seconds, got {value}")
    return round(seconds * 1000)


def _memory(key: str, value: Any) -> int:
    return parse_memory(value) if isinstance(value, str) else _count(key, value)


def _span_s(key: str, value: Any) -> float:
    return _span_ms(key, value) / 1000


def _moment(key: str, value: Any) -> int:
    return to_ms(parse_moment(_text(key, value), now=datetime.now(UTC).astimezone()))


def _flag(key: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise UsageProblem(f"{key} must be true or false, got {_kind(value)}")
    return value


def _exit_codes(key: str, value: Any) -> frozenset[int]:
    if not isinstance(value, list):
        raise UsageProblem(f"{key} must be a list of exit codes, got {_kind(value)}")
    return frozenset(_whole(key, code) for code in value)


def _choice(kind: type[E]) -> Callable[[str, Any], E]:
    return lambda key, value: parse_choice(kind, _text(key, value))


def _texts(key: str, value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise UsageProblem(f"{key} must be an object of texts, got {_kind(value)}")
    return {name: _text(f"{key}.{name}", item) for name, item in value.items()}


def _parents(needs: Needs) -> Callable[[str, Any], tuple[Clause, ...]]:
    def read(key: str, value: Any) -> tuple[Clause, ...]:
        items = value if isinstance(value, list) else [value]
        texts = [item if isinstance(item, str) else str(_whole(key, item)) for item in items]
        return parse_parents(texts, needs=needs, what=key)

    return read


def _amounts(key: str, value: Any) -> dict[str, int]:
    if not isinstance(value, dict):
        raise UsageProblem(f"{key} must be an object of numbers, got {_kind(value)}")
    return {name: _count(f"{key}.{name}", item) for name, item in value.items()}


def _work_text_or_object(key: str, value: Any) -> str | dict[str, Any]:
    return value if isinstance(value, dict) else _text(key, value)


def _kind(value: Any) -> str:
    names = {bool: "true or false", int: "a number", float: "a number", str: "text", list: "a list"}
    return "null" if value is None else names.get(type(value), "an object")


def _unread(_key: str, value: Any) -> Any:
    return value


FIELDS: Mapping[str, Field] = MappingProxyType(
    {
        "command": Field(None, _unread),
        "argv": Field(None, _unread),
        "shell": Field(None, _unread),
        "task": Field(None, _unread),
        "args": Field(None, _unread),
        "kwargs": Field(None, _unread),
        "queue": Field("queue", _text),
        "priority": Field("priority", _priority),
        "name": Field("name", _text),
        "tags": Field("tags", _texts),
        "env": Field("env", _texts),
        "cwd": Field("cwd", _text),
        "delay": Field("delay_ms", _span_ms),
        "at": Field("run_at", _moment),
        "run_at": Field("run_at", _moment),
        "timeout": Field("timeout_ms", _span_ms),
        "memory": Field("memory", _memory),
        "signal": Field("warn", lambda key, v: parse_warning(_text(key, v))),
        "split_output": Field("split_output", _flag),
        "max_retries": Field("max_retries", _count),
        "backoff_base": Field("backoff_base", _number),
        "backoff_max": Field("backoff_max_s", _span_s),
        "hold": Field("hold", _flag),
        "slots": Field("slots", _count),
        "resources": Field("resources", _amounts),
        "concurrency_key": Field("concurrency_key", _text),
        "key": Field("key", _text),
        "exit_retry": Field("exit_retry", _exit_codes),
        "exit_dead": Field("exit_dead", _exit_codes),
        "unique": Field("unique", _text),
        "unique_for": Field("unique_for_ms", _span_ms),
        "unique_scope": Field("unique_scope", _choice(UniqueScope)),
        "unique_while_waiting": Field("unique_while_waiting", _flag),
        "on_duplicate": Field("on_duplicate", _choice(OnDuplicate)),
        "after": Field("after", _parents(Needs.SUCCESS)),
        "after_any": Field("after_any", _parents(Needs.END)),
        "after_failed": Field("after_failed", _parents(Needs.FAILURE)),
        "on_dep_failure": Field("on_dep_failure", lambda key, v: parse_policy(_text(key, v))),
        "group": Field("group", _text),
        "halt": Field("halt", lambda key, v: parse_rule(_text(key, v))),
        "on_finish": Field("on_finish", _work_text_or_object),
    }
)
