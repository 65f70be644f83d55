"""Carries what runs print from this host's files into a server's store, for every other host.

Only where the store is a server: beside a SQLite file there is no such thread. Nothing waits for
it: a run's end is recorded whether or not its last words have arrived.
"""

import logging
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from queuectl_store import Claim, OutputOf, Piece, Store, StoreError, Stream
from queuectl_worker.logkeeping import output_files
from queuectl_worker.news import JobEnded, JobStarted, News, ResultRefused, WorkerJoined
from queuectl_worker.output import LogFolder
from queuectl_worker.shipment import Shipment

log = logging.getLogger(__name__)

# A follower looks as often, so that it is behind by a tenth of a second.
EACH_S = 0.05
IDLE_S = 60.0
FINISH_S = 10.0
# Held several times over on its way: as rows, as parameters, and in the send buffer of the driver.
_BATCH_BYTES = 1 << 20
# A clock that is set back meanwhile must cost no output.
_CLOCK_STEP_MS = 60_000


class Shipper:
    """The outputs that are under way. `hear` is for the hot loop, the rest for one thread.

    Attributes:
        wake: Called when there is news; set by whoever runs the ticks.

    Args:
        cap: Bytes that the store keeps of one output.
    """

    def __init__(self, store: Store, logs: LogFolder, *, cap: Callable[[], int]) -> None:
        self._outputs, self._logs, self._cap = store.outputs, logs, cap
        self._mail: deque[News] = deque()
        self._shipments: dict[OutputOf, Shipment] = {}
        # Taken, and not yet known to be stored: sent again as they are.
        self._cuts: list[tuple[OutputOf, int, int]] = []
        self._pieces: list[Piece] = []
        self.wake: Callable[[], None] = lambda: None

    def hear(self, news: News) -> None:
        """Take note of runs that begin and end."""
        match news:
            case JobStarted(pid=pid) if pid is not None:
                self._mail.append(news)
            case JobEnded() | ResultRefused() | WorkerJoined():
                self._mail.append(news)
            case _:
                return
        self.wake()

    def tick(self) -> float:
        """Store what came since the last time; return the seconds until the next.

        Raises:
            StoreError: It was not stored; the next tick tries again.
        """
        while self._mail:
            self._read(self._mail.popleft())
        self._send()
        is_full = self._gather()
        self._send()
        return 0.0 if is_full else EACH_S if self._shipments else IDLE_S

    def finish(self) -> None:
        """Store the last words of all runs; for some seconds at most."""
        deadline = time.monotonic() + FINISH_S
        try:
            while (self._shipments or self._mail) and time.monotonic() < deadline:
                for shipment in self._shipments.values():
                    shipment.has_ended = True
                self.tick()
        except StoreError as error:
            log.warning("output did not reach the store", extra={"reason": error})
        if self._shipments:
            log.warning("output is not in the store", extra={"outputs": len(self._shipments)})

    def _read(self, news: News) -> None:
        match news:
            case JobStarted(claim=claim, at_ms=at_ms):
                self._watch(claim, at_ms)
            case JobEnded(finish=finish) | ResultRefused(finish=finish):
                if finish.facts.log_bytes:
                    self._watch(finish.claim, finish.facts.started_at or 0)
                for of in _outputs_of(finish.claim):
                    if (shipment := self._shipments.get(of)) is not None:
                        shipment.has_ended = True
            case _:  # it joined anew: all that it ran was taken from it
                for shipment in self._shipments.values():
                    shipment.has_ended = True

    def _watch(self, claim: Claim, started_ms: int) -> None:
        since_ms = started_ms - _CLOCK_STEP_MS
        for of in _outputs_of(claim):
            if of not in self._shipments:
                path = self._path(claim, of.stream)
                self._shipments[of] = Shipment(of, path, cap=self._cap(), since_ms=since_ms)

    def _path(self, claim: Claim, stream: Stream) -> Path:
        named = self._logs.name if stream is Stream.OUT else self._logs.errors_name
        return Path(named(claim.job.id, claim.token, claim.job.started_at or 0))

    def _gather(self) -> bool:
        """Take the next pieces; tell whether there is more than a batch."""
        room = _BATCH_BYTES
        for of, shipment in list(self._shipments.items()):
            cuts, pieces = shipment.take(room)
            self._cuts += [(of, start, end) for start, end in cuts]
            self._pieces += pieces
            room -= sum(len(piece.body) for piece in pieces)
            if shipment.is_done:
                shipment.close()
                del self._shipments[of]
            if room <= 0:
                return True
        return False

    def _send(self) -> None:
        while self._cuts:
            self._outputs.cut(*self._cuts[0])
            del self._cuts[0]
        self._outputs.add(self._pieces)
        self._pieces.clear()


def store_logs(store: Store, logs: LogFolder, *, cap: int) -> int:
    """Put every output that lies in *logs* into *store*; return how many there were."""
    count = 0
    for file in output_files(logs):
        of = OutputOf(file.job_id, file.token, Stream.ERR if file.is_error else Stream.OUT)
        shipment = Shipment(of, file.path, cap=cap, has_ended=True)
        while not shipment.is_done:
            cuts, pieces = shipment.take(_BATCH_BYTES)
            for start, end in cuts:
                store.outputs.cut(of, start, end)
            store.outputs.add(pieces)
        shipment.close()
        count += 1
    return count


def _outputs_of(claim: Claim) -> list[OutputOf]:
    streams = list(Stream) if claim.job.split_output else [Stream.OUT]
    return [OutputOf(claim.job.id, claim.token, stream) for stream in streams]
