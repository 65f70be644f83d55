"""The text of every statement, kept in sql/ for a reviewer to read in the diff.

`QUEUECTL_TEST_UPDATE_GOLDEN=1 pytest tests/conformance/test_golden_sql.py` writes it anew.
"""

import difflib
import os
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from queuectl_store.sql import (
    admin,
    checks,
    claim,
    complete,
    dead,
    enqueue,
    feed,
    filters,
    gauges,
    groups,
    hooks,
    hot,
    joined,
    limits,
    outlook,
    output,
    prune,
    queues,
    read,
    relations,
    replays,
    rollups,
    schedules,
    sizes,
    stats,
    unique,
    upkeep,
    why,
)

FOLDER = Path(__file__).with_name("sql")
UPDATE = os.environ.get("QUEUECTL_TEST_UPDATE_GOLDEN", "") not in ("", "0")
WIDTH = 100
DIALECTS: dict[str, sa.Dialect] = {
    # Sent with question marks; shown with names, which a reader can follow.
    "sqlite": SQLiteDialect_pysqlite(paramstyle="named"),
    "postgresql": PGDialect_psycopg(),  # type: ignore[no-untyped-call]
}
# What the store gives to the inserts that take their columns from the call.
COLUMNS = {
    "admin.add_setting": ["name", "value"],
    "upkeep.add_environment": ["digest", "body"],
    "feed.add_pruned": ["name", "tx", "id"],
    "queues.add_resource": ["name", "capacity"],
    "hooks.add": [
        *("name", "rule", "job", "url", "secret", "allow_private", "created_at", "tx", "event_id"),
    ],
    "schedules.add": [
        *("name", "cron", "every_ms", "tz", "job", "missed", "window_ms", "overlap"),
        *("next_at", "created_at"),
    ],
}
CONDITIONS = {
    name: condition
    for name, condition in vars(filters).items()
    if name.isupper() and isinstance(condition, sa.ColumnElement)
}


def named_statements() -> Iterator[tuple[str, sa.ClauseElement]]:
    modules = (
        hot,
        enqueue,
        claim,
        limits,
        queues,
        upkeep,
        read,
        admin,
        checks,
        feed,
        prune,
        stats,
        why,
    )
    others = (
        complete,
        joined,
        outlook,
        output,
        relations,
        groups,
        schedules,
        unique,
        dead,
        replays,
        hooks,
        rollups,
        gauges,
    )
    for module in (*modules, *others):
        prefix = module.__name__.rpartition(".")[2]
        for name, value in vars(module).items():
            if name.isupper() and isinstance(value, sa.Executable):
                yield f"{prefix}.{name.lower()}", value
    for name, condition in CONDITIONS.items():
        yield f"filters.{name.lower()}", condition
    for verb, move in admin.MOVES.items():
        yield f"admin.moves.{verb}", move
    for verb, move in relations.SETTLES.items():
        yield f"relations.settles.{verb}", move
    for kind, wrong in checks.WRONG.items():
        yield f"checks.wrong.{kind}", wrong
    for kind, statements in {
        "prune.ended": prune.ENDED,
        "prune.ended_queues": prune.ENDED_QUEUES,
        "prune.nth": prune.NTH,
        "prune.count": prune.COUNT,
        "sizes.newest": sizes.NEWEST,
    }.items():
        for state, statement in statements.items():
            yield f"{kind}.{state}", statement


STATEMENTS = dict(named_statements())
TEXTS = [
    (name, dialect)
    for name in STATEMENTS
    for dialect in DIALECTS
    # SQLite is given the parts of these.
    if not (name.startswith("joined.") and dialect == "sqlite")
]


@pytest.mark.parametrize(("name", "dialect"), TEXTS)
def test_a_statement_compiles_to_the_text_that_was_reviewed(name: str, dialect: str) -> None:
    golden = FOLDER / f"{name}.{dialect}.sql"
    now = compiled(name, dialect)
    if UPDATE:
        FOLDER.mkdir(exist_ok=True)
        golden.write_text(now, encoding="utf-8", newline="\n")

    reviewed = golden.read_text(encoding="utf-8") if golden.exists() else ""

    assert now == reviewed, difference(golden.name, reviewed, now)


def test_every_reviewed_text_has_its_statement() -> None:
    expected = {f"{name}.{dialect}.sql" for name, dialect in TEXTS}

    stale = {path.name for path in FOLDER.iterdir()} - expected

    assert not stale, f"remove {', '.join(sorted(stale))} from {FOLDER.name}/"


def compiled(name: str, dialect: str) -> str:
    statement = STATEMENTS[name]
    text = statement.compile(dialect=DIALECTS[dialect], column_keys=COLUMNS.get(name))  # type: ignore[attr-defined]
    lines = (wrapped(line) for line in str(text).splitlines())
    return "\n".join(line for line in lines if line) + "\n"


def wrapped(line: str) -> str:
    return textwrap.fill(
        line.strip(),
        WIDTH,
        subsequent_indent="    ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def difference(name: str, reviewed: str, now: str) -> str:
    changes = difflib.unified_diff(
        reviewed.splitlines(), now.splitlines(), f"reviewed {name}", f"compiled {name}", lineterm=""
    )
    remedy = "QUEUECTL_TEST_UPDATE_GOLDEN=1 pytest tests/conformance/test_golden_sql.py"
    return "\n".join([f"{name} changed; if that is meant: {remedy}", *changes])
