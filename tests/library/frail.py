"""A program whose task processes stop or die between two steps of their life, as a test says.

`DEATHS` kills: one process at a time is mortal. The first of these dies at the first point that it
comes to, the next at its second one, and so on. `PAUSES` lets the first that comes to the point of
a name wait there.
"""

import fcntl
import os
import signal
import time
from pathlib import Path
from typing import Any

from queuectl_worker import Context, Queue, current
from queuectl_worker.executors.pool.desk import Desk
from tests.waiting import eventually

STORE = "QUEUECTL_TEST_FRAIL"
DEATHS = "QUEUECTL_TEST_DEATHS"
PAUSES = "QUEUECTL_TEST_PAUSES"
"""The name of the point, and the folder in which it says `there` and waits for `go-on`."""
POINTS = 18
PERHAPS = "perhaps a run that the worker has sent"

queue = Queue(os.environ.get(STORE, "frail.db"))


@queue.task(max_retries=9, backoff_max=0.05)
def sign(book: Path, context: Context) -> None:
    """Write job and token into *book*: a line for each run that began. Take two milliseconds."""
    with book.open("a") as file:
        file.write(f"{context.job.id} {context.token}\n")
    time.sleep(0.002)


@queue.task(max_retries=0, timeout=0.05)
def finish_at_the_limit(book: Path, context: Context) -> None:
    """As `sign`, for so long that the time limit comes as the run ends."""
    sign.function(book, context)
    time.sleep(0.048)


@queue.task(max_retries=0)
def hold(go_on: Path, book: Path | None = None) -> None:
    """Keep the slot until the file *go_on* is there."""
    if book is not None:
        sign.function(book, current())
    eventually(go_on.exists, within=60, what="the word to go on")


@queue.task(max_retries=0)
def tell_at_length(size: int) -> str:
    """Return so many characters."""
    return "x" * size


class Fate:
    """What becomes of this process."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._holds, self._left = folder, "", 0
        self._lock = os.open(folder / "mortal", os.O_RDWR | os.O_CREAT)

    def point(self, name: str, holds: str | None = None) -> None:
        """Note what the process has from now on, and die here if this is the place."""
        self._holds = self._holds if holds is None else holds
        if name == "said ready":
            self._left = self._share()
        self._left -= 1
        if self._left == 0:
            path = self._folder / f"death-{os.getpid()}"
            path.write_text(f"{name};{self._holds}")
            path.rename(path.with_suffix(".told"))
            os.kill(os.getpid(), signal.SIGKILL)

    def _share(self) -> int:
        """Return at which point this process dies, 0 for never; its death frees the lock."""
        # Round and round: on a busy host a turn may find nothing to take, and miss those points.
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return 0
        return len(list(self._folder.glob("death-*.told"))) % POINTS + 1


class Pause:
    """Where the first process that comes there waits."""

    def __init__(self, setting: str) -> None:
        self._name, _, folder = setting.partition(";")
        self._folder = Path(folder)

    def point(self, name: str, _holds: str | None = None) -> None:
        """Wait here, if this is the place and nobody has waited yet."""
        if name == self._name:
            try:
                with (self._folder / "there").open("x") as file:
                    file.write(f"{os.getpid()}\n")
            except FileExistsError:
                return
            eventually((self._folder / "go-on").exists, within=60, what="the word to go on")


def _befall(fate: Fate | Pause) -> None:
    """Let the steps of this process be points of *fate*."""
    wait, take, say = Desk.wait, Desk.take, Desk.say

    def wait_or_die(desk: Desk) -> Any:
        fate.point("before wait")
        if (message := wait(desk)) is not None:
            fate.point("sent", f"{message['job']['id']} {message['token']}")
        return message

    def take_or_die(desk: Desk) -> Any:
        fate.point("before take")
        message = take(desk)
        fate.point("taken")
        return message

    def say_or_die(desk: Desk, message: dict[str, Any], *, soon: bool = True) -> None:
        fate.point(f"before {message['said']}")
        say(desk, message, soon=soon)
        match message:
            case {"said": "began", "of": [job, token]}:
                holds = f"{job} {token}"
            case {"said": "ended", "then": "takes"}:
                holds = ""
            case _:
                holds = PERHAPS
        fate.point(f"said {message['said']}", holds)

    # The point of this program: real steps of a real process, with an end between them.
    Desk.wait, Desk.take, Desk.say = wait_or_die, take_or_die, say_or_die  # type: ignore[method-assign]


if DEATHS in os.environ:
    _befall(Fate(Path(os.environ[DEATHS])))
if PAUSES in os.environ:
    _befall(Pause(os.environ[PAUSES]))
