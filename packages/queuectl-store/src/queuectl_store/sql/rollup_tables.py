"""What is counted as it happens, and what those counts add up to (docs/decisions/0027)."""

import sqlalchemy as sa

from queuectl_store.sql.metadata import metadata

# Written in the transaction that moves the jobs, one row for each kind of move: added to while the
# minute lasts, folded into the rollups afterwards. On PostgreSQL every connection has rows of its
# own, so that no two transactions wait for one another.
tallies = sa.Table(
    "queuectl_tallies",
    metadata,
    # UTC milliseconds at which the minute began.
    sa.Column("at", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("writer", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("queue", sa.Text, primary_key=True),
    # Of a command, blank; as are the others below where there is no such thing.
    sa.Column("task", sa.Text, primary_key=True),
    sa.Column("verb", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("target", sa.Text, primary_key=True),
    sa.Column("outcome", sa.Text, primary_key=True),
    # Which bucket of a histogram the wait of a claim, or the duration of an attempt, is in.
    sa.Column("bucket", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("n", sa.BigInteger, nullable=False),
    # The sum of what was measured, in milliseconds.
    sa.Column("ms", sa.BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

rollups = sa.Table(
    "queuectl_rollups",
    metadata,
    # Milliseconds that a row covers: a minute, an hour, or 0 for all that there ever was.
    sa.Column("span", sa.BigInteger, primary_key=True, autoincrement=False),
    # store, queue, task or schedule; and which.
    sa.Column("scope", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("at", sa.BigInteger, primary_key=True, autoincrement=False),
    # JSON, see rollups/counts.py.
    sa.Column("counts", sa.Text, nullable=False),
    sqlite_with_rowid=False,
)
sa.Index("queuectl_rollups_at", rollups.c.span, rollups.c.at)
