"""Who gets in. The routes come from the application itself, so a new one is covered at once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from queuectl_store import Store, connect
from tests.dashboard.site import BEARER, PAGE, TOKEN, Site, serving

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FOO")
OPEN = {
    (path, method)
    for path in ("/healthz", "/readyz", "/static/app.css", "/static/app.js", "/static/login.js")
    for method in ("GET", "HEAD")
} | {("/login", "POST"), ("/static/icon.svg", "GET"), ("/static/icon.svg", "HEAD")}


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
    made = [rule.replace("<id:job_id>", "1").replace("<id:token>", "1") for rule in rules]
    return [*sorted(made), *assets(site).values()]


def assets(site: Site) -> dict[str, str]:
    page = site.ask("/").text + site.ask("/", headers=PAGE).text
    found = {part.partition('"')[0] for part in page.split('"/static/')[1:]}
    return {
        f"/static/{name.split('.')[0]}.{name.split('.')[2]}": f"/static/{name}" for name in found
    }


def test_every_route_and_method_without_a_credential_is_closed_but_for_the_open_ones(
    door: Site,
) -> None:
    plain = {path: name for name, path in assets(door).items()}

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


OTHER_ORIGINS = [
    "null",
    "https://127.0.0.1:{port}",
    "http://127.0.0.1",
    "http://127.0.0.1:1",
    "http://localhost:{port}",
    "HTTP://127.0.0.1:{port}",
    "http://127.0.0.1:{port}/",
    "http://127.0.0.1.:{port}",
    "http://127.0.0.1:{port}.evil.example",
    "http://127.0.0.1:{port}@evil.example",
    "http://127.0.0.1:{port},http://evil.example",
    "http://evil.example",
    "",
]


@pytest.mark.parametrize("origin", OTHER_ORIGINS)
def test_a_write_from_another_origin_is_refused(door: Site, origin: str) -> None:
    headers = {**BEARER, "Origin": origin.format(port=door.port)}

    answers = {door.ask("/logout", method, headers=headers).status for method in ("POST", "DELETE")}

    assert answers == {403}


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", "Same-Origin", "x", ""])
def test_a_write_that_the_browser_calls_foreign_is_refused(door: Site, site: str) -> None:
    headers = {**BEARER, "Sec-Fetch-Site": site, "Origin": door.origin}

    assert door.ask("/logout", "POST", headers=headers).status == 403


def test_a_write_by_cookie_must_show_where_it_comes_from(door: Site) -> None:
    cookie = door.cookie()

    blind = door.ask("/logout", "POST", headers=cookie)
    proven = door.ask("/logout", "POST", headers={**cookie, "Sec-Fetch-Site": "same-origin"})

    assert (blind.status, proven.status) == (403, 204)


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_read_that_another_site_embeds_is_refused_and_a_link_is_followed(
    door: Site, site: str
) -> None:
    embedded = {**BEARER, "Sec-Fetch-Site": site, "Sec-Fetch-Mode": "no-cors"}
    link = {**embedded, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    frame = {**link, "Sec-Fetch-Dest": "iframe"}

    answers = [door.ask("/", headers=headers).status for headers in (embedded, frame, link)]

    assert answers == [403, 403, 200]


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
        ("application/json", b'{"token": "\\ud800"}', 401),
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
