"""The token that opens the dashboard, and the brake on guessing it."""

import hashlib
import hmac
import time
from collections import OrderedDict
from collections.abc import Callable
from enum import Enum, auto
from threading import Lock

GUESSES = 10
GUESS_WINDOW_S = 60.0
ADDRESS_CAP = 1024

Monotonic = Callable[[], float]


class Verdict(Enum):
    """What a shown token is worth."""

    RIGHT = auto()
    WRONG = auto()
    BLOCKED = auto()


class TokenCheck:
    """Compares what callers show with the token; keeps its digest, not the token."""

    def __init__(self, token: str, *, monotonic: Monotonic = time.monotonic) -> None:
        self._token = _digest(token.encode())
        self._throttle = Throttle(monotonic=monotonic)

    def check(self, secret: bytes, *, address: str) -> Verdict:
        """Judge *secret*, shown from *address*, in constant time; a wrong one is remembered."""
        right = hmac.compare_digest(_digest(secret), self._token)
        if self._throttle.is_blocked(address, right=right):
            return Verdict.BLOCKED
        if right:
            return Verdict.RIGHT
        self._throttle.note_wrong(address, secret)
        return Verdict.WRONG


class Throttle:
    """Ten wrong tokens a minute from one address, then none is looked at.

    A right token still passes while the wrong ones repeat one another: a forgotten scraper that
    sends an old token guesses nothing, and must not lock its neighbours out.
    """

    def __init__(self, *, monotonic: Monotonic = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = Lock()
        self._wrong: OrderedDict[str, list[tuple[float, bytes]]] = OrderedDict()

    def is_blocked(self, address: str, *, right: bool) -> bool:
        """Tell whether a caller at *address* that shows a *right* or wrong token has to wait."""
        with self._lock:
            recent = self._recent(address)
        guesses = len({digest for _, digest in recent}) if right else len(recent)
        return guesses >= GUESSES

    def note_wrong(self, address: str, secret: bytes) -> None:
        """Count a wrong token."""
        with self._lock:
            recent = self._recent(address)
            self._wrong[address] = [*recent, (self._monotonic(), _digest(secret))]
            self._wrong.move_to_end(address)
            if len(self._wrong) > ADDRESS_CAP:
                self._wrong.popitem(last=False)

    def _recent(self, address: str) -> list[tuple[float, bytes]]:
        since = self._monotonic() - GUESS_WINDOW_S
        return [wrong for wrong in self._wrong.get(address, ()) if wrong[0] > since]


def _digest(secret: bytes) -> bytes:
    return hashlib.sha256(secret).digest()
