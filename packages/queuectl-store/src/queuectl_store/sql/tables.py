"""Jobs and their history, the tables of the hot path; migrations build what stands here.

Times are UTC milliseconds, but for `workers.lease_until`, which is on the lease clock of
`workers.boot_id` (SQLite) or the database's clock (PostgreSQL). Indexes are partial, with the
state as a literal: what has ended weighs nothing on what is still to do.
"""

import sqlalchemy as sa

from queuectl_store.sql.metadata import Id, metadata, partial

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
    # Slots of its worker that a run takes.
    sa.Column("slots", sa.Integer, nullable=False, server_default="1"),
    # 1 where a limit other than its queue's may hold it back; the plain claim leaves such out.
    sa.Column("guarded", sa.Integer, nullable=False, server_default="0"),
    sa.Column("concurrency_key", sa.Text),
    # JSON: how much of each named resource a run takes, and which indexes of it a run has.
    sa.Column("resources", sa.Text),
    sa.Column("allotted", sa.Text),
    # The limit that a pending job waits for; it is out of the claim's index as long.
    sa.Column("waits_for", sa.Text),
    sa.Column("group_id", sa.BigInteger),
    sa.Column("unique_key", sa.Text),
    # The key within its scope; no two jobs may have the same one while it is live.
    sa.Column("unique_slot", sa.Text),
    sa.Column("unique_live", sa.Integer, nullable=False, server_default="0"),
    sa.Column("unique_until", sa.BigInteger),
    sa.Column("unique_waiting", sa.Integer, nullable=False, server_default="0"),
    # Clauses of its dependencies that do not hold yet.
    sa.Column("unmet", sa.Integer, nullable=False, server_default="0"),
    sa.Column("on_dep_failure", sa.Text),
    # The parent for whose end it was cancelled.
    sa.Column("cancelled_for", sa.BigInteger),
    # 1 once another job depends on it; and 1 while those have not been told of its new state.
    sa.Column("has_children", sa.Integer, nullable=False, server_default="0"),
    sa.Column("children_due", sa.Integer, nullable=False, server_default="0"),
    # What its error has in common with others; null unless it is dead.
    sa.Column("fingerprint", sa.Text),
    # What a database does not give back of a move by itself: the state that a person, a stager or
    # a dependency moved it out of; and since when it could be claimed, where no time of its says.
    sa.Column("was", sa.Text),
    sa.Column("pending_at", sa.BigInteger),
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


partial(
    "queuectl_jobs_pending",
    jobs.c.queue,
    jobs.c.priority.desc(),
    jobs.c.id,
    where="state = 'pending' AND waits_for IS NULL",
)
partial(
    "queuectl_jobs_guarded",
    jobs.c.queue,
    where="state = 'pending' AND waits_for IS NULL AND guarded = 1",
)
partial(
    "queuectl_jobs_waiting",
    jobs.c.waits_for,
    jobs.c.priority.desc(),
    jobs.c.id,
    where="waits_for IS NOT NULL",
)
partial(
    "queuectl_jobs_due",
    jobs.c.state,
    jobs.c.run_at,
    where="state IN ('scheduled', 'retrying')",
)
partial("queuectl_jobs_running", jobs.c.worker_id, where="state = 'running'")
partial("queuectl_jobs_dead", jobs.c.id, where="state = 'dead'")
partial("queuectl_jobs_dead_of", jobs.c.fingerprint, jobs.c.id, where="state = 'dead'")
# One of each state: then none has to hold the state, and SQLite compares it where a list of
# states is a temporary table that is filled for each insert and update.
for _state in ("cancelled", "dead", "succeeded"):
    partial(
        f"queuectl_jobs_{_state}_at",
        jobs.c.queue,
        jobs.c.finished_at,
        where=f"state = '{_state}'",
    )
partial("queuectl_jobs_unique", jobs.c.unique_slot, where="unique_live = 1", unique=True)
partial("queuectl_jobs_children_due", jobs.c.id, where="children_due = 1")
partial("queuectl_jobs_environment", jobs.c.environment_id, where="environment_id IS NOT NULL")
partial("queuectl_jobs_group", jobs.c.group_id, jobs.c.state, where="group_id IS NOT NULL")

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
    # Bytes of output that the disk had no room for.
    sa.Column("log_lost", sa.BigInteger),
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
    # PostgreSQL: the transaction that wrote it, or a later one (sql/rows.py: Transaction), by
    # which a reader skips none that is still open. No default: a program of before must not write.
    sa.Column("tx", sa.BigInteger, nullable=False),
    sqlite_autoincrement=True,
)
sa.Index("queuectl_events_job", events.c.job_id)
sa.Index("queuectl_events_tx", events.c.tx, events.c.id).ddl_if(dialect="postgresql")

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
