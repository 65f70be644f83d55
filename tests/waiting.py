"""Wait for a condition with a deadline, in place of a sleep that hopes."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

FIRST_PAUSE_SECONDS = 0.001
LONGEST_PAUSE_SECONDS = 0.05


def eventually(predicate: Callable[[], T], *, within: float, what: str) -> T:
    """Return the first truthy value of *predicate*, asked again and again.

    It is asked at least once, and a last time after the deadline, so a host that
    stalls for the whole time still gets a fair look.

    Args:
        within: Seconds until the wait is given up.
        what: What is waited for; the sentence "waited 5 s for <what>" is the failure.
    """
    deadline = time.monotonic() + within
    pause = FIRST_PAUSE_SECONDS
    while not (value := predicate()):
        if time.monotonic() >= deadline:
            raise AssertionError(f"waited {within:g} s for {what}; the last value was {value!r}")
        time.sleep(max(0.0, min(pause, deadline - time.monotonic())))
        pause = min(pause * 1.5, LONGEST_PAUSE_SECONDS)
    return value
