"""Paced retries: dead letters that go back to work a few at a time, each replay by a bucket."""

import secrets
from collections.abc import Mapping
from typing import Any

from queuectl_store.limits.rates import Bucket, Rate
from queuectl_store.sql.plain import replays as sql
from queuectl_store.sql.statement import Connection

PREFIX = "replay:"
_BETWEEN_LOOKS_MS = 100


def name_of(rate: Rate) -> str:
    """Return the name of a new replay, by which its rate is known again."""
    return f"{PREFIX}{rate.count}/{rate.per_ms}:{secrets.token_urlsafe(6)}"


def pace(connection: Connection, times: Mapping[str, Any], name: str) -> None:
    """See that the jobs that this transaction makes wait for *name* will be let out."""
    values = {"of_bucket": name, **times}
    if sql.TOUCH.run(connection, values).first() is None:
        count, _, per = name.removeprefix(PREFIX).partition(":")[0].partition("/")
        rate = {"count": int(count), "per": int(per)}
        # A stager looks some ten times a second: what falls due in between goes at once.
        burst = max(1, rate["count"] * _BETWEEN_LOOKS_MS // rate["per"])
        sql.ADD.run(connection, {**values, **rate, "at_once": burst})


def let_out(connection: Connection, times: Mapping[str, Any]) -> int:
    """Let the jobs go whose turn it is; return how many.

    A replay that another worker looks after at this moment is left to it.
    """
    return sum(_let_out_of(connection, row) for row in sql.DUE.run(connection, times).all())


def _let_out_of(connection: Connection, row: Any) -> int:
    now_us = row.now * 1_000
    rate = Rate(count=row.rate, per_ms=row.rate_ms, burst=row.burst)
    bucket = Bucket(rate=rate, full_at_us=row.full_at_us)
    values = {"of_bucket": row.name}
    room = bucket.tokens(now_us)
    gone = len(sql.LET_OUT.run(connection, {**values, "at_most": room}).all())
    if not sql.ANY_LEFT.run(connection, values).scalar_one():
        sql.FORGET.run(connection, values)
    else:
        bucket = bucket.after(gone, now_us)
        filled = {"full_at": bucket.full_at_us, "next_at": bucket.ready_at_ms(now_us)}
        sql.FILL.run(connection, {**values, **filled})
    return gone
