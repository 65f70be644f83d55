"""The statements that estimate what ended jobs occupy, newest first.

An estimate by SQLite's layout, measured over stores of short and long jobs: the texts, and for
each row what its numbers, its header and its place in the indexes take.
"""

from types import MappingProxyType

import sqlalchemy as sa

from queuectl_store.sql.hot import BIG, INT, TEXT, ZERO, is_in
from queuectl_store.sql.rows import Octets
from queuectl_store.sql.tables import attempts, events, jobs
from queuectl_store.states import FINAL

OF_A_JOB, OF_AN_ATTEMPT, OF_AN_EVENT = 140, 40, 50
# A key and a queue's name stand in an index too.
_TWICE = (jobs.c.key, jobs.c.queue, jobs.c.unique_slot)
_ONCE = (
    *(jobs.c.spec, jobs.c.note, jobs.c.result, jobs.c.progress, jobs.c.name, jobs.c.task),
    *(jobs.c.unique_key, jobs.c.concurrency_key, jobs.c.resources, jobs.c.fingerprint),
)
_before = sa.tuple_(sa.bindparam("to_at", type_=BIG), sa.bindparam("to_id", type_=BIG))


def _octets(text: sa.ColumnElement[str]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(Octets(text), ZERO)


def _fixed(size: int) -> sa.ColumnElement[int]:
    return sa.literal_column(str(size), INT)


def _rows_of(table: sa.Table, text: sa.ColumnElement[str], each: int) -> sa.ColumnElement[int]:
    size = sa.func.sum(_fixed(each) + _octets(text))
    of_job = sa.select(sa.func.coalesce(size, ZERO)).where(table.c.job_id == jobs.c.id)
    return of_job.scalar_subquery()


_size = _fixed(OF_A_JOB)
for _text in _TWICE:
    _size = _size + _fixed(2) * _octets(_text)
for _text in _ONCE:
    _size = _size + _octets(_text)
_size = _size + _rows_of(attempts, attempts.c.error, OF_AN_ATTEMPT)
_size = _size + _rows_of(events, events.c.note, OF_AN_EVENT)

# The next jobs of a queue and state before a place, with what each occupies.
NEWEST = MappingProxyType(
    {
        state: sa.select(jobs.c.id, jobs.c.finished_at, sa.cast(_size, sa.BigInteger).label("size"))
        .where(
            is_in(state),
            jobs.c.queue == sa.bindparam("of_queue", type_=TEXT),
            jobs.c.finished_at <= sa.bindparam("to_at", type_=BIG),
            sa.tuple_(jobs.c.finished_at, jobs.c.id) < _before,
        )
        .order_by(jobs.c.finished_at.desc(), jobs.c.id.desc())
        .limit(sa.bindparam("at_most", type_=INT))
        for state in sorted(FINAL)
    }
)
