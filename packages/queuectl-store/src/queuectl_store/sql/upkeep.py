"""The statements that keep the queue going: leases, staging, rescue, environments."""

import sqlalchemy as sa

from queuectl_store.sql.hot import BIG, INT, RUNS, TEXT, is_in, literal
from queuectl_store.sql.rows import LeaseNowMs, NowMs
from queuectl_store.sql.side_tables import environments
from queuectl_store.sql.tables import jobs, workers

RENEW = (
    sa.update(workers)
    .where(
        workers.c.id == sa.bindparam("worker", type_=BIG),
        workers.c.state.in_([literal("running"), literal("stopping")]),
        workers.c.boot_id == sa.bindparam("boot", type_=TEXT),
    )
    .values(lease_until=LeaseNowMs() + workers.c.lease_ms, seen_at=NowMs())
    .returning(workers.c.stop)
)
HELD_BY_WORKER = sa.select(jobs.c.id, jobs.c.token, jobs.c.cancel_requested).where(
    is_in("running"), jobs.c.worker_id == sa.bindparam("worker", type_=BIG)
)
RUNNING_OF = (
    sa.select(*jobs.columns)
    .join(RUNS, sa.and_(RUNS.c.job_id == jobs.c.id, RUNS.c.token == jobs.c.token))
    .where(is_in("running"), jobs.c.worker_id == sa.bindparam("worker", type_=BIG))
)

_due = (
    sa.select(jobs.c.id)
    .where(is_in("scheduled", "retrying"), jobs.c.run_at <= NowMs())
    .order_by(jobs.c.state, jobs.c.run_at)
    .limit(sa.bindparam("at_most", type_=INT))
    .with_for_update(skip_locked=True)
    .cte("due")
    .prefix_with("MATERIALIZED", dialect="postgresql")
)
STAGE = (
    sa.update(jobs)
    .where(jobs.c.id.in_(sa.select(_due.c.id)))
    .values(state=literal("pending"), was=jobs.c.state)
    .returning(jobs.c.id, jobs.c.state, jobs.c.attempt, jobs.c.queue, jobs.c.task, jobs.c.was)
)

# Alembic's own table: the number of the newest migration.
SCHEMA_VERSION = sa.select(sa.column("version_num", TEXT)).select_from(
    sa.table("queuectl_schema_version")
)

REGISTER = (
    sa.insert(workers)
    .from_select(
        [
            "key",
            "state",
            "host",
            "pid",
            "version",
            "concurrency",
            "queues",
            "boot_id",
            "lease_ms",
            "lease_until",
            "started_at",
            "seen_at",
        ],
        sa.select(
            sa.bindparam("key", type_=TEXT),
            literal("running"),
            sa.bindparam("host", type_=TEXT),
            sa.bindparam("pid", type_=BIG),
            sa.bindparam("version", type_=TEXT),
            sa.bindparam("concurrency", type_=INT),
            sa.bindparam("queues", type_=TEXT),
            sa.bindparam("boot", type_=TEXT),
            sa.bindparam("lease_ms", type_=BIG),
            LeaseNowMs() + sa.bindparam("lease_ms", type_=BIG),
            NowMs(),
            NowMs(),
        ),
        include_defaults=False,
    )
    .returning(workers.c.id)
)
UNREGISTER = (
    sa.update(workers)
    .where(workers.c.id == sa.bindparam("worker", type_=BIG), workers.c.state != literal("gone"))
    .values(state=literal("stopped"), seen_at=NowMs())
)

EXPIRE_WORKERS = (
    sa.update(workers)
    .where(
        workers.c.state.in_([literal("running"), literal("stopping")]),
        sa.or_(
            workers.c.boot_id != sa.bindparam("boot", type_=TEXT),
            workers.c.lease_until <= LeaseNowMs(),
        ),
    )
    .values(state=literal("gone"))
    .returning(workers.c.id)
)
ABANDONED = (
    sa.select(*jobs.columns)
    .join(workers, workers.c.id == jobs.c.worker_id, isouter=True)
    .where(
        is_in("running"),
        sa.or_(
            workers.c.id.is_(None),
            workers.c.state.in_([literal("gone"), literal("stopped")]),
        ),
    )
    .order_by(jobs.c.id)
    .limit(sa.bindparam("at_most", type_=INT))
    .with_for_update(of=jobs, skip_locked=True)
)

SET_PROGRESS = (
    sa.update(jobs)
    .where(
        jobs.c.id == sa.bindparam("job", type_=BIG),
        jobs.c.token == sa.bindparam("run", type_=BIG),
        is_in("running"),
    )
    .values(progress=sa.bindparam("text", type_=TEXT))
    .returning(jobs.c.id)
)

SET_RULES = (
    sa.update(jobs)
    .where(
        jobs.c.id == sa.bindparam("job", type_=BIG),
        jobs.c.token == sa.bindparam("run", type_=BIG),
        is_in("running"),
    )
    .values(
        max_retries=sa.bindparam("to_max_retries", type_=INT),
        timeout_ms=sa.bindparam("to_timeout_ms", type_=BIG),
        spec=sa.bindparam("to_spec", type_=TEXT),
    )
)

# Locked, so that it is not pruned before the job that refers to it can be seen.
ENVIRONMENT_ID = (
    sa.select(environments.c.id)
    .where(environments.c.digest == sa.bindparam("of", type_=TEXT))
    .with_for_update(key_share=True, read=True)
)
ADD_ENVIRONMENT = sa.insert(environments).returning(environments.c.id)
ENVIRONMENT = sa.select(environments.c.body).where(
    environments.c.id == sa.bindparam("environment", type_=BIG)
)
