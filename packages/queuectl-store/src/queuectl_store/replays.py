"""Paced retries: dead letters that go back to work a few at a time, each replay by a bucket."""

import secrets
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from queuectl_store.limits.rates import Bucket, Rate
from queuectl_store.sql import replays as sql

PREFIX = "replay:"
_BETWEEN_LOOKS_MS = 100


def name_of(rate: Rate) -> str:
    """Return the name of a new replay, by which its rate is known again."""
    return f"{PREFIX}{rate.count}/{rate.per_ms}:{secrets.token_urlsafe(6)}"


def pace(connection: sa.Connection, times: Mapping[str, Any], name: str) -> None:
    """See that the jobs that this transaction makes wait for *name* will be let out."""
    values = {"of_bucket": name, **times}
    if connection.execute(sql.TOUCH, values).first() is None:
        count, _, per = name.removeprefix(PREFIX).partition(":")[0].partition("/")
        rate = {"count": int(count), "per": int(per)}
        # A stager looks some ten times a second: what falls due in between goes at once.
        burst = max(1, rate["count"] * _BETWEEN_LOOKS_MS // rate["per"])
        connection.execute(sql.ADD, {**values, **rate, "at_once": burst})


def let_out(connection: sa.Connection, times: Mapping[str, Any]) -> int:
    """Let the jobs go whose turn it is; return how many.

    A replay that another worker looks after at this moment is left to it.
    """
    return sum(_let_out_of(connection, row) for row in connection.execute(sql.DUE, times).all())


def _let_out_of(connection: sa.Connection, row: Any) -> int:
    now_us = row.now * 1_000
    rate = Rate(count=row.rate, per_ms=row.rate_ms, burst=row.burst)
    bucket = Bucket(rate=rate, full_at_us=row.full_at_us)
    values = {"of_bucket": row.name}
    room = bucket.tokens(now_us)
    gone = len(connection.execute(sql.LET_OUT, {**values, "at_most": room}).all())
    if not connection.execute(sql.ANY_LEFT, values).scalar_one():
        connection.execute(sql.FORGET, values)
    else:
        bucket = bucket.after(gone, now_us)
        filled = {"full_at": bucket.full_at_us, "next_at": bucket.ready_at_ms(now_us)}
        connection.execute(sql.FILL, {**values, **filled})
    return gone
