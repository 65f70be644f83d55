"""The live view itself: four tables that follow the store, and keys that act on the chosen job."""

import threading
from collections.abc import Callable
from contextlib import closing
from typing import ClassVar

from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import DataTable, Footer, Input, Static, TabbedContent, TabPane

from queuectl.safe import safe_text
from queuectl.top.processors import Processors
from queuectl.top.screens import OutputScreen, QuestionScreen
from queuectl.top.snapshot import COLUMNS, TABS, Row, Snapshot, take
from queuectl_store import Admin, JobId, Moved, Store, StoreError
from queuectl_worker import LogFolder

_LOOK_S, _QUIET_S = 1.0, 0.2

Act = Callable[[Admin, list[JobId]], Moved]


class SearchField(Input):
    """A text to narrow jobs by; Enter keeps it, Escape takes it away."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", show=False)]

    def action_leave(self) -> None:
        """Look for nothing any more."""
        self.value = ""
        self.post_message(self.Submitted(self, self.value))


class TopApp(App[None]):
    """See the module."""

    CSS = """
    #summary { height: 1; }
    #search { display: none; height: 3; }
    Screen { overflow: hidden; }
    TabbedContent, DataTable { height: 1fr; }
    QuestionScreen { align: center middle; }
    """
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        ("q", "quit", "Quit"),
        Binding("ctrl+c", "quit", show=False, priority=True),
        ("1", "show('jobs')", "Jobs"),
        ("2", "show('workers')", "Workers"),
        ("3", "show('queues')", "Queues"),
        ("4", "show('dead')", "Dead"),
        # Before all else, and at once: what is typed with it must not act on a job.
        Binding("slash", "search", "Find", priority=True),
        ("l", "output", "Log"),
        ("r", "retry", "Retry"),
        ("c", "cancel", "Cancel"),
        ("h", "hold", "Hold"),
        Binding("u", "release", "Release", show=False),
        Binding("j", "move(1)", "Down", show=False),
        Binding("k", "move(-1)", "Up", show=False),
    ]

    def __init__(self, store: Store, logs: LogFolder) -> None:
        super().__init__()
        self._store, self._logs, self._processors = store, logs, Processors()
        self._search = ""
        self._is_over = threading.Event()

    def compose(self) -> ComposeResult:
        """Lay out the summary, the tabs and the keys."""
        yield Static(id="summary")
        hint = "text in the command, name or error; Enter keeps it, Escape ends it"
        yield SearchField(placeholder=hint, id="search")
        with TabbedContent(initial="jobs"):
            for name in TABS:
                with TabPane(name.capitalize(), id=name):
                    yield DataTable[Text](id=f"{name}-table", cursor_type="row")
        yield Footer(compact=True)

    def on_mount(self) -> None:
        """Fill the headings, and begin to follow the store."""
        for name in TABS:
            for title in COLUMNS[name]:
                self._table(name).add_column(title, key=title)
        self._table("jobs").focus()
        # A thread of its own: a store that does not answer must not stop the keys.
        threading.Thread(target=self._follow, name="top", daemon=True).start()

    def on_unmount(self) -> None:
        """Stop following."""
        self._is_over.set()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Draw *snapshot*; the cursor stays on its job."""
        self.query_one("#summary", Static).update(_on_one_line(snapshot.summary))
        for name, rows in snapshot.rows.items():
            _fill(self._table(name), rows)

    def action_show(self, name: str) -> None:
        """Go to a tab."""
        self.query_one(TabbedContent).active = name
        self._table(name).focus()

    def action_move(self, by: int) -> None:
        """Move the cursor."""
        table = self._table()
        table.move_cursor(row=table.cursor_row + by)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave keys to who takes them: a / is typed into a field, and looks for nothing there."""
        if action == "search":
            return len(self.screen_stack) == 1 and not isinstance(self.focused, Input)
        return super().check_action(action, parameters)

    def action_search(self) -> None:
        """Ask for a text to narrow jobs by."""
        field = self.query_one("#search", Input)
        field.styles.display = "block"
        self.screen.set_focus(field)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Narrow by what was typed; nothing is everything."""
        self._search = event.value
        event.input.styles.display = "block" if event.value else "none"
        self._table().focus()
        self._look()

    def action_output(self) -> None:
        """Follow the output of the chosen job."""
        if (job_id := self._chosen()) is not None:
            try:
                job = self._store.reader.get(job_id)
            except StoreError as error:
                self.notify(safe_text(str(error)), severity="error", markup=False)
                return
            self.push_screen(OutputScreen(self._store, self._logs, job))

    def on_data_table_row_selected(self) -> None:
        """Enter follows the output too."""
        self.action_output()

    def action_cancel(self) -> None:
        """Cancel the chosen job, after a question."""
        if (job_id := self._chosen()) is None:
            return

        def answered(yes: bool | None) -> None:  # noqa: FBT001 the library's signature
            if yes:
                self._act("cancelled", lambda admin, ids: admin.cancel(ids), job_id)

        self.push_screen(QuestionScreen(f"cancel job {job_id}?"), answered)

    def action_retry(self) -> None:
        """Retry the chosen job."""
        self._act("retried", lambda admin, ids: admin.retry(ids), self._chosen())

    def action_hold(self) -> None:
        """Hold the chosen job."""
        self._act("held", lambda admin, ids: admin.hold(ids), self._chosen())

    def action_release(self) -> None:
        """Release the chosen job."""
        self._act("released", lambda admin, ids: admin.release(ids), self._chosen())

    def _act(self, done: str, act: Act, job_id: JobId | None) -> None:
        if job_id is None:
            return
        try:
            moved = act(self._store.admin, [job_id])
        except StoreError as error:
            self.notify(safe_text(str(error)), severity="error", markup=False)
            return
        for refusal in moved.refused:
            self.notify(safe_text(str(refusal)), severity="warning", markup=False)
        for each in moved.done:
            self.notify(f"{done} {each}", markup=False)
        self._look()

    def _chosen(self) -> JobId | None:
        """Return the job under the cursor; None where the tab has none."""
        name, table = self.query_one(TabbedContent).active, self._table()
        if name not in ("jobs", "dead") or not table.row_count:
            return None
        key = table.coordinate_to_cell_key(table.cursor_coordinate).row_key.value
        return None if key is None else JobId(int(key))

    def _table(self, name: str | None = None) -> DataTable[Text]:
        name = name or self.query_one(TabbedContent).active
        return self.query_one(f"#{name}-table", DataTable)

    def _look(self) -> None:
        try:
            self.show_snapshot(self._taken())
        except StoreError as error:
            self.query_one("#summary", Static).update(Text(safe_text(str(error)), "bold red"))

    def _taken(self) -> Snapshot:
        return take(self._store, search=self._search, processors=self._processors)

    def _follow(self) -> None:
        with closing(self._store.listen()) as listener:
            while not self._is_over.is_set():
                try:
                    snapshot = self._taken()
                except StoreError as error:
                    snapshot = Snapshot(summary=safe_text(str(error)), rows={})
                if self._is_over.is_set():
                    return
                self.call_from_thread(self.show_snapshot, snapshot)
                # A busy queue changes all the time; nobody reads faster than this.
                self._is_over.wait(_QUIET_S)
                listener.wait(_LOOK_S)


def _on_one_line(text: str) -> Text:
    return Text(text, "bold", no_wrap=True, overflow="ellipsis")


def _fill(table: DataTable[Text], rows: list[Row]) -> None:
    """Show *rows* in *table*: in place where they are the same ones, else anew."""
    keys = [row.key for row in rows]
    if keys != [key.value for key in table.rows]:
        chosen = None
        if table.row_count:
            chosen = table.coordinate_to_cell_key(table.cursor_coordinate).row_key.value
        table.clear()
        for row in rows:
            table.add_row(*_cells(row), key=row.key)
        if chosen in keys:
            table.move_cursor(row=keys.index(chosen), animate=False)
        return
    titles = list(table.columns)
    for row in rows:
        for title, cell in zip(titles, _cells(row), strict=True):
            if table.get_cell(row.key, title) != cell:
                table.update_cell(row.key, title, cell)


def _cells(row: Row) -> list[Text]:
    # As Text, so that nothing stored is read as markup.
    return [Text(cell, row.style or "" if n == 1 else "") for n, cell in enumerate(row.cells)]
