"""The screens over the live view: a job's output as it comes, and a last question."""

import threading
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import ModalScreen, Screen
from textual.widgets import Footer, Label, RichLog

from queuectl.safe import OutputFilter, safe_text
from queuectl.watching import follow_output
from queuectl_store import Job, JobId, Store, StoreError
from queuectl_worker import LogFolder

_LINES = 5_000
_TAIL = 500


class OutputScreen(Screen[None]):
    """A job's output, from its last lines on, until the person goes back."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape,q,l", "app.pop_screen", "Back")]

    def __init__(self, store: Store, logs: LogFolder, job: Job) -> None:
        super().__init__()
        self._store, self._logs, self._job = store, logs, job
        self._is_closed = threading.Event()

    def compose(self) -> ComposeResult:
        """Lay out the title, the output and the keys."""
        yield Label(Text(safe_text(f"job {self._job.id}: {self._job.command or ''}"), "bold"))
        yield RichLog(max_lines=_LINES, wrap=True)
        yield Footer()

    def on_mount(self) -> None:
        """Begin to read."""
        # A thread of its own, since reading waits: one that outlives the screen sees that.
        threading.Thread(target=self._read, daemon=True).start()

    def on_unmount(self) -> None:
        """Stop reading at the next piece."""
        self._is_closed.set()

    def _read(self) -> None:
        shown, rest = OutputFilter(), ""
        try:
            for _stream, piece in follow_output(
                self._store,
                self._logs,
                JobId(self._job.id),
                since=self._job.token - 1,
                notify=lambda _run: None,
                tail=_TAIL,
                while_waiting=self._leave_if_closed,
            ):
                self._leave_if_closed()
                *lines, rest = (rest + shown.feed(piece).decode()).split("\n")
                self._write(lines)
        except _Closed:
            return
        except StoreError as error:
            self._write([str(error)])
        self._write([rest] if rest else [])

    def _leave_if_closed(self, _job: Job | None = None) -> None:
        if self._is_closed.is_set():
            raise _Closed

    def _write(self, lines: list[str]) -> None:
        def write() -> None:
            if self.is_mounted:
                for line in lines:
                    self.query_one(RichLog).write(Text.from_ansi(line))

        if lines and not self._is_closed.is_set():
            self.app.call_from_thread(write)


class _Closed(Exception):
    """The screen is gone."""


class QuestionScreen(ModalScreen[bool]):
    """A question that y answers with yes and every other key with no."""

    def __init__(self, question: str) -> None:
        super().__init__()
        self._question = question

    def compose(self) -> ComposeResult:
        """Lay out the question."""
        yield Label(Text(f" {self._question} [y/N] ", "reverse"))

    def key_y(self) -> None:
        """Say yes."""
        self.dismiss(result=True)

    def on_key(self, event: object) -> None:
        """Say no to all other keys."""
        if getattr(event, "key", None) != "y":
            self.dismiss(result=False)
