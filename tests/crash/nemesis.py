"""What befalls the workers of a farm: they are killed, stopped for too long, put out of time."""

import random
import signal
import threading
import time

from tests.crash.farm import Farm
from tests.crash.scale import LEASE_S
from tests.crash.wall_clock import WallClock
from tests.waiting import eventually

PROMISED_S = 3.0
PAST_THE_LEASE_S = LEASE_S + 0.7
STEPS_MS = (0, 1_000, -1_000, 3_600_000, -3_600_000)
# No job that was put off by a stepped clock is due later than this.
AFTER_ALL_MS = 3_700_000


class Nemesis:
    """Keeps a number of workers alive, and none of them for long."""

    def __init__(
        self, farm: Farm, dice: random.Random, clock: WallClock, *, workers: int, slots: int
    ) -> None:
        self._farm, self._dice, self._clock = farm, dice, clock
        self._options = ("--concurrency", str(slots))
        farm.more_environ = clock.environ
        self.workers = [farm.start(*self._options) for _ in range(workers)]
        self._going_on: threading.Timer | None = None
        self.left: list[int] = []
        self.spans: list[float] = []
        self.stops = self.steps = 0

    def strike(self) -> None:
        """Kill one worker, and now and then stop another or step the clock."""
        # Neither is left out of a short run.
        if self._dice.random() < 0.2 or not self.stops:
            self._stop_one()
        if self._dice.random() < 0.25 or not self.steps:
            self._clock.step_to(self._dice.choice(STEPS_MS))
            self.steps += 1
        self._kill_one()

    def relent(self) -> None:
        """Let everybody go on, at a time when all that was put off is due."""
        if self._going_on is not None:
            self._going_on.join()
        # One that is stopped before it has its handlers ends by the signal, and that shows nothing.
        for worker in self.workers:
            worker.until_joined()
        self._clock.step_to(AFTER_ALL_MS)

    def _kill_one(self) -> None:
        index = self._dice.randrange(len(self.workers))
        victim = self.workers[index]
        # On a busy host a worker takes long to start, and to kill it before shows nothing.
        victim.until_joined()
        time.sleep(self._dice.uniform(0, 0.5))  # the random moment, not a wait for something
        self.left.append(len(victim.job_processes()))
        victim.kill()
        killed_at = time.monotonic()
        self.workers[index] = self._farm.start(*self._options)
        eventually(
            lambda: not victim.followers(),
            within=PROMISED_S,
            what="a killed worker's processes to go",
        )
        self.spans.append(time.monotonic() - killed_at)

    def _stop_one(self) -> None:
        """Stop one worker past its lease, one at a time.

        On SQLite it may hold the write lock, and then everybody waits for it: so it goes on by
        itself, whatever the test waits for, and before anybody's patience is over.
        """
        if self._going_on is not None and self._going_on.is_alive():
            return
        joined = [worker.process for worker in self.workers if worker.joins()]
        if joined:
            process = self._dice.choice(joined)
            process.send_signal(signal.SIGSTOP)
            go_on = threading.Timer(PAST_THE_LEASE_S, process.send_signal, [signal.SIGCONT])
            self._going_on = go_on
            go_on.start()
            self.stops += 1
