"""Counts that are kept as things happen: tallies, and the rollups that they are folded into."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_SMALL_AND_HOT = (
    "autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, vacuum_truncate = off"
)


def upgrade() -> None:
    """Add their tables and what a move leaves behind; what was there is counted afterwards.

    No job is read or written: a worker, or whoever looks first, counts while work goes on
    (rollups/recounting.py).
    """
    op.add_column("queuectl_jobs", sa.Column("was", sa.Text(), nullable=True))
    op.add_column("queuectl_jobs", sa.Column("pending_at", sa.BigInteger(), nullable=True))
    _tallies()
    _rollups()
    # What is there already is to be counted by whoever comes first.
    op.execute(
        "INSERT INTO queuectl_rollups (span, scope, name, at, counts)"
        " SELECT 0, 'uncounted', '', 0, '{}' WHERE EXISTS (SELECT 1 FROM queuectl_jobs)"
    )


def _tallies() -> None:
    op.create_table(
        "queuectl_tallies",
        _number("at"),
        _number("writer"),
        *(_word(name) for name in ("queue", "task", "verb", "source", "target", "outcome")),
        sa.Column("bucket", sa.Integer(), nullable=False, autoincrement=False),
        _number("n"),
        _number("ms"),
        sa.PrimaryKeyConstraint(
            *("at", "writer", "queue", "task", "verb", "source", "target", "outcome", "bucket")
        ),
        sqlite_with_rowid=False,
    )
    if op.get_bind().dialect.name == "postgresql":
        # A few rows that are rewritten in each transaction, and gone a minute later.
        op.execute(f"ALTER TABLE queuectl_tallies SET (fillfactor = 50, {_SMALL_AND_HOT})")


def _rollups() -> None:
    op.create_table(
        "queuectl_rollups",
        _number("span"),
        _word("scope"),
        _word("name"),
        _number("at"),
        _word("counts"),
        sa.PrimaryKeyConstraint("span", "scope", "name", "at"),
        sqlite_with_rowid=False,
    )
    op.create_index("queuectl_rollups_at", "queuectl_rollups", ["span", "at"])


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False, autoincrement=False)


def _word(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)
