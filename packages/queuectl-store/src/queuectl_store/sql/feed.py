"""The statements of the feed: the event log in an order that skips nothing."""

import sqlalchemy as sa

from queuectl_store.sql.hot import BIG, INT, ZERO
from queuectl_store.sql.names import EVENTS_PRUNED
from queuectl_store.sql.places import FeedBackwards, FeedOrder, Horizon, InFeed, IsForeign, NewestId
from queuectl_store.sql.side_tables import pruned
from queuectl_store.sql.tables import events

_at_most = sa.bindparam("at_most", type_=INT)

FEED = sa.select(*events.columns).where(InFeed()).order_by(FeedOrder()).limit(_at_most)
NEWEST = sa.select(*events.columns).where(InFeed()).order_by(FeedBackwards()).limit(_at_most)
HORIZON = sa.select(Horizon())
END = sa.select((Horizon() - sa.literal_column("1", BIG)).label("tx"), NewestId().label("id"))

PRUNED = sa.select(pruned.c.tx, pruned.c.id).where(
    pruned.c.name == sa.literal_column(f"'{EVENTS_PRUNED}'")
)
_to_tx, _to_id = sa.bindparam("to_tx", type_=BIG), sa.bindparam("to_id", type_=BIG)
NOTE_PRUNED = (
    sa.update(pruned)
    .where(
        pruned.c.name == sa.literal_column(f"'{EVENTS_PRUNED}'"),
        sa.tuple_(pruned.c.tx, pruned.c.id) < sa.tuple_(_to_tx, _to_id),
    )
    .values(tx=_to_tx, id=_to_id)
    .returning(pruned.c.id)
)
ADD_PRUNED = sa.insert(pruned)

# After a restore from another server: they come before everything that happens here.
ADOPT = sa.update(events).where(IsForeign()).values(tx=ZERO)
