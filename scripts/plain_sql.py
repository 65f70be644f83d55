#!/usr/bin/env python3
"""Write the statements for a SQLite store as text, for the standard library alone.

Run it in the environment: `.venv/bin/python scripts/plain_sql.py`. A test compares the files with
what this program would write.
"""

from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from queuectl_store.sql.parameters import parameters
from queuectl_store.sql.rows import KeptBatch
from queuectl_store.sql.statement import MORE

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "packages/queuectl-store/src/queuectl_store/sql/plain"
MODULES = (
    *(
        "admin",
        "checks",
        "claim",
        "dead",
        "enqueue",
        "feed",
        "filters",
        "gauges",
        "groups",
        "hooks",
        "hot",
        "limits",
    ),
    *("outlook", "output", "prune", "queues", "read", "relations", "replays", "rollups"),
    *("schedules", "sizes", "stats", "stories", "unique", "upkeep", "why"),
)
# Those that conditions may be added to.
OPEN = {"read:PAGE", "dead:GROUPS", "dead:MEMBERS", "dead:IDS"}
# Others are made of them, and nobody runs them.
BASES = {"read:JOBS", "dead:JOBS"}
# Made for literals: of one, and of several.
MADE = {"filters:STATE": ("?",), "filters:STATES": ("?", "?")}
# What the store gives to the inserts that take their columns from the call.
COLUMNS = {
    "admin:ADD_SETTING": "name value",
    "upkeep:ADD_ENVIRONMENT": "digest body",
    "feed:ADD_PRUNED": "name tx id",
    "queues:ADD_RESOURCE": "name capacity",
    "hooks:ADD": "name rule job url secret allow_private created_at tx event_id",
    "schedules:ADD": ("name cron every_ms tz job missed window_ms overlap next_at created_at"),
}
INTRODUCTION = '''\
"""The statements of {module}.py by name and text; written by `scripts/plain_sql.py`."""

from queuectl_store.sql.statement import {imported}
'''


def pages() -> dict[str, str]:
    """Return the text of each module by its name."""
    return {f"{module}.py": _page(module) for module in MODULES}


def _page(module: str) -> str:
    entries = list(_entries(module))
    has_kept = any(" = Kept(" in entry for entry in entries)
    imported = "Kept, Statement" if has_kept else "Statement"
    return "\n".join([INTRODUCTION.format(module=module, imported=imported), *entries])


def _entries(module: str) -> Iterator[str]:
    found = import_module(f"queuectl_store.sql.{module}")
    for name, value in vars(found).items():
        place = f"{module}:{name}"
        if not name.isupper() or place in BASES:
            continue
        if isinstance(value, KeptBatch):
            yield f'{name} = Kept("{value.name}", {tuple(value.columns.keys())})\n'
        elif place in MADE:
            yield f"{name} = {written(place, value(*MADE[place]))}\n"
        elif isinstance(value, sa.Executable) or (
            module == "filters" and isinstance(value, sa.ColumnElement)
        ):
            yield f"{name} = {written(place, value)}\n"
        elif isinstance(value, Mapping) and all(
            isinstance(v, sa.Executable) for v in value.values()
        ):
            items = [f'    "{k}": {written(f"{place}.{k}", v)},' for k, v in value.items()]
            yield "\n".join([f"{name}: dict[str, Statement] = {{", *items, "}"]) + "\n"


def written(place: str, statement: Any) -> str:
    """Return the expression that makes the statement at *place*."""
    if place in OPEN:
        statement = statement.where(sa.literal_column(MORE))
    if place.startswith("filters:"):
        # As it stands beside another condition: with brackets where it needs them.
        statement = sa.and_(sa.literal_column(MORE), statement)
    columns = COLUMNS[place].split() if place in COLUMNS else None
    dialect = SQLiteDialect_pysqlite(paramstyle="named")
    compiled = statement.compile(dialect=dialect, column_keys=columns)
    text = "\n".join(line.rstrip() for line in str(compiled).splitlines())
    text = text.removeprefix(f"{MORE} AND ")
    more = "".join(f", {key}={value!r}" for key, value in parameters(compiled).items() if value)
    return f'Statement("{place}", """\n{text}\n"""{more})'


if __name__ == "__main__":
    TARGET.mkdir(exist_ok=True)
    (TARGET / "__init__.py").write_text(
        '"""Statements by name and text: what uses a store is written against these."""\n'
    )
    for name, text in pages().items():
        (TARGET / name).write_text(text, encoding="utf-8", newline="\n")
