"""What there is to do beside claims, as one look at the store shows it."""

from queuectl_store.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What is due and when the next will be.

    Attributes:
        has_consequences: Ends of jobs left something to `Store.resolve`.
        has_waiting: Jobs wait for limits, and a sweep may find that one need not.
        due_in_ms: Until a job, slot or rate is due; 0 if one is, None if none will be.
    """

    has_consequences: bool
    has_waiting: bool
    due_in_ms: int | None
