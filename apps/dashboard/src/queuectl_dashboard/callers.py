"""Who sent a request, once the gate has found out."""

from collections.abc import Callable
from dataclasses import field
from wsgiref.types import WSGIEnvironment

from queuectl_dashboard.roles import Role
from queuectl_store.values import dataclass

_KEY = "queuectl.caller"


def _always() -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A token's holder.

    Attributes:
        is_welcome: Tells whether that still holds: the token may be taken back, the session end.
    """

    name: str
    role: Role
    address: str
    is_welcome: Callable[[], bool] = field(default=_always, compare=False)


def set_caller(environ: WSGIEnvironment, caller: Caller) -> None:
    """Say who sent the request."""
    environ[_KEY] = caller


def caller_of(environ: WSGIEnvironment) -> Caller:
    """Return who sent the request; a stranger, where the address is open to all."""
    found = environ.get(_KEY)
    if isinstance(found, Caller):
        return found
    return Caller(name="", role=Role.METRICS, address=str(environ.get("REMOTE_ADDR", "")))
