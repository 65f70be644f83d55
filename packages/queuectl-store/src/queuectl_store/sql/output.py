"""The statements for what runs printed."""

import sqlalchemy as sa

from queuectl_store.sql.hot import BIG, INT, literal
from queuectl_store.sql.rows import NowMs, OnConflictDoNothing
from queuectl_store.sql.side_tables import output
from queuectl_store.sql.tables import jobs

_job = sa.bindparam("job", type_=BIG)
_of_run = (
    output.c.job_id == _job,
    output.c.token == sa.bindparam("run", type_=BIG),
    output.c.stream == sa.bindparam("of_stream", type_=INT),
)
_end = output.c.start + sa.func.length(output.c.body)

# One row a parameter set. A piece that is there already was written by a call whose reply was
# lost; a job that is gone takes its output with it.
ADD = (
    sa.insert(output)
    .from_select(
        ["job_id", "token", "stream", "start", "at", "body"],
        sa.select(
            _job,
            sa.bindparam("run", type_=BIG),
            sa.bindparam("of_stream", type_=INT),
            sa.bindparam("from_byte", type_=BIG),
            NowMs(),
            sa.bindparam("piece", type_=sa.LargeBinary),
        ).where(sa.exists(sa.select(literal("1")).where(jobs.c.id == _job))),
        include_defaults=False,
    )
    .ext(OnConflictDoNothing())
)
SINCE = (
    sa.select(output.c.start, output.c.body)
    .where(*_of_run, _end > sa.bindparam("from_byte", type_=BIG))
    .order_by(output.c.start)
    .limit(sa.bindparam("at_most", type_=INT))
)
SIZE = sa.select(sa.func.max(_end)).where(*_of_run)
# Pieces are deleted whole: those that begin in between.
CUT = sa.delete(output).where(
    *_of_run,
    output.c.start >= sa.bindparam("from_byte", type_=BIG),
    output.c.start < sa.bindparam("to_byte", type_=BIG),
)
_oldest = (
    sa.select(output.c.job_id, output.c.token, output.c.stream, output.c.start)
    .where(output.c.at < sa.bindparam("before", type_=BIG))
    .order_by(output.c.at)
    .limit(sa.bindparam("at_most", type_=INT))
)
PRUNE = sa.delete(output).where(
    sa.tuple_(output.c.job_id, output.c.token, output.c.stream, output.c.start).in_(_oldest)
)
