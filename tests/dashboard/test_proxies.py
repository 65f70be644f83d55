"""Whose word on where a request comes from is believed."""

import pytest

from queuectl_dashboard.proxies import client_address, read_network
from queuectl_dashboard.tokens import GUESSES
from queuectl_store import Store
from tests.dashboard.site import Site, serving

PROXIES = [read_network("127.0.0.1"), read_network("10.0.0.0/8"), read_network("::1")]
BY_PROXY = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("peer", "said", "client"),
    [
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("127.0.0.1", "198.51.100.1, 203.0.113.7, 10.1.2.3", "203.0.113.7"),
        ("::1", "2001:db8::1", "2001:db8::1"),
        ("::ffff:127.0.0.1", "203.0.113.7", "203.0.113.7"),
        # A stranger's word, and what a stranger had a proxy pass on.
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("127.0.0.1", "198.51.100.1, nonsense", "127.0.0.1"),
        ("127.0.0.1", "nonsense, 10.0.0.1", "10.0.0.1"),
        ("127.0.0.1", ",,", "127.0.0.1"),
        ("127.0.0.1", "203.0.113.7:4711", "127.0.0.1"),
        ("", "203.0.113.7", ""),
    ],
)
def test_the_nearest_stranger_is_who_asks(peer: str, said: str, client: str) -> None:
    environ = {"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_FOR": said}

    assert client_address(environ, PROXIES) == client
    assert client_address(environ, []) in {peer, peer.removeprefix("::ffff:")}


def guess(site: Site, address: str) -> int:
    headers = {**BY_PROXY, "X-Forwarded-For": address, "Origin": site.origin}
    return site.ask("/login", "POST", headers=headers, body=b'{"token": "a guess"}').status


def test_behind_a_named_proxy_guesses_and_deeds_are_told_apart_by_address(store: Store) -> None:
    with serving(store, proxies=PROXIES) as site:
        [*first, blocked] = [guess(site, "203.0.113.7") for _ in range(GUESSES + 1)]
        other = guess(site, "203.0.113.8")
        site.call("/queues/mail/pause", "POST", X_Forwarded_For="203.0.113.8")
        [deed] = site.call("/audit", "GET").json["actions"]

    assert (set(first), blocked, other) == ({401}, 429, 401)
    assert deed["address"] == "203.0.113.8"


def test_nobody_who_was_not_named_chooses_an_address(site: Site) -> None:
    answers = [guess(site, f"203.0.113.{n}") for n in range(GUESSES + 1)]
    site.call("/queues/mail/pause", "POST", X_Forwarded_For="203.0.113.8")
    [deed] = site.call("/audit", "GET").json["actions"]

    assert answers[-1] == 429
    assert deed["address"] == "127.0.0.1"
