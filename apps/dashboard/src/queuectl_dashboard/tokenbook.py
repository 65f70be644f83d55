"""The tokens that were made for people and programs, with what each may do. Keeps digests only."""

import hashlib
import json
import logging
import os
import re
import secrets
import stat
import time
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from types import MappingProxyType

from queuectl_dashboard import private
from queuectl_dashboard.roles import Role, read_role
from queuectl_store.values import dataclass

log = logging.getLogger(__name__)

_NAME = re.compile(r"\w[\w.@:-]{0,59}")
_MOST = 200
# A token that another dashboard of the store took back is good for so long here.
_LOOK_S = 1.0


class BadToken(ValueError):
    """No token may be made of that name, or none has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a token gives. Two of one name are different if the token was made anew.

    Attributes:
        digest: Of the token, in hexadecimal.
        created_at: UTC milliseconds; None of the token that the dashboard began with.
    """

    name: str
    role: Role
    digest: str
    created_at: int | None = None


def digest_of(secret: bytes) -> str:
    """Return what is kept in place of a token: it is long and random, and needs no salt."""
    return hashlib.sha256(secret).hexdigest()


class TokenBook:
    """The tokens in one file, which several dashboards of a store may share.

    Args:
        path: The file; it need not exist.
        first: The token that the dashboard began with, which is in no file.
    """

    def __init__(self, path: Path, first: Grant) -> None:
        self._path, self._first = path, first
        self._lock = Lock()
        self._stamp: tuple[int, int] | None = None
        self._looked_at = -_LOOK_S
        self._grants: Mapping[str, Grant] = MappingProxyType({})

    def all(self) -> list[Grant]:
        """Return every token there is, the first one included."""
        return [self._first, *self._current().values()]

    def holds(self, grant: Grant) -> bool:
        """Tell whether *grant* is one of a token that is still good."""
        return grant == self._first or self._current().get(grant.name) == grant

    def make(self, name: str, role: Role) -> tuple[str, Grant]:
        """Make a token and return it, the only time that anybody sees it.

        Raises:
            BadToken: The name is taken or not usable, or there are too many.
            OSError: It cannot be kept.
        """
        if not _NAME.fullmatch(name):
            raise BadToken("a token's name is 1 to 60 letters, digits, _ . @ : or -")
        secret = secrets.token_urlsafe(32)
        created_at = time.time_ns() // 1_000_000
        grant = Grant(
            name=name, role=role, digest=digest_of(secret.encode()), created_at=created_at
        )
        with self._lock:
            there = self._read()
            if name in there or name == self._first.name:
                raise BadToken(f"there is a token {name!r} already; delete it first")
            if len(there) >= _MOST:
                raise BadToken(f"there are {_MOST} tokens already; delete some first")
            self._write({**there, name: grant})
        return secret, grant

    def remove(self, name: str) -> None:
        """Take a token back: it opens nothing from now on, and what it opened is closed.

        Raises:
            BadToken: There is none of that name that can be taken back.
            OSError: That cannot be kept.
        """
        with self._lock:
            there = dict(self._read())
            if there.pop(name, None) is None:
                raise BadToken(f"there is no token {name[:60]!r} that can be deleted")
            self._write(there)

    def _current(self) -> Mapping[str, Grant]:
        now = time.monotonic()
        with self._lock:
            if now - self._looked_at >= _LOOK_S:
                self._looked_at = now
                self._grants = self._read()
            return self._grants

    def _read(self) -> Mapping[str, Grant]:
        try:
            about = self._path.stat()
        except FileNotFoundError:
            self._stamp = None
            return MappingProxyType({})
        stamp = about.st_mtime_ns, about.st_size
        if stamp != self._stamp:
            self._grants, self._stamp = _grants(self._path, about.st_mode), stamp
        return self._grants

    def _write(self, grants: Mapping[str, Grant]) -> None:
        rows = [
            {
                "name": grant.name,
                "role": grant.role.word,
                "sha256": grant.digest,
                "created_at": grant.created_at,
            }
            for grant in grants.values()
        ]
        private.replace(self._path, json.dumps({"tokens": rows}, indent=1).encode())
        self._grants, self._stamp = MappingProxyType(dict(grants)), None


def _grants(path: Path, mode: int) -> Mapping[str, Grant]:
    """Read the tokens in *path*. One that others could have written to gives nobody anything."""
    if os.name != "nt" and mode & (stat.S_IWGRP | stat.S_IWOTH):
        log.error("tokens are not read: others may write to the file", extra={"file": str(path)})
        return MappingProxyType({})
    try:
        rows = json.loads(path.read_bytes())["tokens"]
        return MappingProxyType({row["name"]: _grant(row) for row in rows})
    except (OSError, ValueError, KeyError, TypeError):
        log.exception("tokens cannot be read", extra={"file": str(path)})
        return MappingProxyType({})


def _grant(row: Mapping[str, str]) -> Grant:
    return Grant(
        name=row["name"],
        role=read_role(row["role"]),
        digest=row["sha256"],
        created_at=int(row["created_at"]),
    )
