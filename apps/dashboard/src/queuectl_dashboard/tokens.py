"""Which token a caller shows, and the brake on guessing one."""

import hmac
import time
from collections import OrderedDict
from collections.abc import Callable
from enum import Enum, auto
from threading import Lock

from queuectl_dashboard.tokenbook import Grant, TokenBook, digest_of
from queuectl_store.values import dataclass

GUESSES = 10
GUESS_WINDOW_S = 60.0
ADDRESS_CAP = 1024

Monotonic = Callable[[], float]


class Verdict(Enum):
    """What a shown token is worth, where it is not a good one."""

    WRONG = auto()
    BLOCKED = auto()


class TokenCheck:
    """Compares what callers show with the tokens that there are."""

    def __init__(self, book: TokenBook, *, monotonic: Monotonic = time.monotonic) -> None:
        self.book = book
        self._throttle = Throttle(monotonic=monotonic)

    def check(self, secret: bytes, *, address: str) -> Grant | Verdict:
        """Judge *secret*, shown from *address*, in constant time; a wrong one is remembered."""
        found = self._found(digest_of(secret))
        if self._throttle.is_blocked(address, right=found is not None):
            return Verdict.BLOCKED
        if found is not None:
            return found
        self._throttle.note_wrong(address, secret)
        return Verdict.WRONG

    def _found(self, digest: str) -> Grant | None:
        found = None
        for grant in self.book.all():  # all of them, whichever it is
            if hmac.compare_digest(grant.digest, digest):
                found = grant
        return found


@dataclass(frozen=True, slots=True)
class _Wrong:
    at: float
    digest: str


class Throttle:
    """Ten wrong tokens a minute from one address, then none is looked at.

    A right token still passes while the wrong ones repeat one another: a forgotten scraper that
    sends an old token guesses nothing, and must not lock its neighbours out.
    """

    def __init__(self, *, monotonic: Monotonic = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = Lock()
        self._wrong: OrderedDict[str, list[_Wrong]] = OrderedDict()

    def is_blocked(self, address: str, *, right: bool) -> bool:
        """Tell whether a caller at *address* that shows a *right* or wrong token has to wait."""
        with self._lock:
            recent = self._recent(address)
        guesses = len({wrong.digest for wrong in recent}) if right else len(recent)
        return guesses >= GUESSES

    def note_wrong(self, address: str, secret: bytes) -> None:
        """Count a wrong token."""
        with self._lock:
            recent = self._recent(address)
            self._wrong[address] = [*recent, _Wrong(self._monotonic(), digest_of(secret))]
            self._wrong.move_to_end(address)
            if len(self._wrong) > ADDRESS_CAP:
                self._wrong.popitem(last=False)

    def _recent(self, address: str) -> list[_Wrong]:
        since = self._monotonic() - GUESS_WINDOW_S
        return [wrong for wrong in self._wrong.get(address, ()) if wrong.at > since]
