"""Puts the log records of a process that runs one worker onto a stream, unless it has a place."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from queuectl_worker.journal.fields import JobFields
from queuectl_worker.journal.formats import JsonFormatter, TextFormatter
from queuectl_worker.journal.telling import Journal
from queuectl_worker.news import OnNews

# The packages' own, and `queuectl.task` and `queuectl.worker` below the first.
_OURS = ("queuectl", "queuectl_worker", "queuectl_store")


@contextmanager
def written_to(stream: TextIO, *, as_json: bool, level: int = logging.INFO) -> Iterator[OnNews]:
    """Write every record to *stream* meanwhile; yield the listener that the worker's news need.

    A program that has configured logging by then (its root logger has a handler) keeps that:
    nothing is installed and no level is changed, and the news go where its other records go.

    Args:
        level: Of our own loggers; those of others keep theirs.
    """
    root, fields = logging.getLogger(), JobFields()
    if root.handlers:
        yield Journal(fields)
        return
    handler = logging.StreamHandler(stream)
    handler.addFilter(fields)
    handler.setFormatter(JsonFormatter() if as_json else TextFormatter())
    before = {name: logging.getLogger(name).level for name in _OURS}
    root.addHandler(handler)
    for name in _OURS:
        logging.getLogger(name).setLevel(before[name] or level)
    try:
        yield Journal(fields)
    finally:
        root.removeHandler(handler)
        for name, was in before.items():
            logging.getLogger(name).setLevel(was)
