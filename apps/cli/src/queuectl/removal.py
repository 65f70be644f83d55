"""Jobs that were deleted take their output along."""

from queuectl.jobs import logs_of
from queuectl.session import Session
from queuectl_store import Moved
from queuectl_worker import drop_logs


def drop_output(session: Session, moved: Moved) -> None:
    """Delete the output of the jobs in *moved*, which are gone; what is here of it."""
    drop_logs(session.open_store(), logs_of(session), moved.done)
