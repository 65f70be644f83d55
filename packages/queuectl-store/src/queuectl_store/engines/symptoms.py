"""What a look at a store finds, well or not."""

from enum import StrEnum

from queuectl_store.values import dataclass


class Level(StrEnum):
    """How a symptom is to be taken."""

    OK = "ok"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Symptom:
    """One thing that was looked at: what was found, and what to do about it.

    Attributes:
        name: A stable name of what was looked at.
    """

    name: str
    level: Level
    text: str
    remedy: str | None = None
