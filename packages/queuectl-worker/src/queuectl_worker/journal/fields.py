"""Which job a log record is about."""

import logging

from queuectl_worker.context import current


class JobFields(logging.Filter):
    """Gives records that are made in the body of a task the fields of its run.

    They are `job_id`, `attempt`, `queue`, `task` and `worker_id`, on records of any logger: a
    library that knows nothing of jobs gets them too. Put it on a handler; it drops nothing. What
    a record has already stays.

    Attributes:
        worker_id: Given to records that are made outside tasks; None gives them none.
    """

    def __init__(self) -> None:
        super().__init__()
        self.worker_id: int | None = None

    def filter(self, record: logging.LogRecord) -> bool:
        """Add the fields."""
        known = vars(record)
        try:
            fields = current().fields
        except LookupError:
            fields = {} if self.worker_id is None else {"worker_id": self.worker_id}
        for name, value in fields.items():
            known.setdefault(name, value)
        return True
