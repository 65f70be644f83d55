"""Locks of PostgreSQL that last as long as their transaction; on SQLite a writer is alone."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ColumnElement

# Any numbers that other programs do not use.
_RULES, _COUNTS, _SLOTS = 7_146_253_020, 7_146_253_021, 7_146_253_022


class _Lock(ColumnElement[str]):
    """A lock that lasts as long as its transaction; null on SQLite, where a writer is alone."""

    _traverse_internals = []  # noqa: RUF012 (the base declares it)
    inherit_cache = True
    type = sa.Text()


class ShareRules(_Lock):
    """What a claim takes: until its transaction ends nobody changes a limit."""

    inherit_cache = True


class LockRules(_Lock):
    """What a change of a limit takes: no claim is under way, and none begins."""

    inherit_cache = True


class LockCounts(_Lock):
    """What takes turns: admissions, and the ends of runs of jobs with limits of their own."""

    inherit_cache = True


class LockSlots(_Lock):
    """What an enqueue of several unique jobs takes, which would else wait for one another."""

    inherit_cache = True


@compiles(ShareRules, "sqlite")
@compiles(LockRules, "sqlite")
@compiles(LockCounts, "sqlite")
@compiles(LockSlots, "sqlite")
def _lock_sqlite(_element: _Lock, _compiler: SQLCompiler, **_kw: Any) -> str:
    return "NULL"


@compiles(ShareRules, "postgresql")
def _share_rules(_element: ShareRules, _compiler: SQLCompiler, **_kw: Any) -> str:
    return f"CAST(pg_advisory_xact_lock_shared({_RULES}) AS TEXT)"


@compiles(LockRules, "postgresql")
def _lock_rules(_element: LockRules, _compiler: SQLCompiler, **_kw: Any) -> str:
    return f"CAST(pg_advisory_xact_lock({_RULES}) AS TEXT)"


@compiles(LockCounts, "postgresql")
def _lock_counts(_element: LockCounts, _compiler: SQLCompiler, **_kw: Any) -> str:
    return f"CAST(pg_advisory_xact_lock({_COUNTS}) AS TEXT)"


@compiles(LockSlots, "postgresql")
def _lock_slots(_element: LockSlots, _compiler: SQLCompiler, **_kw: Any) -> str:
    return f"CAST(pg_advisory_xact_lock({_SLOTS}) AS TEXT)"
