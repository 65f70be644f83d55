"""What was given out in exchange for the token: sessions for browsers, and one-time codes.

All of it lives in memory: another instance, or the next one, honours none of it.
"""

import hashlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

CODE_LIFE_S = 60.0
SESSION_LIFE_S = 12 * 3600.0
SESSION_CAP = 256

Monotonic = Callable[[], float]


class Sessions:
    """Open sessions and unspent codes. Keeps digests, not secrets."""

    def __init__(self, *, monotonic: Monotonic = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = Lock()
        self._codes: dict[bytes, float] = {}
        self._sessions: OrderedDict[bytes, float] = OrderedDict()

    def new_code(self) -> str:
        """Make a code that opens one session within a minute."""
        code = secrets.token_urlsafe(24)
        with self._lock:
            self._codes[_digest(code.encode())] = self._monotonic() + CODE_LIFE_S
        return code

    def use_code(self, code: bytes) -> bool:
        """Spend *code*; False when it is unknown, spent or too old."""
        with self._lock:
            ends = self._codes.pop(_digest(code), 0.0)
        return self._monotonic() < ends

    def start(self) -> str:
        """Open a session and return its id; when there are many, the one longest unused ends."""
        session = secrets.token_urlsafe(32)
        with self._lock:
            self._sessions[_digest(session.encode())] = self._monotonic() + SESSION_LIFE_S
            if len(self._sessions) > SESSION_CAP:
                self._sessions.popitem(last=False)
        return session

    def holds(self, session: str) -> bool:
        """Tell whether *session* is open, and keep it open for another while."""
        key, now = _digest(session.encode("utf-8", "replace")), self._monotonic()
        with self._lock:
            if now >= self._sessions.get(key, 0.0):
                self._sessions.pop(key, None)
                return False
            self._sessions[key] = now + SESSION_LIFE_S
            self._sessions.move_to_end(key)
            return True

    def end(self, session: str) -> None:
        """Close *session*."""
        with self._lock:
            self._sessions.pop(_digest(session.encode("utf-8", "replace")), None)


def _digest(secret: bytes) -> bytes:
    return hashlib.sha256(secret).digest()
