"""Which jobs to look at, and how a statement is asked for them."""

import json
from collections.abc import Collection, Mapping
from dataclasses import field

from queuectl_store.bounds import clean
from queuectl_store.sql.plain import filters
from queuectl_store.sql.statement import Condition, Statement
from queuectl_store.states import JobState
from queuectl_store.values import dataclass

_LONGEST_SEARCH = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFilter:
    """Which jobs to look at; every field narrows.

    Attributes:
        search: Text that the command, task, arguments, name or reason contains, in any case.
        since_ms: UTC milliseconds; only jobs enqueued from then on.
        ran_since_ms: UTC milliseconds; only jobs of which a run went on then or later.
        fingerprint: What the errors of dead jobs have in common (`DeadLetters.groups`).
    """

    states: Collection[JobState] = ()
    queues: Collection[str] = ()
    search: str | None = None
    task: str | None = None
    name: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    since_ms: int | None = None
    ran_since_ms: int | None = None
    fingerprint: str | None = None
    group: str | None = None


def conditions(chosen: JobFilter) -> list[Condition]:
    """Return what *chosen* asks of a job, for a statement to be run with."""
    states = sorted({JobState(state) for state in chosen.states})
    asked: list[tuple[Statement, str, object]] = [
        (filters.QUEUES, "of_queues", sorted(chosen.queues) or None),
        (filters.TASK, "of_task", chosen.task),
        (filters.NAME, "of_name", chosen.name),
        (filters.FINGERPRINT, "of_fingerprint", chosen.fingerprint),
        (filters.GROUP, "of_group", chosen.group),
        (filters.SINCE, "since", chosen.since_ms),
        (filters.RAN_SINCE, "ran_since", chosen.ran_since_ms),
    ]
    conditions = [Condition(each, {name: to}) for each, name, to in asked if to is not None]
    if states:
        of_states = filters.STATE if len(states) == 1 else filters.STATES
        conditions.insert(0, Condition(of_states, literals=states))
    conditions += _tags(chosen.tags)
    if chosen.search:
        conditions.append(Condition(filters.SEARCH, _patterns(chosen.search)))
    return conditions


def _tags(tags: Mapping[str, str]) -> list[Condition]:
    rows = [{"tag": clean(tag), "value": clean(value)} for tag, value in tags.items()]
    return [
        Condition(filters.TAG, {"of_tag": row["tag"], "of_value": row["value"]}) for row in rows[:1]
    ] + [Condition(filters.HAS_TAGS, {"wanted_tags": json.dumps(rows[1:])}) for _ in rows[1:2]]


def _patterns(text: str) -> dict[str, object]:
    # The spec is JSON text: look for the words as JSON writes them; SQLite takes no long pattern.
    text = text[:_LONGEST_SEARCH]
    written = {
        "in_spec": json.dumps(text)[1:-1],
        "in_argv": json.dumps(_argv(text), separators=(",", ":"))[2:-2],
        "in_text": clean(text),
    }
    return {name: _verbatim(words) for name, words in written.items()}


def _argv(text: str) -> list[str]:
    """Return the words of *text* as lists of jobs quote them."""
    if " " not in text.strip():
        return [text]
    # Imported here: nearly no search has several words.
    import shlex

    try:
        return shlex.split(text) or [text]
    except ValueError:  # a quote that nothing closes
        return text.split()


def _verbatim(text: str) -> str:
    return text.replace("/", "//").replace("%", "/%").replace("_", "/_")
