"""Where a request comes from when proxies stand between; those that were named are believed."""

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from wsgiref.types import WSGIEnvironment

Network = IPv4Network | IPv6Network


def read_network(text: str) -> Network:
    """Return an address, or a network as `10.0.0.0/8`, of proxies.

    Raises:
        ValueError: It is neither.
    """
    return ip_network(text.strip())


def client_address(environ: WSGIEnvironment, proxies: Sequence[Network]) -> str:
    """Return the nearest address of the request's way that is no proxy of ours.

    `X-Forwarded-For` is written from the left, each proxy adding whom it was asked by: what is left
    of the first stranger from the right was written by that stranger, and is worth nothing.
    """
    peer = str(environ.get("REMOTE_ADDR", ""))
    found = peer
    for hop in (peer, *_hops(environ)):
        address = _address(hop)
        if address is None:
            return found
        found = str(address)
        if not any(address in network for network in proxies):
            return found
    return found


def _hops(environ: WSGIEnvironment) -> Iterator[str]:
    said = str(environ.get("HTTP_X_FORWARDED_FOR", ""))
    return reversed(said.split(","))


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
