"""When a task process has done its time; it finds out itself, after each run."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Recycling:
    """When a task process is replaced by a new one, after the run that it has.

    Attributes:
        runs: After so many.
        rss: Once it has grown to so many bytes.
        age_s: Once it is so old.
    """

    runs: int | None = None
    rss: int | None = None
    age_s: float | None = None

    def is_due(self, *, runs: int, rss: int, age_s: float) -> bool:
        """Tell whether a process of that many runs, bytes and seconds has done its time."""
        return (
            (self.runs is not None and runs >= self.runs)
            or (self.rss is not None and rss >= self.rss)
            or (self.age_s is not None and age_s >= self.age_s)
        )
