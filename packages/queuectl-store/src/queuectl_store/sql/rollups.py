"""The statements of counting: add to tallies, fold them into rollups, read both as one."""

from typing import Any

import sqlalchemy as sa

from queuectl_store.sql.counting import AddUp, Replace, TryFold, Writer
from queuectl_store.sql.hot import BIG, INT, ONE, TEXT, ZERO, literal
from queuectl_store.sql.names import TALLIED
from queuectl_store.sql.rollup_tables import rollups, tallies
from queuectl_store.sql.rows import Batch, NowMs
from queuectl_store.sql.shared import Shared
from queuectl_store.sql.spans import HOUR, MINUTE
from queuectl_store.sql.tables import jobs, workers

TALLY = Batch(
    "tally",
    queue=TEXT,
    task=TEXT,
    verb=TEXT,
    source=TEXT,
    target=TEXT,
    outcome=TEXT,
    bucket=INT,
    n=BIG,
    ms=BIG,
)
ROLLUPS = Batch("rolled", span=BIG, scope=TEXT, name=TEXT, at=BIG, counts=TEXT)

_minute = sa.literal_column(str(MINUTE), BIG)
_blank = sa.literal_column("''", TEXT)
_texts = [sa.func.coalesce(TALLY.c[name], _blank) for name in TALLIED[:-1]]
ADD = (
    sa.insert(tallies)
    .from_select(
        ["at", "writer", *TALLIED, "n", "ms"],
        sa.select(
            NowMs() - NowMs() % _minute,
            Writer(),
            *_texts,
            sa.func.coalesce(TALLY.c.bucket, sa.literal_column("-1", INT)),
            TALLY.c.n,
            sa.func.coalesce(TALLY.c.ms, ZERO),
        )
        # A condition, since without one SQLite takes ON for that of a join.
        .where(ONE == ONE),
        include_defaults=False,
    )
    .ext(AddUp())
)


# For the one or two kinds of a single job: reading them out of JSON took twice as long as adding.
def add_each(c: Any, *sources: sa.FromClause) -> sa.Insert:
    """Make what adds one kind, whose columns are *c*, once for each row of *sources*."""
    columns = [*TALLIED, "n", "ms"]
    return (
        sa.insert(tallies)
        .from_select(
            ["at", "writer", *columns],
            sa.select(
                NowMs() - NowMs() % _minute, Writer(), *(getattr(c, name) for name in columns)
            )
            .select_from(*sources)
            .where(ONE == ONE),
            include_defaults=False,
        )
        .ext(AddUp())
    )


ADD_EACH = add_each(Shared(TALLY).c)

# Those that a transaction is adding to at this moment are left for the next fold.
_key = sa.tuple_(*tallies.primary_key.columns)
_some = (
    sa.select(*tallies.primary_key.columns)
    .where(tallies.c.at < sa.bindparam("before_at", type_=BIG))
    .order_by(*tallies.primary_key.columns)
    .limit(sa.bindparam("at_most", type_=INT))
    .with_for_update(skip_locked=True)
    .cte("oldest")
    .prefix_with("MATERIALIZED", dialect="postgresql")
)
TAKE = sa.delete(tallies).where(_key.in_(sa.select(*_some.c))).returning(*tallies.columns)
TRY_FOLD = sa.select(TryFold())
_few = sa.select(ONE.label("one")).select_from(tallies).limit(sa.bindparam("at_most", type_=INT))
LOOK = sa.select(
    sa.select(sa.func.min(tallies.c.at)).scalar_subquery().label("oldest"),
    sa.select(sa.func.count()).select_from(_few.subquery("few")).scalar_subquery().label("n"),
    NowMs().label("now"),
)

ROLLED = sa.select(*rollups.columns).join(
    ROLLUPS,
    sa.and_(
        rollups.c.span == ROLLUPS.c.span,
        rollups.c.scope == ROLLUPS.c.scope,
        rollups.c.name == ROLLUPS.c.name,
        rollups.c.at == ROLLUPS.c.at,
    ),
)
NAMES = (
    sa.select(rollups.c.scope, rollups.c.name, rollups.c.counts)
    .where(rollups.c.span == ZERO, rollups.c.scope.in_([literal("queue"), literal("task")]))
    .order_by(rollups.c.scope, rollups.c.name)
)
SAVE = (
    sa.insert(rollups)
    .from_select(
        [c.name for c in ROLLUPS.columns],
        sa.select(*ROLLUPS.columns).where(ONE == ONE),
        include_defaults=False,
    )
    .ext(Replace())
)
_of_span = sa.bindparam("of_span", type_=BIG)
FORGET = sa.delete(rollups).where(
    rollups.c.span == _of_span, rollups.c.at < sa.bindparam("before_at", type_=BIG)
)

# One statement, so that what is being folded is seen once: here or there. Tallies come last.
_no_text, _no_number = sa.literal_column("NULL", TEXT), sa.literal_column("NULL", BIG)
_tallied = sa.select(
    *(_no_text.label(name) for name in ("scope", "name", "counts")),
    tallies.c.at,
    *(tallies.c[name] for name in TALLIED),
    # PostgreSQL adds whole numbers up to decimal ones.
    *(sa.cast(sa.func.sum(tallies.c[name]), BIG).label(name) for name in ("n", "ms")),
).group_by(tallies.c.at, *(tallies.c[name] for name in TALLIED))


def _with_tallies(*where: sa.ColumnElement[bool]) -> sa.CompoundSelect[tuple[object, ...]]:
    blank = [_no_text.label(name) for name in TALLIED[:-1]]
    numbers = [_no_number.label(name) for name in ("bucket", "n", "ms")]
    kept = [rollups.c[name] for name in ("scope", "name", "counts", "at")]
    return sa.union_all(sa.select(*kept, *blank, *numbers).where(*where), _tallied)


TOTALS = _with_tallies(rollups.c.span == ZERO)
# What a scrape tells: tasks are no labels of it.
SCRAPE = _with_tallies(
    rollups.c.span == ZERO,
    rollups.c.scope.in_([literal(each) for each in ("store", "queue", "schedule", "uncounted")]),
)
DEPTHS = _with_tallies(
    rollups.c.span == ZERO, rollups.c.scope.in_([literal("queue"), literal("uncounted")])
)
_since = rollups.c.at >= sa.bindparam("since", type_=BIG)
_of_scope = rollups.c.scope == sa.bindparam("of_scope", type_=TEXT)
_one_name = rollups.c.name == sa.bindparam("of_name", type_=TEXT)
WINDOW = _with_tallies(rollups.c.span == _of_span, _of_scope, _since)
WINDOW_OF = _with_tallies(rollups.c.span == _of_span, _of_scope, _one_name, _since)
# From an instant on: minutes until the first full hour, then hours.
_edge = sa.bindparam("edge", type_=BIG)
SINCE = _with_tallies(
    _of_scope,
    sa.or_(
        sa.and_(rollups.c.span == sa.literal_column(str(MINUTE)), _since, rollups.c.at < _edge),
        sa.and_(rollups.c.span == sa.literal_column(str(HOUR)), rollups.c.at >= _edge),
    ),
)

# What a store of before holds is counted once: by the indexes of the states, without a lock.
FULL_COUNT = (
    sa.select(jobs.c.queue, jobs.c.state, sa.func.count().label("n"))
    .group_by(jobs.c.queue, jobs.c.state)
    .order_by(jobs.c.queue)
)
UNCOUNTED = sa.select(rollups.c.counts).where(
    rollups.c.span == ZERO, rollups.c.scope == literal("uncounted")
)
# Given once, to the one who counted: a second count must not be added as well.
MARK_COUNTED = (
    sa.delete(rollups)
    .where(
        rollups.c.span == ZERO,
        rollups.c.scope == literal("uncounted"),
        rollups.c.counts == sa.bindparam("seen", type_=TEXT),
    )
    .returning(rollups.c.name)
)
# Programs of before, which do not count: they were asked to stop by the migration.
ANY_OLDER_WORKER = sa.select(
    sa.exists(
        sa.select(ONE)
        .select_from(workers)
        .where(workers.c.state == literal("stopping"), workers.c.stop == literal("now"))
    )
)
