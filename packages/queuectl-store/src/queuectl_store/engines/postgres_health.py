"""What a PostgreSQL server shows of itself: for `doctor`."""

import time

from queuectl_store.engines.symptoms import Level, Symptom
from queuectl_store.engines.transaction import Transaction

_LONG_S = 300
_SKEW_S = 5.0
_MANY_DEAD = 100_000
_FACTS = """
SELECT current_setting('server_version'), extract(epoch FROM clock_timestamp()),
    coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0)
FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
"""
_DEAD = """
SELECT relname, n_live_tup, n_dead_tup FROM pg_stat_user_tables
WHERE relname LIKE 'queuectl~_%%' ESCAPE '~' AND n_dead_tup > n_live_tup ORDER BY n_dead_tup DESC
"""


def symptoms(connection: Transaction) -> list[Symptom]:
    """Return what is to be said of the server, well or not."""
    version, clock, oldest = connection.exec_driver_sql(_FACTS).one()
    dead = connection.exec_driver_sql(_DEAD).all()
    return [
        Symptom(name="server", level=Level.OK, text=f"PostgreSQL {version}"),
        clock_symptom(float(clock) - time.time()),
        transaction_symptom(float(oldest)),
        bloat_symptom([(str(name), int(live), int(gone)) for name, live, gone in dead]),
    ]


def clock_symptom(ahead_s: float) -> Symptom:
    """Judge how many seconds the server's clock is ahead of this host's."""
    text = f"the server's clock is {ahead_s:+.1f} s from this host's"
    if abs(ahead_s) < _SKEW_S:
        return Symptom(name="clock", level=Level.OK, text=text)
    return Symptom(
        name="clock",
        level=Level.WARNING,
        text=f"{text}: times of jobs are the server's",
        remedy="keep both by NTP",
    )


def transaction_symptom(oldest_s: float) -> Symptom:
    """Judge the longest open transaction in the database."""
    text = f"the oldest open transaction is {oldest_s:,.0f} s old"
    if oldest_s < _LONG_S:
        return Symptom(name="transactions", level=Level.OK, text=text)
    return Symptom(
        name="transactions",
        level=Level.WARNING,
        text=f"{text}: until it ends no dead row goes, and claims slow down",
        remedy="find it in pg_stat_activity; set idle_in_transaction_session_timeout",
    )


def bloat_symptom(tables: list[tuple[str, int, int]]) -> Symptom:
    """Judge tables by (name, live rows, dead rows)."""
    bloated = [name for name, live, dead in tables if dead > max(live, _MANY_DEAD)]
    if not bloated:
        return Symptom(name="bloat", level=Level.OK, text="autovacuum keeps up")
    return Symptom(
        name="bloat",
        level=Level.WARNING,
        text=f"more dead rows than live ones in {', '.join(bloated)}",
        remedy="let autovacuum run; VACUUM (VERBOSE) tells what holds it up",
    )
