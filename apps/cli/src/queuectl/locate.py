"""Where the store and the settings files are. Looks at the file system; opens nothing."""

import os
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from queuectl.exits import CommandError, Exit
from queuectl.folders import own_folder
from queuectl_store.values import dataclass

PROJECT_FOLDER = ".queuectl"
STORE_FILE = "queue.db"
SETTINGS_FILE = "queuectl.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreAddress:
    """A store's URL or path, and what named it; *is_named*: a person typed it."""

    url: str
    origin: str
    is_named: bool = False


def find_store(*, option: str | None, environ: Mapping[str, str], cwd: Path) -> StoreAddress:
    """Choose the store: `--db`, `QUEUECTL_DB`, the nearest `.queuectl/`, the user's data folder.

    Raises:
        CommandError: The nearest `.queuectl/` belongs to another user.
    """
    if option:
        return StoreAddress(url=option, origin="command line", is_named=True)
    if named := environ.get("QUEUECTL_DB"):
        return StoreAddress(url=named, origin="QUEUECTL_DB", is_named=True)
    for folder in _upward(cwd):
        project = folder / PROJECT_FOLDER
        if project.is_dir():
            _check_owner(project, remedy="name it with --db to use it all the same")
            return StoreAddress(url=str(project / STORE_FILE), origin=str(project))
    return StoreAddress(url=str(user_data_folder() / STORE_FILE), origin="default")


def find_settings_files(*, cwd: Path) -> list[Path]:
    """Return the settings files that apply: the nearest upward from *cwd*, then the user's own."""
    found = []
    for folder in _upward(cwd):
        file = folder / SETTINGS_FILE
        if file.is_file():
            _check_owner(file, remedy="copy it to use it")
            found.append(file)
            break
    own = user_settings_file()
    if own.is_file() and own not in found:
        found.append(own)
    return found


def without_password(url: str) -> str:
    """Return a store's address fit for printing."""
    # Up to the last @: a password may hold one.
    hidden = re.sub(r"(://[^:/@]*):.*@", r"\1:***@", url)
    return re.sub(r"([?&]password=)[^&]*", r"\1***", hidden)


def user_data_folder() -> Path:
    """Return the folder of the store that needs no set-up."""
    return Path(own_folder("XDG_DATA_HOME", ".local/share"))


def user_settings_file() -> Path:
    """Return where a person keeps settings for all projects."""
    return Path(own_folder("XDG_CONFIG_HOME", ".config")) / SETTINGS_FILE


def user_log_folder() -> Path:
    """Return where the traceback of a defect goes."""
    # Imported here: it is half of what a command starts with.
    import platformdirs

    return platformdirs.user_log_path("queuectl", appauthor=False)


def _upward(folder: Path) -> Iterator[Path]:
    yield folder
    yield from folder.parents


def _check_owner(path: Path, *, remedy: str) -> None:
    # A store names commands to run: one planted in a shared folder such as /tmp must not be taken
    # for the user's own (the same trap as Git's safe.directory).
    if sys.platform == "win32" or path.stat().st_uid == os.geteuid():
        return
    raise CommandError(f"{str(path)!r} belongs to another user; {remedy}", code=Exit.UNREACHABLE)
