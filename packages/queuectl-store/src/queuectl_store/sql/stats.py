"""The statements of what a store holds, in numbers."""

from typing import Any

import sqlalchemy as sa

from queuectl_store.sql.all_tables import TABLES
from queuectl_store.sql.hot import BIG, is_in
from queuectl_store.sql.tables import events, jobs

_DAY_MS = sa.literal_column("86400000", BIG)

OLDEST_PENDING = sa.select(sa.func.min(jobs.c.created_at)).where(
    is_in("pending"), jobs.c.waits_for.is_(None)
)
ROWS: sa.CompoundSelect[Any] = sa.union_all(
    *(
        sa.select(
            sa.literal_column(f"'{table.name.removeprefix('queuectl_')}'").label("name"),
            sa.func.count().label("n"),
        ).select_from(table)
        for table in TABLES
    )
)
NEWEST_EVENT = sa.select(events.c.at).order_by(events.c.id.desc()).limit(sa.literal_column("1"))
EVENTS_A_DAY = (
    sa.select((events.c.at - events.c.at % _DAY_MS).label("day"), sa.func.count().label("n"))
    .where(events.c.at >= sa.bindparam("since", type_=BIG))
    .group_by(sa.literal_column("day"))
    .order_by(sa.literal_column("day"))
)
