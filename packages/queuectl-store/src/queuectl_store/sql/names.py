"""What statements and those who run them both call things."""

from typing import Any

from queuectl_store.states import Verb

# Before the columns of a job's latest ended attempt.
LAST_PREFIX = "last_"
# The columns of a queue that hold its limits; given as `to_…`.
LIMITS = (
    *("concurrency", "key_concurrency"),
    *("rate", "rate_ms", "rate_burst"),
    *("key_rate", "key_rate_ms", "key_rate_burst"),
)
# The columns of a job that an edit may change; given as `to_…`.
EDITED = ("queue", "priority", "max_retries", "timeout_ms", "run_at", "name", "task", "spec")
# By what happenings are counted.
TALLIED = ("queue", "task", "verb", "source", "target", "outcome", "bucket")
# Names of tasks may be longer than an index of PostgreSQL can take: they are counted by less.
LONGEST_TASK = 200
# The row that says up to where events were pruned.
EVENTS_PRUNED = "events"
# The moves that need the job's unique key again, which another one may have taken meanwhile.
AGAIN = frozenset({Verb.RETRY, Verb.RERUN})


def kept_in(name: str) -> str:
    """Return the table of a SQLite connection that holds the kept rows *name*."""
    return f"temp.queuectl_{name}"


def shared_by(name: str) -> str:
    """Return the parameter with what the kept rows *name* have in common, on PostgreSQL."""
    return f"{name}_shared"


# Of a new job: what most say nothing of.
OPTIONAL = (
    *("timeout_ms", "environment_id", "name", "concurrency_key", "resources"),
    *("run_at", "delay_ms"),
)
# Columns by name with the value that all rows of a statement have.
Known = tuple[tuple[str, Any], ...]
# Of the jobs that the plain claim takes, by the conditions of that claim: they are not read.
OF_A_PLAIN_CLAIM: Known = (
    ("state", "running"),
    ("waits_for", None),
    ("guarded", 0),
    ("slots", 1),
    ("concurrency_key", None),
    ("resources", None),
    ("allotted", None),
    ("progress", None),
)
