"""The plans that the newest SQLite makes, whichever one this Python has.

Pythons come with a SQLite of their own, and its planner learns with every release: what 3.40 reads
by an index, 3.53 read as a whole. Both are in use.
"""

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import apsw
import pytest

from queuectl_store import Store
from queuectl_store.engines.plain import kept_in, make_kept
from queuectl_store.sql.hot import ENDED
from tests.conformance.test_plans import (
    ACTS,
    PARTIAL,
    Act,
    a_worker,
    full_reads,
    full_store,
    listening,
    reads_much,
)

__all__ = ["full_store"]


@pytest.fixture
def store_url(sqlite_url: str) -> str:
    return sqlite_url


def test_it_is_newer_than_that_of_this_python() -> None:
    version = tuple(map(int, apsw.sqlite_lib_version().split(".")))

    assert version > sqlite3.sqlite_version_info


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
def test_what_runs_often_never_reads_all_jobs(full_store: Store, act: Act, tmp_path: Path) -> None:
    worker = a_worker(full_store)
    with listening() as sent:
        act.does(full_store, worker)

    # Of a copy: two SQLite libraries of one process do not know of each other's locks.
    copy = tmp_path / "copy.db"
    full_store.maintenance.backup(copy)
    with closing(apsw.Connection(str(copy))) as newest:
        make_kept(newest, kept_in(ENDED.name), [column.name for column in ENDED.columns])
        plans = [plan_of(newest, text, values) for text, values in sent if reads_much(text)]

    told = "\n\n".join(plans)
    assert not [line for plan in plans for line in full_reads(plan)], told
    assert act.uses <= {index for index in PARTIAL if re.search(rf"\b{index}\b", told)}, told


def plan_of(newest: apsw.Connection, text: str, values: Any) -> str:
    return "\n".join(row[3] for row in newest.execute(f"EXPLAIN QUERY PLAN {text}", values))
