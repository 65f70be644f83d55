"""Who gets in. The routes come from the application itself, so a new one is covered at once."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from queuectl_dashboard.assets import load_assets
from queuectl_store import Store, connect
from tests.dashboard.site import BEARER, PAGE, TOKEN, Site, serving

pytestmark = pytest.mark.usefixtures("brief_streams")

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FOO")
OPEN = {(path, method) for path in ("/healthz", "/readyz") for method in ("GET", "HEAD")} | {
    ("/login", "POST")
}
# Whoever logs in needs them, and there is nothing of the store in them.
OPEN |= {(f"/static/{name}", method) for name in load_assets() for method in ("GET", "HEAD")}


@pytest.fixture(scope="module")
def shared_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with connect(str(tmp_path_factory.mktemp("gate") / "queue.db")) as opened:
        yield opened


@pytest.fixture(scope="module")
def door(shared_store: Store) -> Iterator[Site]:
    """One dashboard for the tests here that leave nothing behind."""
    with serving(shared_store) as served:
        yield served


def paths(site: Site) -> list[str]:
    """Return one concrete path for each rule, and for each static file."""
    rules = {rule.rule for rule in site.app.url_map.iter_rules()} - {"/static/<name>"}
    made = [re.sub("<name:[a-z]+>", "a", re.sub("<id:[a-z_]+>", "1", rule)) for rule in rules]
    return [*sorted(made), *assets().values()]


def assets() -> dict[str, str]:
    return {f"/static/{name}": asset.path for name, asset in load_assets().items()}


def test_every_route_and_method_without_a_credential_is_closed_but_for_the_open_ones(
    door: Site,
) -> None:
    plain = {path: name for name, path in assets().items()}

    answers = {
        (plain.get(path, path), method): door.ask(path, method, headers={}).status
        for path in paths(door)
        for method in METHODS
    }

    opened = {key for key, status in answers.items() if status != 401}
    assert opened == OPEN


def test_every_route_and_method_without_a_known_host_is_refused(door: Site) -> None:
    answers = {
        door.ask(path, method, host="evil.example").status
        for path in paths(door)
        for method in METHODS
    }

    assert answers == {400}


def test_no_route_answers_any_method_with_a_server_error(door: Site) -> None:
    answers = {
        (path, method): door.ask(path, method, headers={**BEARER, "Origin": door.origin}).status
        for path in paths(door)
        for method in METHODS
    }

    assert {key: status for key, status in answers.items() if status >= 500} == {}


@pytest.mark.parametrize(
    "path",
    [
        "/healthz/",
        "/./healthz",
        "/healthz/x",
        "/x/healthz",
        "/HEALTHZ",
        "/static/",
        "/jobs/healthz",
        "/static/app.css",
        "/static/../",
        "/static/..%2fapp.py",
        "/login/x",
        "/%2e%2e/healthz",
    ],
)
def test_a_path_that_only_looks_open_is_closed(door: Site, path: str) -> None:
    assert door.ask(path, headers={}).status == 401


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "[::1]", "LOCALHOST"])
def test_the_own_names_are_let_in(door: Site, name: str) -> None:
    assert door.ask("/", host=f"{name}:{door.port}").status == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example:{port}",
        "localhost@evil.example",
        "localhost.:{port}",
        "0.0.0.0:{port}",
        "127.0.0.1:1",
        "localhost",
        "127.0.0.1",
        "",
        "127.0.0.1:{port}.evil",
        ":",
        "127.0.0.1:{port},evil.example",
        "evil.example,127.0.0.1:{port}",
        "127.1:{port}",
        "[::]:1",
    ],
)
def test_another_host_is_refused_with_the_right_token_too(door: Site, host: str) -> None:
    assert door.ask("/", host=host.format(port=door.port)).status == 400


def test_two_host_lines_are_refused(door: Site) -> None:
    request = f"GET /healthz HTTP/1.1\r\nHost: {door.host}\r\nHost: {door.host}\r\n\r\n"

    assert b" 400 " in door.send(request.encode()).splitlines()[0]


def test_a_request_of_http_1_0_without_a_host_is_refused(door: Site) -> None:
    request = f"GET / HTTP/1.0\r\nAuthorization: Bearer {TOKEN}\r\n\r\n"

    assert b" 400 " in door.send(request.encode()).splitlines()[0]


def test_an_absolute_target_with_another_host_is_refused(door: Site) -> None:
    request = f"GET http://evil.example/healthz HTTP/1.1\r\nHost: {door.host}\r\n\r\n"

    assert b" 400 " in door.send(request.encode()).splitlines()[0]


def test_a_stranger_sees_the_log_in_page_and_nothing_of_the_store(site: Site, store: Store) -> None:
    answer = site.ask("/", headers=PAGE)

    assert answer.status == 401
    assert "This dashboard is locked" in answer.text
    assert Path(str(store.path)).name not in answer.text


def test_metrics_are_open_only_when_made_public(site: Site, store: Store) -> None:
    closed = site.ask("/metrics", headers={}).status
    with serving(store, metrics_public=True) as other:
        answers = [other.ask("/metrics", m, headers={}).status for m in ("GET", "HEAD", "POST")]

    assert (closed, answers) == (401, [200, 200, 401])


def test_every_answer_carries_the_security_headers(door: Site) -> None:
    asked = [("/", BEARER), ("/", {}), ("/healthz", {}), ("/nowhere", BEARER), ("/metrics", BEARER)]

    answers = [door.ask(path, headers=headers).headers for path, headers in asked]
    answers.append(door.ask("/", host="evil.example").headers)

    for headers in answers:
        assert headers["content-security-policy"].startswith(
            "default-src 'none'; script-src 'self'"
        )
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert headers["cache-control"] == "no-store"
        assert not {name for name in headers if name.startswith("access-control-")}


def test_reading_changes_nothing(door: Site, shared_store: Store) -> None:
    last = shared_store.reader.events()

    for path in paths(door):
        door.ask(path, "GET")
        door.ask(path, "HEAD")

    assert shared_store.reader.events() == last
