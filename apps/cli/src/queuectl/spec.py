"""A job as it is asked for: from options, from words, or from a JSON spec. Pure.

Every way in ends as a `JobSpec`; what the command line says wins over what a spec says.
"""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

from queuectl.config import nearest
from queuectl.exits import UsageProblem
from queuectl.fields import FIELDS, work_of
from queuectl_store.graph.halting import Halt
from queuectl_store.job import Argv, Shell, Warn, Work
from queuectl_store.relations import Clause, OnDependencyFailure, OnDuplicate, UniqueScope
from queuectl_store.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class JobSpec:
    """What was asked for; None is not said. Times are milliseconds, *run_at* UTC."""

    work: Work | None = None
    queue: str | None = None
    priority: int | None = None
    name: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: str | None = None
    delay_ms: int | None = None
    run_at: int | None = None
    timeout_ms: int | None = None
    memory: int | None = None
    warn: Warn | None = None
    split_output: bool | None = None
    max_retries: int | None = None
    backoff_base: float | None = None
    backoff_max_s: float | None = None
    hold: bool | None = None
    key: str | None = None
    exit_retry: frozenset[int] | None = None
    exit_dead: frozenset[int] | None = None
    unique: str | None = None
    unique_for_ms: int | None = None
    unique_scope: UniqueScope | None = None
    unique_while_waiting: bool | None = None
    on_duplicate: OnDuplicate | None = None
    slots: int | None = None
    resources: Mapping[str, int] = field(default_factory=dict)
    concurrency_key: str | None = None
    after: tuple[Clause, ...] = ()
    after_any: tuple[Clause, ...] = ()
    after_failed: tuple[Clause, ...] = ()
    on_dep_failure: OnDependencyFailure | None = None
    group: str | None = None
    halt: Halt | None = None
    on_finish: "JobSpec | None" = None

    def overridden_by(self, other: "JobSpec") -> "JobSpec":
        """Return this spec with what *other* says in its place; mappings and parents join."""
        if other == _SAYS_NOTHING:
            return self  # as for each line of an input without options
        said = {name: getattr(other, name) for name in _PLAIN if getattr(other, name) is not None}
        # A delay and a time exclude each other, so the stronger one removes the weaker one.
        if {"delay_ms", "run_at"} & said.keys():
            said = {"delay_ms": None, "run_at": None} | said
        joined: dict[str, Any] = {
            name: {**getattr(self, name), **getattr(other, name)} for name in _JOINED
        }
        joined |= {name: getattr(self, name) + getattr(other, name) for name in _PARENTS}
        return dataclasses.replace(self, **said, **joined)


_SAYS_NOTHING = JobSpec()
_JOINED = ("tags", "env", "resources")
_PARENTS = ("after", "after_any", "after_failed")
# What the job that follows another one cannot say.
_OWN = (*_PARENTS, "group", "halt", "key", "unique", "on_finish")
_PLAIN = tuple(
    item.name for item in dataclasses.fields(JobSpec) if item.name not in _JOINED + _PARENTS
)


def spec_from_words(words: Sequence[str]) -> JobSpec:
    """Read the words of a command line: several are an argv, one is a shell string or a JSON spec.

    Raises:
        UsageProblem: They are empty, or one word that starts with `{` is not a good spec.
    """
    if len(words) == 1:
        return spec_from_text(words[0])
    if not words or not words[0]:
        raise UsageProblem("the command is empty; give a program and its arguments")
    return JobSpec(work=Argv(argv=tuple(words)))


def spec_from_text(text: str) -> JobSpec:
    """Read one string: a JSON spec if it starts with `{`, otherwise a shell command.

    Raises:
        UsageProblem: It is empty, or starts with `{` and is not a good spec.
    """
    if text.startswith("{"):
        return spec_from_document(_parsed(text))
    if not text.strip():
        raise UsageProblem("the command is empty; give a shell command, a program or a JSON spec")
    return JobSpec(work=Shell(script=text))


def spec_from_document(document: Mapping[str, Any]) -> JobSpec:
    """Read a JSON spec.

    Raises:
        UsageProblem: A key is unknown or its value does not fit; the message names it.
    """
    for key in document:
        if key not in FIELDS:
            hint = nearest(key, FIELDS) or f"the keys are {', '.join(FIELDS)}"
            raise UsageProblem(f"a job spec has no key {key!r}; {hint}")
    said = {
        read.target: read.value(key, document[key])
        for key, read in FIELDS.items()
        if read.target and document.get(key) is not None
    }
    if "delay_ms" in said and "run_at" in said:
        raise UsageProblem("a job spec takes delay or at, not both")
    if "on_finish" in said:
        said["on_finish"] = finish_spec(said["on_finish"], what="on_finish")
    return JobSpec(work=work_of(document), **said)


def finish_spec(value: str | Mapping[str, Any], *, what: str = "--on-finish") -> JobSpec:
    """Read what is to follow: a shell command or a JSON spec, as text or as an object.

    Raises:
        UsageProblem: It is no good spec, or says what only a job of its own can.
    """
    try:
        last = spec_from_text(value) if isinstance(value, str) else spec_from_document(value)
    except UsageProblem as error:
        raise UsageProblem(f"{what}: {error}") from error
    if odd := [name for name in _OWN if getattr(last, name) not in (None, ())]:
        raise UsageProblem(f"{what} takes no {odd[0]}: it follows what it is given with")
    return last


def _parsed(text: str) -> Mapping[str, Any]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageProblem(
            f"this starts with {{ but is not JSON: {error}\n"
            "mend it or pass it on standard input (-); a shell command that starts with {"
            " needs a space before it"
        ) from error
    assert isinstance(document, dict)
    return document
