"""Dependencies, groups, limits, unique jobs, schedules; and an event feed that skips nothing."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns and tables; what is stored keeps its meaning."""
    for column in _job_columns():
        op.add_column("queuectl_jobs", column)
    _job_indexes()
    _events()
    op.create_table(
        "queuectl_pruned",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("tx", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    _dependencies()
    _groups()
    _limits()
    _schedules()


def _job_columns() -> tuple[sa.Column[object], ...]:
    return (
        _count("slots", "1"),
        _count("guarded"),
        sa.Column("concurrency_key", sa.Text(), nullable=True),
        sa.Column("resources", sa.Text(), nullable=True),
        sa.Column("allotted", sa.Text(), nullable=True),
        sa.Column("waits_for", sa.Text(), nullable=True),
        sa.Column("group_id", sa.BigInteger(), nullable=True),
        sa.Column("unique_key", sa.Text(), nullable=True),
        sa.Column("unique_slot", sa.Text(), nullable=True),
        _count("unique_live"),
        sa.Column("unique_until", sa.BigInteger(), nullable=True),
        _count("unique_waiting"),
        _count("unmet"),
        sa.Column("on_dep_failure", sa.Text(), nullable=True),
        sa.Column("cancelled_for", sa.BigInteger(), nullable=True),
        _count("has_children"),
        _count("children_due"),
        sa.Column("fingerprint", sa.Text(), nullable=True),
    )


def _count(name: str, default: str = "0") -> sa.Column[object]:
    return sa.Column(name, sa.Integer(), server_default=default, nullable=False)


def _job_indexes() -> None:
    op.drop_index("queuectl_jobs_pending", "queuectl_jobs")
    best: list[str | sa.ColumnElement[object]] = [sa.literal_column("priority DESC"), "id"]
    for name, columns, where in (
        ("pending", ["queue", *best], "state = 'pending' AND waits_for IS NULL"),
        ("guarded", ["queue"], "state = 'pending' AND waits_for IS NULL AND guarded = 1"),
        ("waiting", ["waits_for", *best], "waits_for IS NOT NULL"),
        ("dead_of", ["fingerprint", "id"], "state = 'dead'"),
        (
            "ended",
            ["queue", "state", "finished_at"],
            "state IN ('succeeded', 'dead', 'cancelled')",
        ),
        ("unique", ["unique_slot"], "unique_live = 1"),
        ("children_due", ["id"], "children_due = 1"),
        ("environment", ["environment_id"], "environment_id IS NOT NULL"),
        ("group", ["group_id", "state"], "group_id IS NOT NULL"),
    ):
        op.create_index(
            f"queuectl_jobs_{name}",
            "queuectl_jobs",
            columns,
            unique=name == "unique",
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )


def _events() -> None:
    # Without a default: a worker of before, which does not say where in the feed its event
    # belongs nor tells the children of its jobs, is to write none (docs/decisions/0013).
    if op.get_bind().dialect.name == "postgresql":
        tx = sa.Column("tx", sa.BigInteger(), server_default="0", nullable=False)
        op.add_column("queuectl_events", tx)
        op.alter_column("queuectl_events", "tx", server_default=None)
        op.create_index("queuectl_events_tx", "queuectl_events", ["tx", "id"])
    else:
        _rebuild_events()
    op.create_index("queuectl_events_job", "queuectl_events", ["job_id"])


def _rebuild_events() -> None:
    op.rename_table("queuectl_events", "queuectl_events_before")
    op.create_table(
        "queuectl_events",
        sa.Column("id", ID, sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("job_id", sa.BigInteger(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("tx", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.execute("INSERT INTO queuectl_events SELECT *, 0 FROM queuectl_events_before ORDER BY id")
    op.drop_table("queuectl_events_before")


def _dependencies() -> None:
    op.create_table(
        "queuectl_dependencies",
        sa.Column("child_id", sa.BigInteger(), nullable=False),
        sa.Column("clause", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=False),
        sa.Column("needs", sa.Text(), nullable=False),
        _count("met"),
        sa.PrimaryKeyConstraint("child_id", "clause", "parent_id", "needs"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "queuectl_dependencies_parent", "queuectl_dependencies", ["parent_id", "needs", "met"]
    )


def _groups() -> None:
    op.create_table(
        "queuectl_groups",
        sa.Column("id", ID, sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("concurrency", sa.Integer(), nullable=True),
        sa.Column("halt", sa.Text(), nullable=True),
        sa.Column("halted", sa.Text(), nullable=True),
        _count("sealed"),
        sa.Column("on_finish", sa.Text(), nullable=True),
        sa.Column("finish_job_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
        sqlite_autoincrement=True,
    )
    halted = sa.text("halted IS NOT NULL AND finished_at IS NULL")
    op.create_index(
        "queuectl_groups_halted",
        "queuectl_groups",
        ["id"],
        sqlite_where=halted,
        postgresql_where=halted,
    )


def _limits() -> None:
    op.create_table(
        "queuectl_queues",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="active", nullable=False),
        sa.Column("concurrency", sa.Integer(), nullable=True),
        sa.Column("key_concurrency", sa.Integer(), nullable=True),
        sa.Column("rate", sa.Integer(), nullable=True),
        sa.Column("rate_ms", sa.BigInteger(), nullable=True),
        sa.Column("rate_burst", sa.Integer(), nullable=True),
        sa.Column("key_rate", sa.Integer(), nullable=True),
        sa.Column("key_rate_ms", sa.BigInteger(), nullable=True),
        sa.Column("key_rate_burst", sa.Integer(), nullable=True),
        sa.Column("settings", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "queuectl_resources",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "queuectl_buckets",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("full_at_us", sa.BigInteger(), nullable=False),
        sa.Column("rate", sa.Integer(), nullable=False),
        sa.Column("rate_ms", sa.BigInteger(), nullable=False),
        sa.Column("burst", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_index(
        "queuectl_buckets_due",
        "queuectl_buckets",
        ["due_at"],
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )


def _schedules() -> None:
    op.create_table(
        "queuectl_schedules",
        sa.Column("id", ID, sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("cron", sa.Text(), nullable=True),
        sa.Column("every_ms", sa.BigInteger(), nullable=True),
        sa.Column("tz", sa.Text(), nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("missed", sa.Text(), nullable=False),
        sa.Column("window_ms", sa.BigInteger(), nullable=False),
        sa.Column("overlap", sa.Text(), nullable=False),
        _count("paused"),
        sa.Column("revision", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.Column("last_slot", sa.BigInteger(), nullable=True),
        sa.Column("last_fired_at", sa.BigInteger(), nullable=True),
        sa.Column("last_job_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "queuectl_schedules_due",
        "queuectl_schedules",
        ["next_at"],
        sqlite_where=sa.text("paused = 0"),
        postgresql_where=sa.text("paused = 0"),
    )
    op.create_table(
        "queuectl_slots",
        sa.Column("schedule_id", sa.BigInteger(), nullable=False),
        sa.Column("slot", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("job_id", sa.BigInteger(), nullable=True),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("schedule_id", "slot"),
        sqlite_with_rowid=False,
    )
