"""What jobs refer to: environments, dependencies, groups, limits, schedules, settings, hooks.

Times are UTC milliseconds, but where a name says microseconds.
"""

import sqlalchemy as sa

from queuectl_store.sql.metadata import Id, metadata, partial

environments = sa.Table(
    "queuectl_environments",
    metadata,
    sa.Column("id", Id, sa.Identity(always=False), primary_key=True),
    sa.Column("digest", sa.Text, nullable=False, unique=True),
    sa.Column("body", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)

settings = sa.Table(
    "queuectl_settings",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

# One row a name: the furthest place of the feed whose event was pruned.
pruned = sa.Table(
    "queuectl_pruned",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("tx", sa.BigInteger, nullable=False),
    sa.Column("id", sa.BigInteger, nullable=False),
)

dependencies = sa.Table(
    "queuectl_dependencies",
    metadata,
    sa.Column("child_id", sa.BigInteger, primary_key=True),
    # All clauses must hold; one holds when any of its rows is met.
    sa.Column("clause", sa.Integer, primary_key=True),
    sa.Column("parent_id", sa.BigInteger, primary_key=True),
    sa.Column("needs", sa.Text, primary_key=True),
    # 0 not known yet, 1 met, -1 can no longer be met.
    sa.Column("met", sa.Integer, nullable=False, server_default="0"),
    sqlite_with_rowid=False,
)
sa.Index(
    "queuectl_dependencies_parent",
    dependencies.c.parent_id,
    dependencies.c.needs,
    dependencies.c.met,
)

groups = sa.Table(
    "queuectl_groups",
    metadata,
    sa.Column("id", Id, sa.Identity(always=False), primary_key=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("concurrency", sa.Integer),
    sa.Column("halt", sa.Text),
    sa.Column("halted", sa.Text),
    # 1 once no more members are to come: only then can the last one have ended.
    sa.Column("sealed", sa.Integer, nullable=False, server_default="0"),
    sa.Column("on_finish", sa.Text),
    sa.Column("finish_job_id", sa.BigInteger),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("finished_at", sa.BigInteger),
    sqlite_autoincrement=True,
)

partial("queuectl_groups_halted", groups.c.id, where="halted IS NOT NULL AND finished_at IS NULL")

# What runs printed, in pieces: on a server, so that every host can read it (outputs.py).
output = sa.Table(
    "queuectl_output",
    metadata,
    sa.Column("job_id", sa.BigInteger, primary_key=True),
    sa.Column("token", sa.BigInteger, primary_key=True),
    # 1 is stdout, or both in their order; 2 is stderr, where it is apart.
    sa.Column("stream", sa.Integer, primary_key=True, autoincrement=False),
    # Where the piece begins within all that the run printed; what is between two was cut.
    sa.Column("start", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
)
sa.Index("queuectl_output_at", output.c.at)

queues = sa.Table(
    "queuectl_queues",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    # active, paused or draining
    sa.Column("state", sa.Text, nullable=False, server_default="active"),
    sa.Column("concurrency", sa.Integer),
    sa.Column("key_concurrency", sa.Integer),
    # Starts a period in ms, and how many may come at once.
    sa.Column("rate", sa.Integer),
    sa.Column("rate_ms", sa.BigInteger),
    sa.Column("rate_burst", sa.Integer),
    sa.Column("key_rate", sa.Integer),
    sa.Column("key_rate_ms", sa.BigInteger),
    sa.Column("key_rate_burst", sa.Integer),
    # JSON: settings of this queue's jobs by name, as text; they win over the store's.
    sa.Column("settings", sa.Text),
)

resources = sa.Table(
    "queuectl_resources",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("capacity", sa.Integer, nullable=False),
)

buckets = sa.Table(
    "queuectl_buckets",
    metadata,
    # What is paced: a queue, a key, a replay of dead letters.
    sa.Column("name", sa.Text, primary_key=True),
    # When the bucket will be full again, in microseconds UTC (the GCRA's arrival time).
    sa.Column("full_at_us", sa.BigInteger, nullable=False),
    sa.Column("rate", sa.Integer, nullable=False),
    sa.Column("rate_ms", sa.BigInteger, nullable=False),
    sa.Column("burst", sa.Integer, nullable=False),
    # When what waits for it should be looked at next; null while nothing waits.
    sa.Column("due_at", sa.BigInteger),
)
partial("queuectl_buckets_due", buckets.c.due_at, where="due_at IS NOT NULL")

schedules = sa.Table(
    "queuectl_schedules",
    metadata,
    sa.Column("id", Id, sa.Identity(always=False), primary_key=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("cron", sa.Text),
    sa.Column("every_ms", sa.BigInteger),
    sa.Column("tz", sa.Text, nullable=False),
    # JSON: the job that each slot makes.
    sa.Column("job", sa.Text, nullable=False),
    sa.Column("missed", sa.Text, nullable=False),
    sa.Column("window_ms", sa.BigInteger, nullable=False),
    sa.Column("overlap", sa.Text, nullable=False),
    sa.Column("paused", sa.Integer, nullable=False, server_default="0"),
    # Edits so far.
    sa.Column("revision", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("next_at", sa.BigInteger),
    sa.Column("last_slot", sa.BigInteger),
    sa.Column("last_fired_at", sa.BigInteger),
    sa.Column("last_job_id", sa.BigInteger),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sqlite_autoincrement=True,
)
partial("queuectl_schedules_due", schedules.c.next_at, where="paused = 0")

slots = sa.Table(
    "queuectl_slots",
    metadata,
    sa.Column("schedule_id", sa.BigInteger, primary_key=True),
    sa.Column("slot", sa.BigInteger, primary_key=True),
    # fired, missed, skipped, refused or manual
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("job_id", sa.BigInteger),
    # The last of a stretch of missed slots that have this one row.
    sa.Column("until", sa.BigInteger),
    sa.Column("note", sa.Text),
    sqlite_with_rowid=False,
)

hooks = sa.Table(
    "queuectl_hooks",
    metadata,
    sa.Column("id", Id, sa.Identity(always=False), primary_key=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    # JSON: which events; and the job that each of them makes.
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("job", sa.Text, nullable=False),
    # Of a webhook; both may be secret, and neither is shown.
    sa.Column("url", sa.Text),
    sa.Column("secret", sa.Text),
    sa.Column("allow_private", sa.Integer, nullable=False, server_default="0"),
    sa.Column("paused", sa.Integer, nullable=False, server_default="0"),
    sa.Column("note", sa.Text),
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    # Its place in the feed: the last event that was looked at.
    sa.Column("tx", sa.BigInteger, nullable=False),
    sa.Column("event_id", sa.BigInteger, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sqlite_autoincrement=True,
)
