"""Where metrics are served if nobody says otherwise, and which addresses are whose. Pure.

Apart from the server, since help needs none; and the dashboard's gate asks the same.
"""

import ipaddress
from collections.abc import Collection

PORT = 9809
# What this computer calls itself, as a browser writes it in Host.
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def is_loopback(host: str) -> bool:
    """Tell whether only this computer can reach what listens on *host*."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_own(header: str, *, names: Collection[str] = ()) -> bool:
    """Tell whether the header `Host` is an address, or a name of this server's own.

    A page of another site can have its own name lead here (DNS rebinding), and would read what a
    browser gets then; it cannot make the browser say an address, or another name, as Host.

    Args:
        names: What it is called beside `LOOPBACK`, without a port.
    """
    host = _without_port(header.lower())
    return host in LOOPBACK or host in {name.lower() for name in names} or _is_address(host)


def _without_port(header: str) -> str:
    host, colon, port = header.rpartition(":")
    return host if colon and port.isdecimal() else header


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True
