"""Serves the dashboard for the command line until Ctrl-C."""

import json
import os
import secrets
import sys
import webbrowser
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol
from urllib.parse import urlsplit

import typer

from queuectl_dashboard.access import Access
from queuectl_dashboard.app import create_app
from queuectl_dashboard.private import private_folder
from queuectl_dashboard.proxies import Network, read_network
from queuectl_dashboard.server import AddressError, DashboardServer
from queuectl_dashboard.sessionfile import SessionFile
from queuectl_dashboard.sessions import Sessions
from queuectl_metrics.address import is_loopback
from queuectl_store import Store

TOKEN_VARIABLE = "QUEUECTL_DASHBOARD_TOKEN"  # noqa: S105 - the variable's name


class Session(Protocol):
    """What the command line hands to a command."""

    json: bool

    def open_store(self) -> AbstractContextManager[Store]:
        """Open the store that the command line chose."""
        ...


def serve(
    session: Session,
    *,
    host: str,
    port: int,
    open_browser: bool,
    metrics_public: bool,
    hidden: Sequence[str],
    origin: str | None,
    proxies: Sequence[str],
) -> None:
    """Serve until Ctrl-C, and print the link; the arguments are the command's options.

    Raises:
        typer.BadParameter: An address would show the token to a network, or is none.
        typer.Exit: The address is taken.
    """
    check_address(host, origin)
    networks = read_proxies(proxies)
    secret = os.environ.get(TOKEN_VARIABLE, "").strip() or None
    token = secret or secrets.token_urlsafe(24)
    with session.open_store() as store, _listen(host, port) as server:
        access = Access.on_port(
            server.port,
            token=token,
            origin=origin,
            metrics_public=metrics_public,
            hidden=hidden,
            proxies=networks,
        )
        # On a port that was free by chance nobody comes back.
        kept = SessionFile(private_folder(store) / f"sessions-{port}.json") if port else None
        sessions = Sessions(kept)
        app = create_app(store, access=access, sessions=sessions)
        url = f"{origin or f'http://{_own_name(host)}:{server.port}'}/"
        _announce(url, token, as_json=session.json, is_known=secret is not None)
        if open_browser:
            # Other users can see a browser's command line: it gets a code that works once.
            webbrowser.open(f"{url}#code={sessions.new_code()}")
        server.serve(app)


def check_address(host: str, origin: str | None) -> None:
    """Refuse to serve the token in clear text to a network.

    Raises:
        typer.BadParameter: The address is not this computer's own and no proxy is named, or
            the proxy's address is none.
    """
    if origin is not None:
        parts = urlsplit(origin)
        if f"{parts.scheme}://{parts.netloc}" != origin or parts.scheme != "https":
            raise typer.BadParameter(
                f"{origin!r} is no https origin; write it as https://queue.example.org",
                param_hint="--origin",
            )
    elif not is_loopback(host):
        raise typer.BadParameter(
            f"{host} can be reached by others and the dashboard speaks plain HTTP; put a TLS proxy"
            " in front and name it with --origin https://…, or use `ssh -L 8787:127.0.0.1:8787`",
            param_hint="--host",
        )


def read_proxies(words: Sequence[str]) -> tuple[Network, ...]:
    """Read the addresses of proxies.

    Raises:
        typer.BadParameter: One is no address and no network.
    """
    try:
        return tuple(map(read_network, words))
    except ValueError as error:
        raise typer.BadParameter(
            f"{error}; give an address such as 127.0.0.1, or a network such as 10.0.0.0/8",
            param_hint="--proxy",
        ) from error


def _listen(host: str, port: int) -> DashboardServer:
    try:
        return DashboardServer(host, port)
    except AddressError as error:
        message = (
            f"queuectl: cannot listen on {host} port {port}: {error}\nname another with --port"
        )
        typer.echo(f"{message}; --port 0 takes a free one", err=True)
        raise typer.Exit(1) from error


def _announce(url: str, token: str, *, as_json: bool, is_known: bool) -> None:
    # The fragment of a link stays in the browser: no server, log or Referer gets to see it.
    link = f"{url}#token={token}"
    if as_json:
        typer.echo(json.dumps({"url": url, "token": token, "link": link}))
    elif is_known:
        # Whoever set the token knows it, and this output may end in a log.
        typer.echo(f"Dashboard: {url}   (its token is in {TOKEN_VARIABLE})")
    else:
        typer.echo(f"Dashboard: {link}")
    sys.stdout.flush()
    if not as_json:
        typer.echo("Ctrl-C stops it.", err=True)


def _own_name(host: str) -> str:
    return "[::1]" if host == "::1" else "localhost" if host == "localhost" else "127.0.0.1"
