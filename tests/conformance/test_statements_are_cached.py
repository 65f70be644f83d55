import pytest
import sqlalchemy as sa

from queuectl_store.sql import claim, enqueue, hot, limits, outlook, upkeep

HOT = {
    "ENQUEUE": enqueue.ENQUEUE,
    "CLAIM": claim.CLAIM,
    "PENDING_QUEUES": claim.PENDING_QUEUES,
    "WRITE_CLAIMS": claim.WRITE_CLAIMS,
    "FINISH": hot.FINISH,
    "WRITE_EVENTS": hot.WRITE_EVENTS,
    "WRITE_ATTEMPTS": hot.WRITE_ATTEMPTS,
    "WRITE_ENDINGS": hot.WRITE_ENDINGS,
    "ENTER": limits.ENTER,
    "CANDIDATES": limits.CANDIDATES,
    "ADMIT": limits.ADMIT,
    "RUNNING": limits.RUNNING,
    "UNPARK": limits.UNPARK,
    "OUTLOOK": outlook.OUTLOOK,
}


@pytest.mark.parametrize("name", HOT)
def test_a_hot_statement_is_compiled_once(name: str) -> None:
    """Without a cache key it would be compiled at every call."""
    statement: sa.sql.ClauseElement = HOT[name]
    assert statement._generate_cache_key() is not None


def test_a_renewal_is_compiled_once() -> None:
    assert upkeep.RENEW._generate_cache_key() is not None
