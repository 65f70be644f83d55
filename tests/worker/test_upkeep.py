"""A running worker reads the store's settings at least once a second, by construction."""

import threading

from queuectl_store import Store
from queuectl_worker.loop import Loop
from queuectl_worker.tuning import Tuner
from queuectl_worker.upkeep import upkeep

LOOKS = 200


class CountedPauses(threading.Event):
    """What a loop waits on between two ticks: notes for how long, and that time is over at once."""

    def __init__(self, enough: threading.Event) -> None:
        super().__init__()
        self.pauses: list[float] = []
        self._enough = enough

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None
        self.pauses.append(timeout)
        if len(self.pauses) == LOOKS:
            self._enough.set()
            return super().wait()
        return False


def test_settings_are_read_at_least_once_a_second(store: Store) -> None:
    """Whatever the loop's jitter draws, from one look to the next it waits less than that."""
    enough, looks = threading.Event(), 0

    class CountedLooks(Tuner):
        def refresh(self) -> None:
            nonlocal looks
            looks += 1
            super().refresh()

    tuner = CountedLooks(store, {})
    loop = Loop("upkeep", upkeep(store, tuner), on_failure=lambda _: enough.set())
    loop._poked = pauses = CountedPauses(enough)
    loop.start()
    assert enough.wait(30)
    loop.ask_to_stop()
    loop.join()

    assert looks == LOOKS
    assert max(pauses.pauses) < 1.0


def test_a_look_takes_over_what_was_set_in_the_store(store: Store) -> None:
    tuner = Tuner(store, {"grace": "7s"})
    tick = upkeep(store, tuner)
    store.settings.set("kill_grace", "3s")
    store.settings.set("grace", "3s")
    store.settings.set_for_queue("mail", "crash_limit", "9")

    tick()

    assert tuner.current.kill_grace_ms == 3_000
    assert tuner.current.grace_ms == 7_000  # the worker's own
    assert tuner.current.policy_of("mail").crash_limit == 9


def test_settings_that_make_no_sense_leave_the_last_good_ones(store: Store) -> None:
    tuner = Tuner(store, {})
    tick = upkeep(store, tuner)
    text = "INSERT INTO queuectl_settings VALUES ('kill_grace', 'soon')"
    store._database.write(lambda c: c.exec_driver_sql(text))

    tick()

    assert tuner.current.kill_grace_ms == 10_000
