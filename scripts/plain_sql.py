#!/usr/bin/env python3
"""Write the statements that read a SQLite store as text, for the standard library alone.

Run it in the environment: `.venv/bin/python scripts/plain_sql.py`. A test compares the files with
what this program would write.
"""

from importlib import import_module
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from queuectl_store.sql.kinds import Small, Whole, Words
from queuectl_store.sql.statement import MORE

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "packages/queuectl-store/src/queuectl_store/sql/plain"
STATEMENTS = {
    "admin": "SETTINGS QUEUE_SETTINGS",
    "dead": "GROUPS MEMBERS NEWEST IDS",
    "feed": "FEED NEWEST HORIZON END PRUNED",
    "filters": ("STATE STATES QUEUES TASK NAME FINGERPRINT GROUP SINCE BEFORE TAG HAS_TAGS SEARCH"),
    "groups": "GROUPS_BY_NAME ALL_GROUPS COUNTS",
    "limits": "QUEUE QUEUES RESOURCES RUNNING GROUPS BUCKETS_NAMED",
    "output": "SINCE SIZE",
    "queues": "OLDEST_PENDING ALLOTTED WAITING_COUNTS",
    "read": (
        "PAGE JOBS_BY_ID ATTEMPTS EVENTS EVENTS_OF_JOB EVENT_IDS EVENT_AT MOVES_SINCE"
        " WORKERS LIVE_WORKERS WORK_LEFT WORK_LEFT_IN NOW LAST_JOB_ID"
    ),
    "relations": "EDGES_OF",
    "rollups": "TOTALS DEPTHS WINDOW WINDOW_OF SINCE FULL_COUNT",
    "gauges": "PENDING_HEADS QUEUE_RULES",
    "upkeep": "SCHEMA_VERSION",
    "why": "PARENTS AHEAD RUNNING_IN_QUEUE RUNNING QUEUE RESOURCE BUCKET",
}
# Those that conditions may be added to.
OPEN = {"read:PAGE", "dead:GROUPS", "dead:MEMBERS", "dead:IDS"}
# Made for literals: of one, and of several.
MADE = {"filters:STATE": ("?",), "filters:STATES": ("?", "?")}
KINDS = {"whole": Whole, "small": Small, "words": Words}
INTRODUCTION = '''\
"""The statements of {module}.py by name and text; written by `scripts/plain_sql.py`."""

from queuectl_store.sql.statement import Statement
'''


def pages() -> dict[str, str]:
    """Return the text of each module by its name."""
    return {
        f"{module}.py": "\n".join(
            [INTRODUCTION.format(module=module), *(_entry(module, n) for n in names.split())]
        )
        for module, names in STATEMENTS.items()
    }


def _entry(module: str, name: str) -> str:
    place = f"{module}:{name}"
    statement = getattr(import_module(f"queuectl_store.sql.{module}"), name)
    if place in MADE:
        statement = statement(*MADE[place])
    if place in OPEN:
        statement = statement.where(sa.literal_column(MORE))
    if module == "filters":
        # As it stands beside another condition: with brackets where it needs them.
        statement = sa.and_(sa.literal_column(MORE), statement)
    compiled = statement.compile(dialect=SQLiteDialect_pysqlite(paramstyle="named"))
    text = "\n".join(line.rstrip() for line in str(compiled).splitlines())
    text = text.removeprefix(f"{MORE} AND ")
    more = "".join(f", {key}={value!r}" for key, value in _parameters(compiled).items() if value)
    return f'{name} = Statement("{place}", """\n{text}\n"""{more})\n'


def _parameters(compiled: Any) -> dict[str, Any]:
    binds = compiled.binds
    found: dict[str, Any] = {
        kind: tuple(name for name, bind in binds.items() if isinstance(bind.type, of))
        for kind, of in KINDS.items()
    }
    found["lists"] = tuple(name for name, bind in binds.items() if bind.expanding)
    # The compiler lists a nameless one under an inner name too.
    given = {name: bind.value for name, bind in binds.items() if not bind.required}
    found["fixed"] = {name: value for name, value in given.items() if name.isidentifier()}
    return found


if __name__ == "__main__":
    TARGET.mkdir(exist_ok=True)
    (TARGET / "__init__.py").write_text(
        '"""Statements by name and text: what reads a store is written against these."""\n'
    )
    for name, text in pages().items():
        (TARGET / name).write_text(text, encoding="utf-8", newline="\n")
