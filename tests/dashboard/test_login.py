"""Tokens, one-time codes and sessions."""

from dataclasses import replace
from pathlib import Path

import pytest

from queuectl_dashboard.roles import Role
from queuectl_dashboard.sessionfile import SessionFile
from queuectl_dashboard.sessions import SESSION_LIFE_S, Sessions
from queuectl_dashboard.tokenbook import Grant, digest_of
from queuectl_store import Store
from tests.dashboard.site import TOKEN, Site, serving


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Bearer",
        "Bearer ",
        f"Basic {TOKEN}",
        TOKEN,
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}",
        "Bearer ÿþ",
        f"Bearer {TOKEN} {TOKEN}",
    ],
)
def test_a_wrong_authorization_is_refused_even_beside_a_good_cookie(
    store: Store, value: str
) -> None:
    with serving(store) as site:
        headers = {**site.cookie(), "Authorization": value}

        assert site.ask("/", headers=headers).status == 401


def test_a_session_opens_pages_until_it_is_ended(site: Site) -> None:
    cookie = site.cookie()
    before = site.ask("/", headers=cookie).status

    site.ask("/logout", "POST", headers={**cookie, "Origin": site.origin})

    assert (before, site.ask("/", headers=cookie).status) == (200, 401)


def test_the_session_cookie_is_out_of_reach_for_scripts_other_sites_and_other_ports(
    site: Site,
) -> None:
    attributes = site.log_in().headers["set-cookie"].split("; ")

    assert attributes[0].startswith(f"queuectl-{site.port}=")
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(attributes)


def test_a_cookie_of_another_instance_opens_nothing(site: Site, store: Store) -> None:
    with serving(store) as other:
        value = other.cookie()["Cookie"].partition("=")[2]

    assert site.ask("/", headers={"Cookie": f"queuectl-{site.port}={value}"}).status == 401


def test_a_code_opens_one_session(site: Site) -> None:
    code = site.sessions.new_code()

    answers = [site.log_in({"code": code}).status for _ in range(2)]

    assert answers == [204, 401]


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("application/x-www-form-urlencoded", b"token=x", 415),
        ("text/plain", b'{"token": "x"}', 415),
        ("", b'{"token": "x"}', 415),
        ("application/json", b'{"token": ', 400),
        ("application/json", b"[]", 400),
        ("application/json", b'{"token": 1}', 400),
        ("application/json", b'{"token": "x", "code": "y"}', 400),
        ("application/json", b"", 400),
        ("application/json", b"\xff", 400),
        ("application/json", b'{"token": "\\ud800"}', 400),
        ("application/json", b"[" * 100_000, 400),
        ("application/json", b'{"token": "x", "token": "y"}', 400),
    ],
)
def test_a_log_in_that_is_not_as_documented_is_refused(
    site: Site, kind: str, body: bytes, status: int
) -> None:
    answer = site.ask("/login", "POST", headers={"Content-Type": kind}, body=body)

    assert (answer.status, answer.json["status"]) == (status, status)


def test_many_wrong_tokens_are_not_looked_at_any_more(site: Site) -> None:
    answers = [
        site.ask("/", headers={"Authorization": f"Bearer guess-{n}"}).status for n in range(12)
    ]

    assert answers == [401] * 10 + [429] * 2
    assert site.ask("/").status == 429
    assert site.log_in().status == 429


def test_one_stale_token_again_and_again_does_not_lock_others_out(site: Site) -> None:
    """A scraper with an old token shares the address 127.0.0.1 with everybody."""
    answers = [site.ask("/", headers={"Authorization": "Bearer old"}).status for _ in range(12)]

    assert answers == [401] * 10 + [429] * 2
    assert site.ask("/").status == 200


def test_a_session_outlives_a_restart_until_it_is_ended(tmp_path: Path) -> None:
    file = SessionFile(tmp_path / "sessions.json")
    grant = Grant(name="wall", role=Role.VIEWER, digest=digest_of(b"token"), created_at=7)
    before = Sessions(file)
    kept, ended = before.start(grant), before.start(grant)
    before.end(ended)

    after = Sessions(file)

    assert after.holds(kept) == grant
    assert after.holds(ended) is None
    after.end(kept)
    assert Sessions(file).holds(kept) is None
    text = (tmp_path / "sessions.json").read_text(encoding="utf-8")
    assert kept not in text


def test_a_session_that_was_kept_ends_when_it_would_have(tmp_path: Path) -> None:
    file = SessionFile(tmp_path / "sessions.json")
    grant = Grant(name="wall", role=Role.VIEWER, digest=digest_of(b"token"))
    session = Sessions(file).start(grant)
    [(digest, kept)] = file.read().items()

    file.write({digest: replace(kept, ends_at=kept.ends_at - SESSION_LIFE_S - 1)})
    assert Sessions(file).holds(session) is None

    file.write({digest: replace(kept, ends_at=kept.ends_at + 10 * SESSION_LIFE_S)})
    clock = [1_000.0]
    later = Sessions(file, monotonic=lambda: clock[0])
    clock[0] += SESSION_LIFE_S + 1
    assert later.holds(session) is None


@pytest.mark.parametrize("content", [b"", b"[]", b'{"sessions": [{"sha256": "zz"}]}', b"\xff"])
def test_a_file_of_sessions_that_cannot_be_read_opens_nothing(
    tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "sessions.json"
    path.write_bytes(content)
    path.chmod(0o600)

    assert SessionFile(path).read() == {}
    assert "sessions cannot be read" in caplog.text


@pytest.mark.not_on("win32")
def test_a_file_of_sessions_is_the_owners_and_one_that_others_may_write_to_opens_nothing(
    tmp_path: Path,
) -> None:
    path = tmp_path / "sessions.json"
    grant = Grant(name="wall", role=Role.VIEWER, digest=digest_of(b"token"))
    Sessions(SessionFile(path)).start(grant)
    assert path.stat().st_mode & 0o777 == 0o600

    path.chmod(0o666)

    assert SessionFile(path).read() == {}
