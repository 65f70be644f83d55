"""What may be asked of a job beside what a statement asks: conditions on the jobs table."""

import sqlalchemy as sa

from queuectl_store.sql.hot import BIG, TEXT, is_in
from queuectl_store.sql.rows import Batch, TagValue
from queuectl_store.sql.side_tables import groups
from queuectl_store.sql.tables import jobs

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
# The spec is JSON text: the words are looked for as JSON writes them.
_escaped = sa.bindparam("in_spec", type_=sa.Text)
_plain = sa.bindparam("in_text", type_=sa.Text)
SEARCH = sa.or_(
    jobs.c.spec.icontains(_escaped, escape="/"),
    jobs.c.name.icontains(_plain, escape="/"),
    jobs.c.note.icontains(_plain, escape="/"),
)
