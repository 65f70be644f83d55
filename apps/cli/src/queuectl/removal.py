"""Jobs that were deleted take their output along."""

from typing import TYPE_CHECKING

from queuectl.jobs import logs_of
from queuectl.session import Session

if TYPE_CHECKING:
    # The database library comes with them, and help needs none.
    from queuectl_store import Moved


def drop_output(session: Session, moved: "Moved") -> None:
    """Delete the output of the jobs in *moved*, which are gone; what is here of it."""
    from queuectl_worker import drop_logs

    drop_logs(session.open_store(), logs_of(session), moved.done)
