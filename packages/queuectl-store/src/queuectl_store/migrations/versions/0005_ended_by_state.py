"""An index of what has ended for each state, in place of one for all of them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Build them and drop the one before; one look at every job for each."""
    for state in ("cancelled", "dead", "succeeded"):
        where = sa.text(f"state = '{state}'")
        op.create_index(
            f"queuectl_jobs_{state}_at",
            "queuectl_jobs",
            ["queue", "finished_at"],
            sqlite_where=where,
            postgresql_where=where,
        )
    op.drop_index("queuectl_jobs_ended", "queuectl_jobs")
