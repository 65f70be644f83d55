"""What a transaction counted, however many kinds of it there are."""

import pytest

from queuectl_store import connect
from queuectl_store.rollups.tally import Kind, Tally
from tests.raw_sql import run

# On PostgreSQL each session has rows of its own.
TALLIES = """
SELECT at, queue, task, verb, source, target, outcome, bucket,
    CAST(sum(n) AS BIGINT), CAST(sum(ms) AS BIGINT)
FROM queuectl_tallies
GROUP BY at, queue, task, verb, source, target, outcome, bucket ORDER BY queue
"""


@pytest.mark.parametrize("kinds", [1, 2, 3, 7])
def test_few_and_many_kinds_are_added_alike(store_url: str, kinds: int) -> None:
    """Up to two are given as parameters, more as one document."""
    counts = {
        Kind(f"q{n}", "mend", "claim", "pending", "running", "", n): (n + 1, 1_000 + n)
        for n in range(kinds)
    }
    now = 1_790_000_000_123
    with connect(store_url) as store:
        database = store._database
        times = dict(database.engine.times()) | {"now": now}
        for _ in range(2):
            database.write(lambda connection: Tally(counts).write(connection, times))
        with database.read() as connection:
            rows = run(connection, TALLIES).all()

    minute = now - now % 60_000
    assert [tuple(row) for row in rows] == [
        (minute, *kind, 2 * n, 2 * ms) for kind, (n, ms) in sorted(counts.items())
    ]
