"""What a worker in the foreground prints: lines for a person, or log records for a collector."""

import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from queuectl.live import live_lines, logged_problems
from queuectl.terminal import Terminal
from queuectl_worker import OnNews
from queuectl_worker.journal import written_to
from queuectl_worker.news import ignore

LINES = "lines"


@contextmanager
def worker_log(
    terminal: Terminal, *, log_format: str, events: bool
) -> Iterator[tuple[OnNews, Sequence[OnNews]]]:
    """Print what a worker does meanwhile; yield what it has to tell at once, and its listeners.

    Lines go to stdout and problems to stderr; records go to stderr, all of them.

    Args:
        log_format: The setting: `lines`, `text` or `json`.
        events: Programs read stdout: one JSON object an event, in any format.
    """
    if log_format == LINES:
        with logged_problems(terminal), live_lines(terminal, as_json=events) as tell:
            yield ignore if terminal.quiet and not events else tell, []
        return
    level = logging.WARNING if terminal.quiet else logging.INFO
    with written_to(sys.stderr, as_json=log_format == "json", level=level) as journal:
        if not events:
            yield ignore, [journal]
            return
        with live_lines(terminal, as_json=True) as tell:
            yield tell, [journal]
