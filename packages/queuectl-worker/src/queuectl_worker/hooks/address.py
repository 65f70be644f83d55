"""Where a webhook may lead: not into the network that the worker is in, unless that is allowed.

The name is looked up once, every address that it has is judged, and the connection is made to one
of those: a name that means something else a moment later leads nowhere.
"""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

_NAT64 = ip_network("64:ff9b::/96")


class PrivateAddress(Exception):
    """The name of the server leads into a private network, which its hook does not allow."""


def addresses_of(host: str, port: int, *, allow_private: bool) -> list[str]:
    """Look *host* up.

    Raises:
        OSError: It has no address.
        PrivateAddress: One of its addresses is not of the public internet.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(address[0]) for *_, address in found))
    if not allow_private and not all(map(is_public, addresses)):
        raise PrivateAddress(
            f"{host} is in a private network; `queuectl hook add --allow-private` allows that"
        )
    return addresses


def is_public(text: str) -> bool:
    """Tell whether an address is of the public internet, and so is any that it stands for."""
    address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv6Address):
        if address in _NAT64:
            return is_public(str(IPv4Address(int(address) & 0xFFFF_FFFF)))
        if address.ipv4_mapped is not None:
            return is_public(str(address.ipv4_mapped))
        if address.sixtofour is not None or address.teredo is not None or address.is_site_local:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved)
