"""Who did what through this dashboard, when, from where: one line of JSON an action.

It is in a file of the owner's, not in the store: what a job or a worker may write to, it may
rewrite, and an action on a store that is full or gone is told of too.
"""

import json
import logging
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from threading import Lock
from typing import Any

from queuectl_dashboard import private
from queuectl_store.values import dataclass

MOST_BYTES = 8 * 1024 * 1024
LONGEST_DETAIL = 2_000

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One action.

    Attributes:
        who: The name of the token.
        action: The name of the API's operation, or `login` and the like.
        target: The address that was asked.
        status: How it was answered.
        detail: What was asked for, without what is secret.
    """

    who: str
    role: str
    address: str
    action: str
    target: str
    status: int
    detail: Any = None


class Audit:
    """The log. When it is full it begins anew, and the one before it is kept."""

    def __init__(self, path: Path, *, most_bytes: int = MOST_BYTES) -> None:
        self._path, self._most_bytes = path, most_bytes
        self._lock = Lock()
        self._last = 0

    def note(self, deed: Deed) -> None:
        """Write *deed* down. An action that was done is not undone if that fails; it is logged."""
        with self._lock:
            # Microseconds, and never twice the same: the place of a line in the log.
            self._last = max(self._last + 1, time.time_ns() // 1_000)
            line = json.dumps({"id": self._last, **_fields(deed)}).encode() + b"\n"
            try:
                self._turn_over()
                private.append(self._path, line)
            except OSError:
                log.exception("audit log cannot be written", extra={"line": line.decode()})

    def newest(self, *, limit: int, before: int | None = None) -> list[dict[str, Any]]:
        """Return up to *limit* lines, newest first, those with ids under *before*."""
        found: list[dict[str, Any]] = []
        for row in self._backwards():
            if before is None or row["id"] < before:
                found.append(row)
            if len(found) == limit:
                break
        return found

    def _backwards(self) -> Iterator[dict[str, Any]]:
        for path in (self._path, self._former):
            try:
                lines = path.read_bytes().splitlines()
            except FileNotFoundError:
                continue
            for line in reversed(lines):
                try:
                    yield json.loads(line)
                except ValueError:  # the end of a line that a full disk cut
                    log.warning("audit log has a broken line", extra={"file": str(path)})

    @property
    def _former(self) -> Path:
        return self._path.with_name(self._path.name + ".1")

    def _turn_over(self) -> None:
        if self._path.exists() and self._path.stat().st_size > self._most_bytes:
            self._path.replace(self._former)


def _fields(deed: Deed) -> Mapping[str, Any]:
    detail = deed.detail
    if detail is not None and len(text := json.dumps(detail)) > LONGEST_DETAIL:
        detail = text[:LONGEST_DETAIL] + "…"
    return {
        "who": deed.who,
        "role": deed.role,
        "address": deed.address,
        "action": deed.action,
        "target": deed.target[:500],
        "status": deed.status,
        "detail": detail,
    }
