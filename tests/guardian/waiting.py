"""Waiting for a condition with a deadline, in place of sleeping for luck."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def eventually(predicate: Callable[[], T], *, within: float, what: str) -> T:
    """Poll *predicate* until it is true; say *what* was expected when *within* seconds pass."""
    deadline = time.monotonic() + within
    pause = 0.001
    while True:
        value = predicate()
        if value:
            return value
        if time.monotonic() >= deadline:
            raise AssertionError(f"not within {within} s: {what}; last value: {value!r}")
        threading.Event().wait(pause)
        pause = min(pause * 1.5, 0.05)
