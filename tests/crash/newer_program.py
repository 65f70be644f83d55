"""The command line of a version to come: this one, with one more migration.

`python -m tests.crash.newer_program FOLDER WORD…`; FOLDER holds the migration, NUMBER.py.
"""

import sys
from pathlib import Path

import alembic.config

from queuectl.app import main
from queuectl_store import schema


class WithOneMore(alembic.config.Config):
    """Finds the migrations of the program, and those in FOLDER."""

    folder = ""

    def set_main_option(self, name: str, value: str) -> None:
        super().set_main_option(name, value)
        if name == "script_location":
            super().set_main_option("path_separator", "newline")
            super().set_main_option("version_locations", f"{value}/versions\n{self.folder}")


if __name__ == "__main__":
    WithOneMore.folder = sys.argv.pop(1)
    alembic.config.Config = WithOneMore  # type: ignore[misc]
    (migration,) = Path(WithOneMore.folder).glob("*.py")
    schema.HEAD = migration.stem
    main()
