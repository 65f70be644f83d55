"""What was given out in exchange for a token: sessions for browsers, and one-time codes.

Codes live in memory. Sessions do too where no file is given; with one, the next instance honours
them as long as it knows the token that they were opened with.
"""

import hashlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from queuectl_dashboard.sessionfile import KeptSession, SessionFile
from queuectl_dashboard.tokenbook import Grant
from queuectl_store.values import dataclass

CODE_LIFE_S = 60.0
SESSION_LIFE_S = 12 * 3600.0
SESSION_CAP = 256
# A session that is used is renewed in memory each time, and in the file so often.
KEEP_S = 600.0

Monotonic = Callable[[], float]


@dataclass(frozen=True, slots=True)
class _Session:
    ends: float
    grant: Grant


class Sessions:
    """Open sessions and unspent codes. Keeps digests, not secrets.

    Args:
        file: Where sessions are kept for the next instance; nowhere where it is None.
    """

    def __init__(
        self, file: SessionFile | None = None, *, monotonic: Monotonic = time.monotonic
    ) -> None:
        self._file, self._monotonic = file, monotonic
        self._lock = Lock()
        self._codes: dict[bytes, float] = {}
        self._sessions: OrderedDict[bytes, _Session] = OrderedDict()
        self._keep_at = 0.0
        if file is not None:
            self._read(file)

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

    def start(self, grant: Grant) -> str:
        """Open a session of *grant* and return its id; of many, the one longest unused ends."""
        session = secrets.token_urlsafe(32)
        with self._lock:
            ends = self._monotonic() + SESSION_LIFE_S
            self._sessions[_digest(session.encode())] = _Session(ends, grant)
            if len(self._sessions) > SESSION_CAP:
                self._sessions.popitem(last=False)
            self._keep()
        return session

    def holds(self, session: str, *, renew: bool = True) -> Grant | None:
        """Return what *session* was opened with, and keep it open for another while if *renew*."""
        key, now = _digest(session.encode("utf-8", "replace")), self._monotonic()
        with self._lock:
            found = self._sessions.get(key)
            if found is None or now >= found.ends:
                self._sessions.pop(key, None)
                return None
            if renew:
                self._sessions[key] = _Session(now + SESSION_LIFE_S, found.grant)
                self._sessions.move_to_end(key)
                if now >= self._keep_at:
                    self._keep()
            return found.grant

    def end(self, session: str) -> None:
        """Close *session*."""
        with self._lock:
            if self._sessions.pop(_digest(session.encode("utf-8", "replace")), None):
                self._keep()

    def _read(self, file: SessionFile) -> None:
        now, wall = self._monotonic(), time.time()
        kept = sorted(file.read().items(), key=lambda pair: pair[1].ends_at)
        for digest, each in kept[-SESSION_CAP:]:
            # Never longer than a new one, wherever the wall clock was set meanwhile.
            left = min(each.ends_at - wall, SESSION_LIFE_S)
            if left > 0:
                self._sessions[digest] = _Session(now + left, each.grant)

    def _keep(self) -> None:
        if self._file is None:
            return
        now, wall = self._monotonic(), time.time()
        self._keep_at = now + KEEP_S
        self._file.write(
            {
                digest: KeptSession(ends_at=wall + each.ends - now, grant=each.grant)
                for digest, each in self._sessions.items()
                if each.ends > now
            }
        )


def _digest(secret: bytes) -> bytes:
    return hashlib.sha256(secret).digest()
