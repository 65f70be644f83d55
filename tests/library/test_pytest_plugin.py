"""The fixtures, as a project's own pytest finds them."""

import pytest

pytest_plugins = ["pytester"]

SHOP = """
from queuectl_worker import Queue

queue = Queue("no/such/folder/queue.db")
sent = []

@queue.task
def remind(item: str) -> None:
    sent.append(item)

def order(item: str) -> None:
    remind.options(delay="1d").enqueue(item)
"""
TESTS = """
import shop
from queuectl_worker.testing import drain, enqueued, inline

def test_a_reminder_comes_a_day_later(queuectl_use, queuectl_clock):
    queue = queuectl_use(shop.queue)
    shop.order("ink")
    drain(queue)
    assert shop.sent == []

    queuectl_clock.advance(ms=86_400_000)
    drain(queue)

    assert shop.sent == ["ink"]

def test_each_test_has_a_store_of_its_own(queuectl_use, queuectl_store):
    queue = queuectl_use(shop.queue)
    assert queue.store is queuectl_store
    assert enqueued(queue) == []
    with inline(queue):
        shop.remind.enqueue("glue")
    assert shop.sent == ["ink", "glue"]

def test_afterwards_the_queue_is_as_it_was():
    assert shop.queue.use(None) is None
"""
UNUSED = """
import sys

def test_nothing_of_ours_is_imported_before_it_is_asked_for():
    assert "queuectl_store" not in sys.modules
"""


def test_a_projects_tests_run_on_stores_of_their_own(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(shop=SHOP, test_shop=TESTS)

    run_pytest(pytester).assert_outcomes(passed=3)


def test_a_project_that_uses_none_pays_for_none(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_unused=UNUSED)

    run_pytest(pytester).assert_outcomes(passed=1)


def run_pytest(pytester: pytest.Pytester) -> pytest.RunResult:
    return pytester.runpytest_subprocess("-p", "no:cacheprovider")
