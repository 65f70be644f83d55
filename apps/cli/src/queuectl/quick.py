"""The quick lane: a plain `enqueue` into a SQLite store, with little more than the interpreter.

People call it in loops, and the libraries of the full path are most of what it costs. What is not
certainly plain is left to the full path, as if this had not been tried (decision 20).
"""

import os
import sys
import time
from collections.abc import Callable

from queuectl.folders import own_folder
from queuectl.quickwords import Asked, parse
from queuectl_store import carrier, quick
from queuectl_store.errors import StoreError
from queuectl_store.quick import NotQuick, QuickStore
from queuectl_store.sql.quick_text import DEFAULTS

_SETTINGS_FILE, _PROJECT, _STORE = "queuectl.toml", ".queuectl", "queue.db"
# Of these a value in the store is understood here; any other is a case for the full path.
_READ = ("queue", "max_retries")


def quickly(words: list[str], *, otherwise: Callable[[list[str]], int]) -> int:
    """Do what *words* say if they are a plain `enqueue`, else leave them to *otherwise*."""
    try:
        asked = parse(words)
        job_id, hint = _stored(asked, words)
    except (NotQuick, OSError):  # nothing was stored
        return otherwise(words)
    except _Unknown as unknown:
        return otherwise(unknown.words)
    except (StoreError, KeyboardInterrupt) as error:
        return _failed(error)
    try:
        if asked.is_json:
            _print_document(asked, job_id)
        else:
            _print(job_id, hint)
    except Exception as error:  # noqa: BLE001 the job is stored: the full path must not do it again
        return _failed(error)
    return 0


class _Unknown(Exception):
    """It may be stored; the same words with its key find out."""

    def __init__(self, words: list[str]) -> None:
        super().__init__()
        self.words = words


def _stored(asked: Asked, words: list[str]) -> tuple[int, str | None]:
    """Return the id of the job that was stored, and what to tell a person."""
    folder, file = os.getcwd(), store_file(asked.db)
    _refuse_settings()
    environment = _picked_environment()
    is_plain = quick.is_runnable(asked.words, {**environment, **asked.env})
    if not is_plain or not quick.can_open(file):
        raise NotQuick
    key = f"{os.urandom(12).hex()}.0"
    with QuickStore(file) as store:
        job = _job(asked, folder, store)
        job_id = store.enqueue(job, environment, key=key, now_ms=time.time_ns() // 1_000_000)
        hint = _hint(store, asked, job_id, str(job["queue"]))
        if not store.commit():
            raise _Unknown([*words[: asked.at], "--key", key, *words[asked.at :]])
    return job_id, hint


def _failed(error: BaseException) -> int:
    # Imported here: it knows all failures, and brings the parser of the full path.
    from queuectl.failures import guarded

    def fail() -> int:
        raise error

    return guarded(fail)


def _job(asked: Asked, folder: str, store: QuickStore) -> dict[str, object]:
    settings = {name: text for name, text in store.settings().items() if name in DEFAULTS}
    if set(settings) - set(_READ):
        raise NotQuick
    usual = os.environ.get("QUEUECTL_QUEUE", settings.get("queue", DEFAULTS["queue"]))
    queue = asked.queue or usual
    if not quick.is_plain_name(queue):
        raise NotQuick
    found = store.queue(queue)
    if found is not None and found["settings"] is not None:
        raise NotQuick
    retries = settings.get("max_retries", DEFAULTS["max_retries"])
    if not retries.isdigit() or len(retries) > 5 or not retries.isascii():
        raise NotQuick
    work = {"shell": asked.words[0]} if len(asked.words) == 1 else {"argv": asked.words}
    trace = carrier.carried(os.environ)
    return {
        "queue": queue,
        "priority": asked.priority,
        "state": "held" if asked.hold else "pending",
        "name": asked.name,
        "max_retries": int(retries) if asked.max_retries is None else asked.max_retries,
        "timeout_ms": asked.timeout_ms or None,
        "spec": quick.spec_of(work, cwd=folder, env=asked.env, tags=asked.tags, trace=trace),
    }


def _hint(store: QuickStore, asked: Asked, job_id: int, queue: str) -> str | None:
    """Return what a person at a terminal is told, as the full path tells it."""
    if asked.is_quiet or asked.is_json or not (sys.stdout.isatty() and sys.stderr.isatty()):
        return None
    if asked.hold or store.queue(queue) is not None:
        raise NotQuick
    # Imported here: only a person waits for it.
    from queuectl_store.clock import SystemClock

    boot, now_ms = SystemClock().lease()
    if store.is_served(queue, boot=boot, lease_now=now_ms):
        return f"job {job_id} is pending; `queuectl logs -f {job_id}` follows it"
    return f"job {job_id} waits: no worker serves {queue}; `queuectl worker start` runs it"


def _print(job_id: int, hint: str | None) -> None:
    sys.stdout.write(f"{job_id}\n")
    sys.stdout.flush()
    if hint is not None:
        sys.stderr.write(f"{hint}\n")


def _print_document(asked: Asked, job_id: int) -> None:
    # Imported here: it is most of the start where it is not wanted.
    from queuectl.jobs import documents
    from queuectl.session import GlobalOptions, Session
    from queuectl_store.job import JobId

    session = Session(GlobalOptions(db=asked.db, json=True, quiet=asked.is_quiet))
    try:
        [job] = session.look().reader.find([JobId(job_id)])
        session.terminal.document(documents(session, [job])[0])
        session.terminal.flush()
    finally:
        session.close()


def _picked_environment() -> dict[str, str]:
    # A job that enqueues others has its queue and store in its variables.
    if any(f"QUEUECTL_{name.upper()}" in os.environ for name in DEFAULTS if name != "queue"):
        raise NotQuick
    patterns = DEFAULTS["env_pass"].split()
    begins = tuple(pattern[:-1] for pattern in patterns if pattern.endswith("*"))
    return {
        name: value
        for name, value in os.environ.items()
        if (name in patterns or name.startswith(begins)) and not name.startswith("QUEUECTL_")
    }


def store_file(named: str | None) -> str:
    """Return the file of the store that the full path would choose.

    Raises:
        NotQuick: It is no file, or belongs to another user.
    """
    named = named or os.environ.get("QUEUECTL_DB") or _nearest(_PROJECT, os.path.isdir, _STORE)
    if not named:
        return os.path.join(own_folder("XDG_DATA_HOME", ".local/share"), _STORE)
    scheme, separator, rest = named.partition("://")
    if not separator:
        return os.path.join(os.getcwd(), named)
    if scheme != "sqlite" or not rest:
        raise NotQuick
    return os.path.join(os.getcwd(), rest.removeprefix("/"))


def _refuse_settings() -> None:
    """Leave settings files to the full path, which reads TOML."""
    own = os.path.join(own_folder("XDG_CONFIG_HOME", ".config"), _SETTINGS_FILE)
    if _nearest(_SETTINGS_FILE, os.path.isfile) or os.path.isfile(own):
        raise NotQuick


def _nearest(name: str, is_there: Callable[[str], bool], below: str = "") -> str | None:
    folder = os.getcwd()
    while True:
        place = os.path.join(folder, name)
        if is_there(place):
            if sys.platform != "win32" and os.stat(place).st_uid != os.geteuid():
                raise NotQuick
            return os.path.join(place, below)
        if (parent := os.path.dirname(folder)) == folder:
            return None
        folder = parent
