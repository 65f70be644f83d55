import pytest

from queuectl_store.sql import hot, upkeep

HOT = ("ENQUEUE", "CLAIM", "FINISH", "WRITE_EVENTS", "WRITE_ATTEMPTS", "WRITE_ENDINGS")


@pytest.mark.parametrize("name", HOT)
def test_a_hot_statement_is_compiled_once(name: str) -> None:
    """Without a cache key it would be compiled at every call."""
    assert getattr(hot, name)._generate_cache_key() is not None


def test_a_renewal_is_compiled_once() -> None:
    assert upkeep.RENEW._generate_cache_key() is not None
