"""What a task may raise to say what should become of its job."""

from datetime import timedelta


class Wish(Exception):
    """A task's word on its own job; not an error of the program."""


class Retry(Wish):
    """Run the job again; counts as a failed attempt.

    Args:
        after: Seconds (or a timedelta) until then; None is the job's backoff.
        reason: Recorded as the attempt's error.
    """

    def __init__(
        self, *, after: float | timedelta | None = None, reason: str = "the task asked for a retry"
    ) -> None:
        super().__init__(reason)
        self.after_ms, self.reason = None if after is None else _ms(after), reason


class GiveUp(Wish):
    """The job is dead at once, whatever is left of its allowance."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Snooze(Wish):
    """Run the job again *for_* seconds (or a timedelta) later; uses no attempt."""

    def __init__(self, *, for_: float | timedelta) -> None:
        super().__init__(f"snoozed for {for_}")
        self.for_ms = _ms(for_)


def _ms(span: float | timedelta) -> int:
    seconds = span.total_seconds() if isinstance(span, timedelta) else float(span)
    if not 0 <= seconds < 3.2e8:  # ten years; NaN fails too
        raise ValueError(f"a delay is from 0 seconds to ten years, got {span!r}")
    return round(seconds * 1000)
