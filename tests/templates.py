"""New stores, as copies of one: making each anew is most of what a short test does."""

import shutil
from pathlib import Path

from queuectl_store import connect
from tests.postgres import PostgresServer, name_of_database


def sqlite_template(folder: Path) -> Path:
    """Make the store that is copied: one file, for its last user took the log beside it along."""
    path = folder / "template.db"
    connect(str(path)).close()
    assert [each.name for each in folder.iterdir()] == [path.name]
    return path


def copy_of(template: Path, path: Path) -> Path:
    """Copy a SQLite store to *path*, with the permissions that the store gives its file."""
    return Path(shutil.copy(template, path))


def postgres_template(server: PostgresServer) -> str:
    """Make the database that is copied, and return its name."""
    url = server.create_database()
    connect(url).close()
    return name_of_database(url)
