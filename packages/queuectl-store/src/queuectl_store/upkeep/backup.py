"""A backup of a live store: one SQLite file, complete or not there.

It is written beside its target, checked, forced to the disk and only then given its name. The
file that is opened here is the copy; the store's own is touched by SQLite alone.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from queuectl_store.database import Database
from queuectl_store.engines.engine import Engine
from queuectl_store.errors import CopyRefused, StoreDamaged, StoreUnreachable
from queuectl_store.upkeep.part import Part, remove_abandoned

if TYPE_CHECKING:
    from queuectl_store.upkeep.copying import OnProgress


def backup(database: Database, target: Path, *, replace: bool, on_progress: "OnProgress") -> int:
    """Write everything in *database* into *target*; return its size in bytes.

    Of a server it is a copy into SQLite, from one state, rows and ids and all; `copy` brings
    either kind back.

    Raises:
        CopyRefused: There is a file already, and *replace* is not set.
        StoreDamaged: The copy fails SQLite's integrity check; there is no backup.
        StoreUnreachable: It cannot be written.
    """
    target = target.absolute()
    _refuse_own(database.engine, target)
    if target.exists() and not replace:
        raise CopyRefused(f"{target} exists already; give another name, or --force to replace it")
    remove_abandoned(target.parent)
    try:
        with Part(target) as part:
            _write(database, part, on_progress)
            _force(part)
            _give_name(part, target, replace=replace)
    except OSError as error:
        raise StoreUnreachable(
            f"cannot write the backup {target}: {error.strerror}; name another place for it"
        ) from error
    return target.stat().st_size


def _write(database: Database, part: Path, on_progress: "OnProgress") -> None:
    if not database.engine.care.backup(part):
        # What copies between databases brings SQLAlchemy; SQLite copies by itself.
        from queuectl_store.upkeep.copying import copy

        with _opened(part, migrated=True) as new:
            copy(database, new, is_live=True, on_progress=on_progress)
    with _opened(part, migrated=False) as new, new.read() as connection:
        if wrong := new.engine.care.integrity(connection):
            raise StoreDamaged(f"the backup fails SQLite's check and was not kept: {wrong[0]}")


class _opened:  # noqa: N801  # a context manager
    """A store in the file *path* for the time of a block."""

    def __init__(self, path: Path, *, migrated: bool) -> None:
        from queuectl_store.clock import SystemClock
        from queuectl_store.engines.sqlite import SqliteEngine

        engine = SqliteEngine(path, clock=SystemClock(), durability="normal", create=False)
        self._database, self._migrated = Database(engine), migrated

    def __enter__(self) -> Database:
        from queuectl_store.migrate import migrate

        if self._migrated:
            migrate(self._database)
        return self._database

    def __exit__(self, *_: object) -> None:
        # The last connection to close folds the write-ahead log into the file.
        self._database.engine.close()


def _force(path: Path) -> None:
    # SQLite syncs the file but never its folder, and of a backup not always the file.
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _give_name(part: Path, target: Path, *, replace: bool) -> None:
    if replace:
        part.replace(target)
    else:
        try:
            os.link(part, target)  # unlike a rename, it never replaces what came meanwhile
        except FileExistsError as error:
            raise CopyRefused(f"{target} was made by another program meanwhile") from error
    _force_folder(target.parent)


def _force_folder(folder: Path) -> None:
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _refuse_own(engine: Engine, target: Path) -> None:
    if engine.path is None:
        return
    own = {Path(f"{engine.path}{end}").resolve() for end in ("", "-wal", "-shm")}
    if target.resolve() in own:
        raise CopyRefused(f"{target} is the store itself; give the backup another name")
