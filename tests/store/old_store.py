"""Stores as the programs of earlier schemas left them.

`schemas/NNNN.sql` holds the rows that the program of that schema wrote (the newest commit with it);
the tables are made by the migrations up to it, which are never edited once released.
"""

import re
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from queuectl_store import migrate
from tests.store.schema import opened

FOLDER = Path(__file__).with_name("schemas")
VERSIONS = sorted(path.stem for path in FOLDER.glob("*.sql"))
_NUMBERED = ("jobs", "events", "workers", "environments", "groups")


def make_old_store(url: str, version: str) -> None:
    """Put a store of schema *version* into the empty database of *url*."""
    with opened(url) as connection:
        config = Config()
        folder = Path(migrate.__file__).with_name("migrations")
        config.set_main_option("script_location", str(folder))
        config.attributes["connection"] = connection
        command.upgrade(config, version)
        for statement in statements(version):
            connection.execute(sa.text(statement))
        if connection.dialect.name == "postgresql":
            made = sa.inspect(connection).get_table_names()
            for table in (each for each in _NUMBERED if f"queuectl_{each}" in made):
                text = "SELECT setval('queuectl_{0}_id_seq', (SELECT max(id) FROM queuectl_{0}))"
                connection.exec_driver_sql(text.format(table))


def statements(version: str) -> list[str]:
    """The inserts of a dump; what looks like a parameter is text."""
    text = (FOLDER / f"{version}.sql").read_text("utf-8").partition("\n")[2]
    return [re.sub(r"(?<!\\):", r"\\:", each) for each in text.split(";\n") if each.strip()]
