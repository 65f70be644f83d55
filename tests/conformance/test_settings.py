"""Settings in the store: what jobs get that say nothing, by their queue first."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from queuectl_store import InvalidSetting, Store, connect
from tests.conformance.story import enqueue_one, job
from tests.waiting import eventually


def allowance(store: Store, **fields: object) -> tuple[int, int | None]:
    stored = job(store, enqueue_one(store, **fields))
    return stored.max_retries, stored.timeout_ms


def test_a_job_that_names_nothing_gets_the_defaults(store: Store) -> None:
    assert allowance(store) == (3, None)


def test_the_stores_settings_hold_where_queue_and_job_say_nothing(store: Store) -> None:
    store.settings.set("max_retries", "7")
    store.settings.set("timeout", "30s")

    assert allowance(store) == (7, 30_000)


def test_a_queues_settings_win_over_the_stores_and_the_jobs_own_over_both(store: Store) -> None:
    store.settings.set("max_retries", "7")
    store.settings.set("timeout", "30s")
    store.settings.set_for_queue("mail", "max_retries", "1")
    store.settings.set_for_queue("mail", "timeout", "none")

    assert allowance(store, queue="mail") == (1, None)
    assert allowance(store, queue="other") == (7, 30_000)
    assert allowance(store, queue="mail", max_retries=0, timeout_ms=5) == (0, 5)


def test_a_job_may_ask_for_no_time_limit_where_its_queue_has_one(store: Store) -> None:
    store.settings.set_for_queue("mail", "timeout", "1m")

    assert allowance(store, queue="mail", timeout_ms=0) == (3, None)


def test_what_another_program_sets_holds_within_a_second(store: Store, store_url: str) -> None:
    assert allowance(store) == (3, None)
    with connect(store_url) as other:
        other.settings.set("max_retries", "9")

    eventually(lambda: allowance(store) == (9, None), within=1, what="the new setting")


def test_a_setting_of_a_queue_is_taken_back(store: Store) -> None:
    store.settings.set_for_queue("mail", "max_retries", "1")
    store.settings.set_for_queue("mail", "timeout", "2s")

    store.settings.set_for_queue("mail", "max_retries", None)

    assert store.settings.queues() == {"mail": {"timeout": "2s"}}
    store.settings.set_for_queue("mail", "timeout", None)
    assert store.settings.queues() == {}


@pytest.mark.parametrize(
    ("queue", "name", "value"),
    [
        ("mail", "concurrency", "3"),
        ("mail", "nonsense", "3"),
        ("mail", "max_retries", "-1"),
        ("mail", "timeout", "soon"),
        ("a b", "max_retries", "1"),
        ("", "max_retries", "1"),
    ],
)
def test_a_setting_that_a_queue_cannot_have_is_refused(
    store: Store, queue: str, name: str, value: str
) -> None:
    with pytest.raises(InvalidSetting):
        store.settings.set_for_queue(queue, name, value)

    assert store.settings.queues() == {}


def test_two_that_set_a_queues_settings_at_once_forget_none(store_url: str) -> None:
    names = ["max_retries", "timeout", "backoff_base", "crash_limit"]

    def set_one(name: str) -> None:
        with connect(store_url) as own:
            for _ in range(5):
                own.settings.set_for_queue("q", name, "5")

    connect(store_url).close()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(set_one, names))

    with connect(store_url) as store:
        assert store.settings.queues() == {"q": dict.fromkeys(names, "5")}
