"""What runs print, in the store of a server for readers on other hosts; and what was lost of it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0002"


def upgrade() -> None:
    """Add the table and the column; output that lies in files stays there."""
    op.add_column("queuectl_attempts", sa.Column("log_lost", sa.BigInteger(), nullable=True))
    op.create_table(
        "queuectl_output",
        sa.Column("job_id", sa.BigInteger(), nullable=False),
        sa.Column("token", sa.BigInteger(), nullable=False),
        sa.Column("stream", sa.Integer(), nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("job_id", "token", "stream", "start"),
    )
    op.create_index("queuectl_output_at", "queuectl_output", ["at"])
