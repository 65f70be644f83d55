"""Which names become labels: people choose them, and a time series of each has its price."""

from collections.abc import Iterable, Mapping
from typing import Generic, TypeVar

CAP = 200
OTHER = "other"

T = TypeVar("T")


class Labels(Generic[T]):
    """At most *cap* names, the first that came, and `other` for all that came later.

    By when they came and not by size: a series must not change its meaning when a queue grows.

    Args:
        since: When each name came; of those that came together the first by name.
    """

    def __init__(self, since: Mapping[str, int], *, cap: int = CAP) -> None:
        names = sorted(since, key=lambda name: (since[name], name))
        own = names if len(names) <= cap else names[: cap - 1]
        self._own = {name: printable(name) for name in own}
        self.folded = len(names) - len(own)

    def of(self, name: str) -> str:
        """Return the label of *name*."""
        return self._own.get(name, OTHER)

    def together(self, values: Iterable[tuple[str, T]]) -> dict[str, list[T]]:
        """Return the values of each label."""
        found: dict[str, list[T]] = {}
        for name, value in values:
            found.setdefault(self.of(name), []).append(value)
        return found


def printable(text: str) -> str:
    """Return *text* as a label: a lone surrogate cannot be written and would fail the scrape."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
