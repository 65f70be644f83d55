"""The lock that hands itself to whoever has waited longest."""

import threading
from collections.abc import Callable

from queuectl_store.engines.fair_lock import FairLock
from tests.waiting import eventually


def in_a_thread(work: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_threads_get_it_in_the_order_in_which_they_came() -> None:
    lock, got = FairLock(), list[int]()
    assert lock.acquire(1)
    threads = []
    for n in range(5):

        def take(n: int = n) -> None:
            assert lock.acquire(30)
            got.append(n)
            lock.release()

        threads.append(in_a_thread(take))
        eventually(lambda n=n: len(lock._waiting) == n + 1, within=30, what="it to wait")  # type: ignore[misc]
    lock.release()
    for thread in threads:
        thread.join(30)

    assert got == [0, 1, 2, 3, 4]
    assert lock.acquire(0)


def test_who_takes_it_again_at_once_comes_after_those_that_wait() -> None:
    """A plain lock would mostly go back to the thread that has just let go of it."""
    lock, had = FairLock(), threading.Event()

    def take() -> None:
        assert lock.acquire(30)
        had.set()
        lock.release()

    assert lock.acquire(1)
    other = in_a_thread(take)
    eventually(lambda: lock._waiting, within=30, what="the other to wait")
    lock.release()
    assert lock.acquire(30)

    assert had.is_set()
    other.join(30)


def test_who_does_not_get_it_in_time_is_told_and_forgotten() -> None:
    lock = FairLock()
    assert lock.acquire(1)

    assert not lock.acquire(0.01)

    assert not lock._waiting
    lock.release()
    assert lock.acquire(0)


def test_none_is_lost_or_given_twice_among_many_that_give_up() -> None:
    lock, inside, most, taken = FairLock(), 0, 0, 0

    def work() -> None:
        nonlocal inside, most, taken
        for n in range(300):
            if lock.acquire(0.0001 * (n % 3)):
                inside += 1
                most, taken = max(most, inside), taken + 1
                inside -= 1
                lock.release()

    threads = [in_a_thread(work) for _ in range(8)]
    for thread in threads:
        thread.join(60)

    assert most == 1
    assert taken > 0
    assert lock.acquire(0)
