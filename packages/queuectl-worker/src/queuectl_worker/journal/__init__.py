"""A worker's log records: the fields of a job on each of them, and two ways to write them out.

The records go through the standard library's `logging`, so that a program that embeds a worker
keeps its own handlers and levels. It can take the parts that it likes: `tell` as a listener of a
worker, `JobFields` as a filter, `JsonFormatter` or `TextFormatter` as a formatter.
"""

from queuectl_worker.journal.fields import JobFields
from queuectl_worker.journal.formats import JsonFormatter, TextFormatter
from queuectl_worker.journal.telling import Journal, tell
from queuectl_worker.journal.writing import written_to

__all__ = ["JobFields", "Journal", "JsonFormatter", "TextFormatter", "tell", "written_to"]
