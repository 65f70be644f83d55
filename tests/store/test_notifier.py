"""Wake-ups: they come at once, to everyone, and leave nothing behind."""

import os
import select
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import psycopg
import pytest

from queuectl_store import Listener, Store, connect
from queuectl_store.bell import EVERYTHING, JOBS, TIMES, WISHES
from queuectl_store.engines.postgres_listener import TrailingBell
from queuectl_store.notifier import FifoBell, FifoListener, PollingListener
from tests.conformance.story import a_job, a_worker
from tests.waiting import eventually

AT_ONCE_S = 5.0
LONG_S = 60.0


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    with connect(store_url) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "queue.db.wake"


def test_an_enqueue_wakes_every_listener_of_another_connection(
    store: Store, store_url: str
) -> None:
    with connect(store_url) as other:
        listeners = [other.listen(), other.listen()]
        for listener in listeners:
            drain(listener)

        store.enqueue([a_job()])

        assert [listener.wait(AT_ONCE_S) for listener in listeners] == [True, True]
        for listener in listeners:
            listener.close()


@pytest.mark.not_on("win32")
def test_a_listener_hears_what_a_ring_is_about(store: Store) -> None:
    with closing(store.listen()) as listener:
        drain(listener)
        about = []

        for ring in (
            lambda: store.enqueue([a_job()]),
            lambda: store.enqueue([a_job(delay_ms=60_000)]),
            lambda: store.admin.cancel([store.enqueue([a_job()])[0]]),
        ):
            ring()
            about.append(heard_by(listener))

    assert about == [JOBS, JOBS | TIMES, EVERYTHING]


@pytest.mark.not_on("win32")
def test_a_ring_of_a_program_that_says_nothing_or_something_unknown_is_about_everything(
    folder: Path, postgres_url: str
) -> None:
    """Older and newer programs share a store."""
    about = []
    with closing(FifoBell(folder).listen()) as listener:
        for code in (0, 200):
            FifoBell(folder).ring(code)
            about.append(heard_by(listener))
    with ExitStack() as stack:
        store = stack.enter_context(connect(postgres_url))
        other = stack.enter_context(psycopg.connect(postgres_url, autocommit=True))
        listener = stack.enter_context(closing(store.listen()))
        drain(listener)
        for text in ("NOTIFY queuectl", "NOTIFY queuectl, 'moon'", "NOTIFY queuectl, '64'"):
            other.execute(text)
            about.append(heard_by(listener))

    assert about == [EVERYTHING] * 5


def test_a_listener_that_nobody_rings_waits_its_time(store: Store) -> None:
    listener = store.listen()
    drain(listener)
    began = time.monotonic()

    woken = listener.wait(0.2)

    assert not woken
    assert time.monotonic() - began >= 0.19
    listener.close()


def test_a_poke_from_another_thread_ends_the_wait(store: Store) -> None:
    listener = store.listen()
    drain(listener)
    poker = threading.Timer(0.05, listener.poke)
    began = time.monotonic()
    poker.start()

    woken = listener.wait(LONG_S)

    assert woken
    assert time.monotonic() - began < LONG_S / 2
    poker.join()
    listener.close()


def test_a_poke_before_the_wait_is_not_lost(store: Store) -> None:
    listener = store.listen()
    drain(listener)
    listener.poke()

    assert listener.wait(LONG_S)

    listener.close()


@pytest.mark.not_on("win32")
def test_many_rings_before_a_wait_are_one_wake_up(folder: Path) -> None:
    bell = FifoBell(folder)
    listener = bell.listen()
    for _ in range(100_000 // 8):  # more than a FIFO holds would block a bell that waits
        bell.ring()

    assert listener.wait(0)
    assert not listener.wait(0)

    listener.close()


@pytest.mark.not_on("win32")
def test_a_bell_can_be_waited_for_beside_other_descriptors(folder: Path) -> None:
    bell = FifoBell(folder)
    listener = FifoListener(folder)
    assert not select.select(listener.filenos(), [], [], 0)[0]

    bell.ring()

    assert select.select(listener.filenos(), [], [], AT_ONCE_S)[0]
    listener.close()


@pytest.mark.not_on("win32")
def test_a_fifo_that_nobody_reads_any_more_is_cleared_away(folder: Path) -> None:
    bell = FifoBell(folder)
    living = bell.listen()
    os.mkfifo(folder / "4711-dead")

    bell.ring()

    assert not (folder / "4711-dead").exists()
    assert len(list(folder.iterdir())) == 1
    assert living.wait(AT_ONCE_S)
    living.close()


@pytest.mark.not_on("win32")
def test_a_file_in_the_place_of_a_fifo_is_not_written_to(folder: Path, tmp_path: Path) -> None:
    """Whoever can put a name there must not make us write elsewhere."""
    target = tmp_path / "precious"
    target.write_text("as it was")
    bell = FifoBell(folder)
    bell.listen().close()
    (folder / "link").symlink_to(target)
    (folder / "file").write_text("as it was")

    bell.ring()

    assert target.read_text() == "as it was"
    assert (folder / "file").read_text() == "as it was"


@pytest.mark.not_on("win32")
def test_a_closed_listener_leaves_no_file_and_a_private_folder(folder: Path) -> None:
    listener = FifoBell(folder).listen()
    modes = [stat.S_IMODE(each.stat().st_mode) for each in (folder, *folder.iterdir())]

    listener.close()

    assert modes == [0o700, 0o600]
    assert list(folder.iterdir()) == []


def test_a_bell_without_listeners_rings_in_silence(folder: Path) -> None:
    FifoBell(folder).ring()

    assert not folder.exists()


def test_a_polling_listener_sees_what_another_process_would_commit(sqlite_url: str) -> None:
    """What stands in where there are no FIFOs."""
    with connect(sqlite_url) as store, connect(sqlite_url) as other:
        listener = PollingListener(other.reader)
        assert not listener.wait(0.05)

        a_worker(store)

        assert listener.wait(AT_ONCE_S)
        assert not listener.wait(0.05)


def test_a_polling_listener_is_poked_from_another_thread(sqlite_url: str) -> None:
    with connect(sqlite_url) as store:
        listener = PollingListener(store.reader)
        poker = threading.Timer(0.05, listener.poke)
        poker.start()

        assert listener.wait(LONG_S)
        assert not listener.wait(0)

        poker.join()


def heard_by(listener: Listener) -> int:
    """Return what all rings were about that came by now."""
    assert listener.wait(AT_ONCE_S)
    about = listener.about
    while listener.wait(0.1):
        about |= listener.about
    return about


def drain(listener: Listener) -> None:
    """Take what was rung before the test began to listen for its own."""
    while listener.wait(0.3):
        pass


def test_a_postgres_bell_that_rings_now_and_then_rings_in_the_call_itself() -> None:
    """A bell that waits for a timer lets idle workers sleep as long."""
    ringers: list[int] = []
    bell = TrailingBell(lambda _: ringers.append(threading.get_ident()), in_a_row=20, every_s=60)

    for _ in range(20):
        bell.ring(JOBS)

    assert ringers == [threading.get_ident()] * 20
    bell.close()


def test_a_postgres_bell_that_rings_all_the_time_rings_seldom_and_once_more() -> None:
    rings: list[int] = []
    calls = 0
    bell = TrailingBell(lambda _: rings.append(calls), in_a_row=2, every_s=60)

    for calls in range(1, 100):  # noqa: B007 (a ring reads it)
        bell.ring(JOBS)

    assert rings == [1, 2]
    bell.close()
    assert rings == [1, 2, 99]


def test_a_postgres_bell_that_rings_late_tells_of_all_that_it_kept_back() -> None:
    rings: list[int] = []
    bell = TrailingBell(rings.append, in_a_row=1, every_s=60)
    bell.ring(JOBS)

    bell.ring(TIMES)
    bell.ring(WISHES)

    bell.close()
    assert rings == [JOBS, TIMES | WISHES]


def test_a_postgres_bell_has_its_credit_again_after_a_while() -> None:
    rings: list[float] = []
    bell = TrailingBell(lambda _: rings.append(time.monotonic()), in_a_row=1, every_s=0.01)

    bell.ring(JOBS)
    bell.ring(JOBS)

    eventually(lambda: len(rings) == 2, within=20, what="the ring that was owed")
    bell.close()


def test_a_postgres_bell_that_is_closed_has_rung_all_it_owed_and_rings_no_more() -> None:
    """A ring that outlives its store leaves a connection behind that nobody closes."""
    let_go, rings = threading.Event(), []

    def ring(_about: int) -> None:
        rings.append("begins")
        assert let_go.wait(10)
        rings.append("ends")

    bell = TrailingBell(ring, in_a_row=1, every_s=60)
    ringing = threading.Thread(target=bell.ring, args=[JOBS])
    ringing.start()
    eventually(lambda: rings, within=20, what="the first ring")
    bell.ring(JOBS)  # owed
    closing = threading.Thread(target=bell.close)
    closing.start()
    let_go.set()
    ringing.join(10)
    closing.join(10)

    assert rings == ["begins", "ends"] * 2
    bell.ring(JOBS)
    assert rings == ["begins", "ends"] * 2


@pytest.mark.not_on("win")
@pytest.mark.usefixtures("many_descriptors")
def test_a_program_with_thousands_of_descriptors_is_woken_too(store: Store, store_url: str) -> None:
    """`select` takes no number over 1,023."""
    with connect(store_url) as other, closing(store.listen()) as listener:
        drain(listener)

        other.enqueue([a_job()])

        assert listener.wait(AT_ONCE_S)
