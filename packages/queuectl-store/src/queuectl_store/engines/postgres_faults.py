"""What PostgreSQL's errors mean for a caller."""

from queuectl_store.errors import (
    OutcomeUnknown,
    StoreBusy,
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreUnreachable,
)

_AGAIN = {"40001", "40P01", "55P03", "23505"}  # serialization, deadlock, lock timeout, lost a race


def translate(error: BaseException, url: str, *, committing: bool) -> StoreError:
    """Say in our own terms what *error*, of psycopg or of SQLAlchemy around it, means."""
    cause = getattr(error, "orig", error)
    state = getattr(cause, "sqlstate", None)
    text = str(cause).strip().splitlines()[0] if str(cause).strip() else "no reply"
    lost = getattr(error, "connection_invalidated", False) or state is None
    if lost and committing:
        return OutcomeUnknown(f"the connection to {url} was lost during COMMIT: {text}")
    if state in _AGAIN:
        return StoreBusy(f"{url} is busy: {text}; try again")
    if state is not None and state.startswith("53"):
        return StoreFull(f"{url} has no room left: {text}")
    if state in ("XX001", "XX002"):
        return StoreDamaged(f"{url} is damaged: {text}; restore a backup")
    return StoreUnreachable(f"cannot use {url}: {text}; check the address and that the server runs")


def is_transient(error: StoreError) -> bool:
    """A deadlock, a lost race or a lock timeout may go well the second time."""
    return isinstance(error, StoreBusy)
