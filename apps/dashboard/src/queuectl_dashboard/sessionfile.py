"""The open sessions of one dashboard in a file, so that they outlive a restart. Digests only."""

import json
import logging
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from queuectl_dashboard import private
from queuectl_dashboard.roles import read_role
from queuectl_dashboard.tokenbook import Grant
from queuectl_store.values import dataclass

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSession:
    """A session as it is kept.

    Attributes:
        ends_at: Seconds of the wall clock since 1970.
        grant: What it was opened with; it is worth as much as that is when it is used.
    """

    ends_at: float
    grant: Grant


class SessionFile:
    """Sessions by the digests of their ids, in a file that only its owner reads."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> dict[bytes, KeptSession]:
        """Return what is kept; nothing where that cannot be believed."""
        try:
            mode = self._path.stat().st_mode
            if os.name != "nt" and mode & (stat.S_IWGRP | stat.S_IWOTH):
                raise PermissionError("others may write to it")
            rows = json.loads(self._path.read_bytes())["sessions"]
            return {bytes.fromhex(row["sha256"]): _kept(row) for row in rows}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, TypeError):
            log.exception("sessions cannot be read", extra={"file": str(self._path)})
            return {}

    def write(self, sessions: Mapping[bytes, KeptSession]) -> None:
        """Keep *sessions* in place of those that were. If that fails they end with the process."""
        rows = [_row(digest, each) for digest, each in sessions.items()]
        try:
            private.replace(self._path, json.dumps({"sessions": rows}).encode())
        except OSError:
            log.exception("sessions cannot be kept", extra={"file": str(self._path)})


def _row(digest: bytes, kept: KeptSession) -> dict[str, Any]:
    grant = kept.grant
    return {
        "sha256": digest.hex(),
        "ends_at": kept.ends_at,
        "name": grant.name,
        "role": grant.role.word,
        "token": grant.digest,
        "created_at": grant.created_at,
    }


def _kept(row: Mapping[str, Any]) -> KeptSession:
    made = row["created_at"]
    grant = Grant(
        name=str(row["name"]),
        role=read_role(row["role"]),
        digest=str(row["token"]),
        created_at=None if made is None else int(made),
    )
    return KeptSession(ends_at=float(row["ends_at"]), grant=grant)
