"""The schema, once. Migrations build it; a test holds the two equal.

Times are UTC milliseconds, but for `workers.lease_until`, which is on the lease clock of
`workers.boot_id` (SQLite) or the database's clock (PostgreSQL). Indexes are partial, with the
state as a literal: what has ended weighs nothing on what is still to do.
"""

import sqlalchemy as sa

# SQLite gives ids that are never used again only to a column that is exactly INTEGER.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

metadata = sa.MetaData()

jobs = sa.Table(
    "queuectl_jobs",
    metadata,
    sa.Column("id", Id, sa.Identity(always=False), primary_key=True),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("queue", sa.Text, nullable=False),
    sa.Column("priority", sa.Integer, nullable=False),
    # Attempts used; goes back by one when a run is given back.
    sa.Column("attempt", sa.Integer, nullable=False, server_default="0"),
    # Attempts used before a person last retried the job.
    sa.Column("attempt_base", sa.Integer, nullable=False, server_default="0"),
    # The fence: claims so far, never lowered.
    sa.Column("token", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("crashes", sa.Integer, nullable=False, server_default="0"),
    sa.Column("cancel_requested", sa.Integer, nullable=False, server_default="0"),
    sa.Column("max_retries", sa.Integer, nullable=False),
    sa.Column("timeout_ms", sa.BigInteger),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("run_at", sa.BigInteger),
    sa.Column("started_at", sa.BigInteger),
    sa.Column("finished_at", sa.BigInteger),
    sa.Column("worker_id", sa.BigInteger),
    sa.Column("environment_id", sa.BigInteger),
    sa.Column("name", sa.Text),
    sa.Column("task", sa.Text),
    # JSON text in ASCII, so that any bytes survive: the work, its folder, variables and tags.
    sa.Column("spec", sa.Text, nullable=False),
    sa.Column("note", sa.Text),
    sa.Column("result", sa.Text),
    sa.Column("progress", sa.Text),
    sqlite_autoincrement=True,
)
sa.Index("queuectl_jobs_key", jobs.c.key, unique=True)


def _partial(name: str, *columns: sa.ColumnElement[object], where: str) -> None:
    clause = sa.text(where)
    sa.Index(name, *columns, sqlite_where=clause, postgresql_where=clause)


_partial(
    "queuectl_jobs_pending",
    jobs.c.queue,
    jobs.c.priority.desc(),
    jobs.c.id,
    where="state = 'pending'",
)
_partial(
    "queuectl_jobs_due",
    jobs.c.state,
    jobs.c.run_at,
    where="state IN ('scheduled', 'retrying')",
)
_partial("queuectl_jobs_running", jobs.c.worker_id, where="state = 'running'")
_partial("queuectl_jobs_dead", jobs.c.id, where="state = 'dead'")

attempts = sa.Table(
    "queuectl_attempts",
    metadata,
    sa.Column("job_id", sa.BigInteger, primary_key=True),
    sa.Column("token", sa.BigInteger, primary_key=True),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("worker_id", sa.BigInteger),
    sa.Column("started_at", sa.BigInteger),
    sa.Column("finished_at", sa.BigInteger, nullable=False),
    sa.Column("exit_code", sa.BigInteger),
    sa.Column("signal", sa.Integer),
    sa.Column("error", sa.Text),
    sa.Column("max_rss", sa.BigInteger),
    sa.Column("cpu_ms", sa.BigInteger),
    sa.Column("log_bytes", sa.BigInteger),
    sqlite_with_rowid=False,
)

events = sa.Table(
    "queuectl_events",
    metadata,
    sa.Column("id", Id, sa.Identity(always=False), primary_key=True),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("job_id", sa.BigInteger, nullable=False),
    sa.Column("verb", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("worker_id", sa.BigInteger),
    sa.Column("note", sa.Text),
    sqlite_autoincrement=True,
)

workers = sa.Table(
    "queuectl_workers",
    metadata,
    sa.Column("id", Id, sa.Identity(always=False), primary_key=True),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("pid", sa.BigInteger, nullable=False),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("concurrency", sa.Integer, nullable=False),
    sa.Column("queues", sa.Text),
    sa.Column("boot_id", sa.Text, nullable=False),
    sa.Column("lease_ms", sa.BigInteger, nullable=False),
    sa.Column("lease_until", sa.BigInteger, nullable=False),
    sa.Column("stop", sa.Text),
    sa.Column("started_at", sa.BigInteger, nullable=False),
    sa.Column("seen_at", sa.BigInteger, nullable=False),
    sqlite_autoincrement=True,
)

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
