"""Serving `/metrics` from a command: whose token, and what is said of an address that is taken."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from queuectl.exits import CommandError, UsageProblem

if TYPE_CHECKING:
    from queuectl_store import Store

TOKEN_VARIABLE = "QUEUECTL_METRICS_TOKEN"  # noqa: S105 (its name)


def known_token() -> str | None:
    """Return the token that the environment names."""
    return os.environ.get(TOKEN_VARIABLE, "").strip() or None


def made_token() -> str:
    """Return a new one."""
    return secrets.token_urlsafe(24)


def token_of_a_worker(*, public: bool) -> str | None:
    """Return the token that a worker asks for; None lets everybody in.

    Raises:
        UsageProblem: There is none: a worker's output is no place to print a new one.
    """
    token = known_token()
    if token is None and not public:
        raise UsageProblem(f"--metrics-port needs a token in {TOKEN_VARIABLE}, or --metrics-public")
    return None if public else token


@contextmanager
def exporting(store: "Store", *, host: str, port: int, token: str | None) -> Iterator[int]:
    """Serve the metrics of *store* while the block runs; give the port.

    Raises:
        CommandError: The address cannot be had.
    """
    # Imported here: help needs no server.
    from queuectl_metrics import serving

    try:
        served = serving(store, host=host, port=port, token=token)
        bound = served.__enter__()
    except OSError as error:
        raise CommandError(
            f"cannot listen on {host} port {port}: {error.strerror or error};"
            " name another; 0 takes a free one"
        ) from error
    try:
        yield bound
    finally:
        served.__exit__(None, None, None)
