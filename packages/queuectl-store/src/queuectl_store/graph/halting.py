"""When a group stops by itself: `soon` or `now`, after so many of its jobs. Pure."""

import re
from enum import StrEnum

from queuectl_store.errors import InvalidJob
from queuectl_store.values import dataclass

_TEXT = re.compile(r"(soon|now),(fail|success|done)=(\d{1,9})(%?)")


class HaltOn(StrEnum):
    """Which members count: dead ones, succeeded ones, or all that have ended."""

    FAIL = "fail"
    SUCCESS = "success"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Halt:
    """Cancel what waits of a group once *count* of its members have ended so.

    Attributes:
        now: Stop the running ones too; otherwise they end as they will.
        is_percent: *count* is a share of the members that the group has by then; it is
            judged once the group is sealed.
    """

    on: HaltOn
    count: int
    now: bool = False
    is_percent: bool = False

    def __str__(self) -> str:
        when, sign = "now" if self.now else "soon", "%" if self.is_percent else ""
        return f"{when},{self.on}={self.count}{sign}"

    def is_reached(self, count: int, members: int) -> bool:
        """Tell whether *count* of *members* are enough."""
        if self.is_percent:
            return count > 0 and count * 100 >= self.count * members
        return count >= self.count


def parse_halt(text: str) -> Halt:
    """Read `soon,fail=3`, `now,success=1`, `soon,done=50%`.

    Raises:
        InvalidJob: It is none of these.
    """
    found = _TEXT.fullmatch(text.strip())
    count = int(found[3]) if found else 0
    if not found or count < 1 or (found[4] and count > 100):
        raise InvalidJob(
            f"{text[:100]!r} does not say when to halt;"
            " write soon or now, then fail, success or done with a number or percentage:"
            " soon,fail=3 or now,done=50%"
        )
    return Halt(on=HaltOn(found[2]), count=count, now=found[1] == "now", is_percent=bool(found[4]))
