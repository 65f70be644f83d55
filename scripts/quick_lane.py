#!/usr/bin/env python3
"""Write what quick commands go by: statements as text, the defaults of settings.

Run it in the environment: `.venv/bin/python scripts/quick_lane.py`. A test compares the file with
what this program would write.
"""

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from queuectl_store.schema import HEAD
from queuectl_store.settings import SETTINGS
from queuectl_store.sql import admin, complete, enqueue, hot, limits, read, rollups, upkeep

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "packages/queuectl-store/src/queuectl_store/sql/quick_text.py"
INTRODUCTION = '''\
"""What the quick lane goes by, as `scripts/quick_lane.py` takes it from statements and settings."""
# ruff: noqa: E501
'''
STATEMENTS: tuple[tuple[str, Any, list[str] | None], ...] = (
    ("SCHEMA_VERSION", upkeep.SCHEMA_VERSION, None),
    ("SETTINGS", admin.SETTINGS, None),
    ("QUEUE", limits.QUEUE, None),
    ("ENVIRONMENT_ID", upkeep.ENVIRONMENT_ID, None),
    ("ADD_ENVIRONMENT", upkeep.ADD_ENVIRONMENT, ["digest", "body"]),
    ("ENQUEUE", enqueue.ENQUEUE, None),
    ("WRITE_EVENTS", hot.WRITE_EVENTS, None),
    ("TALLY", rollups.ADD, None),
    ("LIVE_WORKERS", read.LIVE_WORKERS, None),
    ("COMPLETE_RECENT", complete.RECENT, None),
    ("COMPLETE_QUEUES", complete.QUEUES, None),
    ("COMPLETE_GROUPS", complete.GROUPS, None),
    ("COMPLETE_RESOURCES", complete.RESOURCES, None),
    ("COMPLETE_SCHEDULES", complete.SCHEDULES, None),
    ("COMPLETE_WORKERS", complete.WORKERS, None),
)
# The settings that a new job goes by.
DEFAULTS = (
    *("queue", "max_retries", "timeout", "backoff_base", "backoff_max", "backoff_jitter"),
    *("env_pass", "durability"),
)


def page() -> str:
    """Return the whole module."""
    lines = [INTRODUCTION, f'HEAD = "{HEAD}"', "DEFAULTS = {"]
    lines += [f'    "{name}": "{SETTINGS[name].default}",' for name in DEFAULTS]
    lines.append("}")
    lines += [f'{name} = """\n{_text(sql, columns)}\n"""' for name, sql, columns in STATEMENTS]
    return "\n".join(lines) + "\n"


def _text(statement: sa.Executable, columns: list[str] | None) -> str:
    # With names in place of question marks: one parameter may stand in several places.
    compiled = statement.compile(  # type: ignore[attr-defined]
        dialect=SQLiteDialect_pysqlite(paramstyle="named"), column_keys=columns
    )
    return "\n".join(line.rstrip() for line in str(compiled).splitlines())


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8", newline="\n")
