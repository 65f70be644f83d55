"""What a job may ask for: the checks of its slots, key and resources, and of its run's limits."""

import re

from queuectl_store.bounds import INT64, MAX_MS, is_whole
from queuectl_store.errors import InvalidJob
from queuectl_store.job import NewJob, Task, Warn
from queuectl_store.quoting import shown

MOST_SLOTS = 10_000
# Each unit is one index that the job is told: amounts are counts of things, not of bytes.
MOST_UNITS = 10_000
MOST_RESOURCES = 16
LEAST_MEMORY = 1 << 20
# Those that a program can catch and that exist on Linux and macOS alike.
WARNINGS = frozenset(
    ("HUP", "INT", "QUIT", "USR1", "USR2", "ALRM", "TERM", "CONT", "URG", "WINCH", "XCPU", "IO")
)
_KEY_LIMIT = 200
_RESOURCE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,49}")


def check_demands(new: NewJob) -> None:
    """Refuse what no limit could count.

    Raises:
        InvalidJob: The message names the field and the rule.
    """
    if not (is_whole(new.slots) and 1 <= new.slots <= MOST_SLOTS):
        raise InvalidJob(f"slots must be from 1 to {MOST_SLOTS}, got {shown(new.slots)}")
    if new.concurrency_key is not None:
        _check_key(new.concurrency_key)
    if len(new.resources) > MOST_RESOURCES:
        raise InvalidJob(f"a job may ask for {MOST_RESOURCES} resources, not {len(new.resources)}")
    for name, amount in new.resources.items():
        if problem := resource_problem(name):
            raise InvalidJob(problem)
        if not (is_whole(amount) and 1 <= amount <= MOST_UNITS):
            raise InvalidJob(f"a job takes 1 to {MOST_UNITS} of {name}, not {shown(amount)}")


def check_run(new: NewJob) -> None:
    """Refuse limits of a run that no worker could keep.

    Raises:
        InvalidJob: The message names the field and the rule.
    """
    asked = {"memory": new.memory, "signal": new.warn, "split_output": new.split_output or None}
    if isinstance(new.work, Task) and (odd := [name for name, what in asked.items() if what]):
        raise InvalidJob(f"{odd[0]} is for commands; a task runs inside its worker's processes")
    if new.memory is not None and not (
        is_whole(new.memory) and LEAST_MEMORY <= new.memory <= INT64
    ):
        raise InvalidJob(f"memory must be at least 1M of bytes, got {shown(new.memory)}")
    if new.warn is not None:
        _check_warn(new.warn, new.timeout_ms)


def _check_warn(warn: Warn, timeout_ms: int | None) -> None:
    if warn.signal not in WARNINGS:
        known = ", ".join(sorted(WARNINGS))
        raise InvalidJob(f"signal {shown(warn.signal)} warns nobody; the signals are {known}")
    if not (is_whole(warn.before_ms) and 1 <= warn.before_ms <= MAX_MS // 2):
        raise InvalidJob(f"a warning comes 1 ms or more ahead, got {shown(warn.before_ms)}")
    if timeout_ms is not None and timeout_ms <= warn.before_ms:
        limit = f"a time limit of {timeout_ms / 1000:g}s" if timeout_ms else "no time limit"
        raise InvalidJob(f"signal {warn} does not fit {limit}; give a longer timeout")


def resource_problem(name: str) -> str | None:
    """Say why *name* cannot be a resource's: it has to be part of a variable's name."""
    if _RESOURCE_NAME.fullmatch(name):
        return None
    return (
        f"the resource name {name[:60]!r} is not usable: 1 to 50 letters, digits, _ or -,"
        " beginning with a letter (ASCII)"
    )


def _check_key(key: str) -> None:
    if not key or len(key) > _KEY_LIMIT or not key.isprintable():
        raise InvalidJob(
            f"the concurrency key {key[:40]!r} is not usable: 1 to {_KEY_LIMIT} printable"
            " characters"
        )
