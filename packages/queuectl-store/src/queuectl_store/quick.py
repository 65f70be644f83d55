"""One plain job into a SQLite store that is there, by the standard library alone.

For programs whose start is most of what they cost. It takes only what is certainly right, does what
`Store.enqueue` does with the same statements, and leaves everything else to it (decision 20).
"""

import contextlib
import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence

from queuectl_store.bell import JOBS, ring
from queuectl_store.engines.openable import can_open as can_open
from queuectl_store.engines.sqlite_setup import begin_write, set_up
from queuectl_store.sql import quick_text as sql

# Inside what spec.py accepts, with room for what JSON makes of a character.
_LONGEST_NAME = 100
_LONGEST_TEXT = 1_000
_LARGEST = 50_000

Job = Mapping[str, object]


class NotQuick(Exception):
    """This is a case for the full path; nothing was stored."""


class QuickStore:
    """A store that is open, in a transaction that has the write lock, while the block runs.

    Until `commit` any fault of the database ends the block as NotQuick: the full path meets the
    same one and explains it.

    Raises:
        NotQuick: The file is no store in WAL mode with the schema of this program.
        StoreBusy: Another process kept the lock for 10 s.
    """

    def __init__(self, file: str) -> None:
        self._file = file

    def __enter__(self) -> "QuickStore":  # noqa: PYI034 typing costs a start too much
        try:
            self._connection = sqlite3.connect(self._file, timeout=0.0, isolation_level=None)
        except sqlite3.Error as error:
            raise NotQuick from error
        try:
            self._begin()
        except BaseException as error:
            self.__exit__(type(error), error, None)
            raise
        return self

    def __exit__(self, _kind: object, error: object, _trace: object) -> None:
        with contextlib.suppress(sqlite3.Error):
            self._connection.close()
        if isinstance(error, sqlite3.Error):
            raise NotQuick from error

    def enqueue(self, job: Job, environment: Mapping[str, str], *, key: str, now_ms: int) -> int:
        """Store *job* in the transaction and return its id.

        Args:
            job: queue, priority, state, name, max_retries, timeout_ms and spec, as ENQUEUE
                takes them.

        Raises:
            NotQuick: The queue takes no new jobs.
        """
        row = {
            **job,
            "n": 0,
            "key": key,
            "slots": 1,
            "guarded": 0,
            "environment_id": self._environment_id(environment),
        }
        new = {"new_jobs": json.dumps([row]), "now": now_ms}
        stored = self._connection.execute(sql.ENQUEUE, new).fetchone()
        if stored is None:
            raise NotQuick
        event = {"job_id": stored[0], "verb": "enqueue", "state": stored[2], "attempt": 0}
        moves = {"moves": json.dumps([event]), "now": now_ms}
        self._connection.execute(sql.WRITE_EVENTS, moves)
        count = {"queue": job["queue"], "verb": "enqueue", "target": stored[2], "n": 1}
        self._connection.execute(sql.TALLY, {"tally": json.dumps([count]), "now": now_ms})
        return int(stored[0])

    def settings(self) -> dict[str, str]:
        """Return what was set in the store."""
        return dict(self._connection.execute(sql.SETTINGS))

    def queue(self, name: str) -> dict[str, object] | None:
        """Return what was set for a queue; None if nothing was."""
        return next(self._rows(sql.QUEUE, {"of": name}), None)

    def is_served(self, queue: str, *, boot: str, lease_now: int) -> bool:
        """Tell whether a worker that takes jobs serves *queue*, as `reasons.reason` does."""
        values = {"boot": boot, "lease_now": lease_now, "param_1": 1, "param_2": 0}
        return any(
            worker["state"] == "running"
            and (worker["queues"] is None or queue in json.loads(str(worker["queues"])))
            for worker in self._rows(sql.LIVE_WORKERS, values)
        )

    def commit(self) -> bool:
        """Commit, and wake who waits; False if nobody can tell whether it was committed.

        Raises:
            StoreError: As `Store.enqueue`.
        """
        try:
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            return self._explain(error)
        if hasattr(os, "mkfifo"):
            ring(f"{self._file}.wake", JOBS)
        return True

    def _begin(self) -> None:
        if self._connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
            raise NotQuick
        set_up(self._connection, "full", reads_only=False)
        begin_write(self._connection)
        if self._connection.execute(sql.SCHEMA_VERSION).fetchall() != [(sql.HEAD,)]:
            raise NotQuick

    def _rows(self, text: str, values: Mapping[str, object]) -> Iterator[dict[str, object]]:
        found = self._connection.execute(text, values)
        names = [column[0] for column in found.description]
        return (dict(zip(names, row, strict=True)) for row in found)

    def _explain(self, error: sqlite3.Error) -> bool:
        # Imported here: commits do not fail.
        from pathlib import Path

        from queuectl_store.engines.sqlite_faults import translate
        from queuectl_store.errors import OutcomeUnknown

        fault = translate(error, Path(self._file), committing=True)
        if isinstance(fault, OutcomeUnknown):
            return False
        raise fault from error

    def _environment_id(self, variables: Mapping[str, str]) -> int:
        body = json.dumps(dict(sorted(variables.items())), separators=(",", ":"))
        digest = hashlib.sha256(body.encode()).hexdigest()
        found = self._connection.execute(sql.ENVIRONMENT_ID, {"of": digest}).fetchone()
        if found is None:
            values = {"digest": digest, "body": body}
            found = self._connection.execute(sql.ADD_ENVIRONMENT, values).fetchone()
        return int(found[0])


def spec_of(
    work: Mapping[str, object],
    *,
    cwd: str,
    env: Mapping[str, str],
    tags: Mapping[str, str],
    trace: Mapping[str, str],
) -> str:
    """Return the text of a spec, as `spec.encode` writes it.

    Args:
        work: `argv` or `shell`.
        trace: Headers, as `carrier.carried` returns them.
    """
    fields = {**work, "cwd": cwd}
    for name, texts in (("env", env), ("tags", tags), ("trace", trace)):
        if texts:
            fields[name] = dict(texts)
    return json.dumps(fields, separators=(",", ":"))


def is_plain_name(name: str) -> bool:
    """Tell whether *name* is certainly a queue's."""
    letters = name.replace("-", "").replace("_", "")
    return (
        len(name) <= _LONGEST_NAME and name.isascii() and name[:1].isalnum() and letters.isalnum()
    )


def is_plain_text(text: str) -> bool:
    """Tell whether *text* certainly is a name or tag that both databases hold as it is."""
    return 0 < len(text) <= _LONGEST_TEXT and text.isascii() and text.isprintable()


def is_runnable(words: Sequence[str], variables: Mapping[str, str]) -> bool:
    """Tell whether a program can certainly be given *words* and *variables*."""
    texts = [*words, *variables, *variables.values()]
    size = sum(map(len, texts))
    is_clean = not any("\0" in text for text in texts)
    return bool(words[0].strip()) and "" not in variables and size <= _LARGEST and is_clean
