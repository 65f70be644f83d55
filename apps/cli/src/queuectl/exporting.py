"""Serving `/metrics` from a command: whose token, and what is said of an address that is taken."""

import os
import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from queuectl.exits import CommandError, UsageProblem
from queuectl_metrics.address import is_loopback

if TYPE_CHECKING:
    from queuectl_store import Store

TOKEN_VARIABLE = "QUEUECTL_METRICS_TOKEN"  # noqa: S105 (its name)
FILE_VARIABLE = "QUEUECTL_METRICS_TOKEN_FILE"


class Place(NamedTuple):
    """Where metrics are served, and to whom.

    Attributes:
        public: To everybody who can reach it.
        plain: A token may come in clear text over a network.
        names: What those who scrape call it, beside its own names.
    """

    host: str
    public: bool = False
    plain: bool = False
    names: Collection[str] = ()


def known_token() -> str | None:
    """Return the token that the environment names, or that is in the file that it names.

    Raises:
        UsageProblem: There is no such file, or nothing in it.
    """
    if token := os.environ.get(TOKEN_VARIABLE, "").strip():
        return token
    file = os.environ.get(FILE_VARIABLE, "").strip()
    if not file:
        return None
    try:
        token = Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "it is no text"
        raise UsageProblem(f"cannot read {FILE_VARIABLE}, {file}: {said}") from error
    if not token:
        raise UsageProblem(f"{FILE_VARIABLE}, {file}, is empty; it is to hold the token")
    return token


def made_token() -> str:
    """Return a new one."""
    return secrets.token_urlsafe(24)


def token_of_a_worker(*, public: bool) -> str | None:
    """Return the token that a worker asks for; None lets everybody in.

    Raises:
        UsageProblem: There is none: a worker's output is no place to print a new one.
    """
    token = None if public else known_token()
    if token is None and not public:
        raise UsageProblem(
            f"--metrics-port needs a token in {TOKEN_VARIABLE} or {FILE_VARIABLE},"
            " or --metrics-public"
        )
    return token


def check_place(place: Place, *, prefix: str = "--") -> None:
    """Refuse to have the token sent in clear text over a network, unless that is allowed.

    Args:
        prefix: What the names of the options begin with.

    Raises:
        UsageProblem: Others can reach it, and neither is it public nor is plain text allowed.
    """
    if place.public or place.plain or is_loopback(place.host):
        return
    raise UsageProblem(
        f"others can reach {place.host or 'it'}, and the token would come in clear text; put a TLS"
        f" proxy in front of 127.0.0.1, or in a network that you trust say {prefix}allow-plain"
    )


@contextmanager
def exporting(store: "Store", place: Place, *, port: int, token: str | None) -> Iterator[int]:
    """Serve the metrics of *store* at *place* while the block runs; give the port.

    Raises:
        CommandError: The address cannot be had.
    """
    # Imported here: help needs no server.
    from queuectl_metrics import serving

    try:
        served = serving(store, host=place.host, port=port, token=token, names=place.names)
        bound = served.__enter__()
    except OSError as error:
        raise CommandError(
            f"cannot listen on {place.host} port {port}: {error.strerror or error};"
            " name another; 0 takes a free one"
        ) from error
    try:
        yield bound
    finally:
        served.__exit__(None, None, None)
