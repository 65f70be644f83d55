"""What a job may ask of limits: the checks of its slots, concurrency key and resources."""

import re

from queuectl_store.bounds import is_whole, shown
from queuectl_store.errors import InvalidJob
from queuectl_store.job import NewJob

MOST_SLOTS = 10_000
# Each unit is one index that the job is told: amounts are counts of things, not of bytes.
MOST_UNITS = 10_000
MOST_RESOURCES = 16
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
