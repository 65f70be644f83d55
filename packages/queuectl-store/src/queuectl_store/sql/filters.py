"""What may be asked of a job beside what a statement asks: conditions on the jobs table."""

import sqlalchemy as sa

from queuectl_store.sql.hot import BIG, TEXT, is_in
from queuectl_store.sql.rows import Batch, TagValue
from queuectl_store.sql.side_tables import groups
from queuectl_store.sql.tables import attempts, jobs
from queuectl_store.states import JobState

TAGS = Batch("wanted_tags", tag=TEXT, value=TEXT)

# Made for the states that are asked for: they stand in the text as literals (see hot.py).
STATE = STATES = is_in

QUEUES = jobs.c.queue.in_(sa.bindparam("of_queues", expanding=True, type_=TEXT))
TASK = jobs.c.task == sa.bindparam("of_task", type_=TEXT)
NAME = jobs.c.name == sa.bindparam("of_name", type_=TEXT)
FINGERPRINT = jobs.c.fingerprint == sa.bindparam("of_fingerprint", type_=TEXT)
GROUP = (
    jobs.c.group_id
    == sa.select(groups.c.id)
    .where(groups.c.name == sa.bindparam("of_group", type_=TEXT))
    .scalar_subquery()
)
SINCE = jobs.c.created_at >= sa.bindparam("since", type_=BIG)
# Of a job that ended its own row says when. One that was given back, waits for a retry or runs once
# more has only the runs that it had. Its id stands as text: a condition is also written alone
# (scripts/plain_sql.py), where there is no table around it to refer to.
_ran_since = sa.bindparam("ran_since", type_=BIG)
_earlier_runs: sa.Select[int] = (
    sa.select(sa.literal_column("1"))
    .select_from(attempts)
    .where(
        attempts.c.job_id == sa.literal_column(f"{jobs.name}.id", BIG),
        attempts.c.finished_at >= _ran_since,
    )
)
RAN_SINCE = sa.and_(
    jobs.c.token > sa.literal_column("0"),
    sa.or_(
        is_in(JobState.RUNNING),
        jobs.c.finished_at >= _ran_since,
        sa.and_(jobs.c.finished_at.is_(None), sa.exists(_earlier_runs)),
    ),
)
BEFORE = jobs.c.id < sa.bindparam("before", type_=BIG)
TAG = TagValue(jobs.c.spec, sa.bindparam("of_tag", type_=TEXT)) == sa.bindparam(
    "of_value", type_=TEXT
)
# For more tags than one, beside the first: it costs twice what that does.
HAS_TAGS = ~sa.exists(
    sa.select(sa.literal_column("1"))
    .select_from(TAGS)
    .where(TagValue(jobs.c.spec, TAGS.c.tag).is_distinct_from(TAGS.c.value))
    .correlate(jobs)
)
# The spec is JSON text: the words are looked for as JSON writes them, in one string or as the
# items of an argv.
_escaped = sa.bindparam("in_spec", type_=sa.Text)
_items = sa.bindparam("in_argv", type_=sa.Text)
_plain = sa.bindparam("in_text", type_=sa.Text)
SEARCH = sa.or_(
    jobs.c.spec.icontains(_escaped, escape="/"),
    jobs.c.spec.icontains(_items, escape="/"),
    jobs.c.name.icontains(_plain, escape="/"),
    jobs.c.task.icontains(_plain, escape="/"),
    jobs.c.note.icontains(_plain, escape="/"),
)
