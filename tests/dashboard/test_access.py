"""Roles, tokens and the audit log. The routes come from the application's own map."""

import json
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from queuectl_dashboard.api import API_PREFIX, ROUTES
from queuectl_dashboard.private import private_folder
from queuectl_dashboard.rights import RIGHTS
from queuectl_dashboard.roles import Role
from queuectl_store import NewJob, Shell, Store, Task, connect
from tests.dashboard.site import BEARER, Site, serving
from tests.dashboard.test_live import opened
from tests.waiting import eventually

pytestmark = pytest.mark.usefixtures("brief_streams")

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with (
        connect(str(tmp_path_factory.mktemp("access") / "queue.db")) as store,
        serving(store) as site,
    ):
        yield site


@pytest.fixture(scope="module")
def tokens(shared: Site) -> dict[Role, dict[str, str]]:
    """Return the header of a token for each role."""
    return {role: token_of(shared, role) for role in Role}


def token_of(site: Site, role: Role, name: str | None = None) -> dict[str, str]:
    spec = {"name": name or role.word, "role": role.word}
    return {"Authorization": f"Bearer {site.call('/tokens', 'POST', spec).json['token']}"}


def concrete(rule: str) -> str:
    return re.sub("<name:[a-z]+>", "a", re.sub("<id:[a-z_]+>", "1", rule))


def routes(site: Site) -> Iterator[tuple[str, str, str]]:
    """Yield the endpoint, a path and a method of each route but the sockets and static files."""
    for rule in site.app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) & set(METHODS)):
            if not getattr(rule, "websocket", False) and rule.endpoint != "static":
                yield rule.endpoint, concrete(rule.rule), method


def test_every_route_says_what_it_asks_for(shared: Site) -> None:
    """One that does not is for admins alone; this is to notice it."""
    assert {rule.endpoint for rule in shared.app.url_map.iter_rules()} == set(RIGHTS)


def test_each_role_is_let_through_to_what_it_is_for_and_to_nothing_else(
    shared: Site, tokens: dict[Role, dict[str, str]]
) -> None:
    open_to_all = {"probes.healthz", "probes.readyz", "login.login"}
    wrong = []

    for endpoint, path, method in routes(shared):
        for role in Role:
            if endpoint in open_to_all:
                continue
            answer = shared.ask(path, method, headers=tokens[role])
            is_refused = answer.status == 403 and "is for the role" in answer.text
            if is_refused is not (role < RIGHTS[endpoint]):
                wrong.append((endpoint, method, role.word, answer.status))

    assert wrong == []


def test_methods_that_a_route_does_not_have_are_no_way_round(
    shared: Site, tokens: dict[Role, dict[str, str]]
) -> None:
    served = {(path, method) for _, path, method in routes(shared)}
    paths = {path for path, _ in served if path.startswith(API_PREFIX)}
    tried = {(path, method) for path in paths for method in (*METHODS, "TRACE", "FOO")} - served

    answers = {
        shared.ask(path, method, headers=tokens[Role.VIEWER]).status for path, method in tried
    }

    # 403: a name may have slashes, so `/queues/a/pause` is also the queue `a/pause`.
    assert answers <= {403, 404, 405}


def test_who_may_look_may_change_nothing(shared: Site, tokens: dict[Role, dict[str, str]]) -> None:
    roles = {route.role for route in ROUTES if route.changes}

    assert roles == {Role.OPERATOR, Role.ADMIN}


def test_what_runs_anything_is_for_admins() -> None:
    named = {route.name: route.role for route in ROUTES}

    for name in ("enqueue_job", "edit_job", "edit_jobs", "add_schedule", "make_token"):
        assert named[name] is Role.ADMIN


def test_a_token_for_metrics_opens_metrics_alone(
    shared: Site, tokens: dict[Role, dict[str, str]]
) -> None:
    answers = [
        shared.ask(path, headers=tokens[Role.METRICS]).status
        for path in ("/metrics", "/", "/api/v1/jobs", "/api/v1/me", "/api/v1/openapi.json")
    ]

    assert answers == [200, 403, 403, 403, 403]


def test_a_session_may_do_what_its_token_may(site: Site) -> None:
    header = token_of(site, Role.VIEWER, "eve")
    secret = header["Authorization"].removeprefix("Bearer ")
    cookie = {"Cookie": site.log_in({"token": secret}).headers["set-cookie"].partition(";")[0]}
    own = {**cookie, "Origin": site.origin}

    me = site.ask("/api/v1/me", headers=own).json
    answers = [
        site.ask("/api/v1/jobs", headers=own).status,
        site.ask("/api/v1/queues/a/pause", "POST", headers=own).status,
    ]

    assert me == {"name": "eve", "role": "viewer"}
    assert answers == [200, 403]


def test_a_token_that_is_taken_back_closes_its_sessions_and_sockets(site: Site) -> None:
    header = token_of(site, Role.VIEWER, "eve")
    secret = header["Authorization"].removeprefix("Bearer ")
    cookie = {"Cookie": site.log_in({"token": secret}).headers["set-cookie"].partition(";")[0]}
    with (
        opened(site, header) as by_token,
        opened(site, {**cookie, "Origin": site.origin}) as by_session,
    ):
        by_token.message()
        by_session.message()

        removed = site.call("/tokens/eve", "DELETE").status

        assert (by_token.closing_code(), by_session.closing_code()) == (1008, 1008)
    assert removed == 204
    assert site.ask("/api/v1/jobs", headers=header).status == 401
    assert site.ask("/api/v1/jobs", headers=cookie).status == 401


def test_another_dashboard_of_the_store_honours_the_tokens_and_hears_of_their_end(
    store: Store, site: Site
) -> None:
    header = token_of(site, Role.VIEWER, "eve")
    with serving(store) as other:
        before = other.ask("/api/v1/jobs", headers=header).status
        site.call("/tokens/eve", "DELETE")

        eventually(
            lambda: other.ask("/api/v1/jobs", headers=header).status == 401,
            within=20,
            what="the token to be refused there too",
        )
    assert before == 200


@pytest.mark.parametrize(
    "spec",
    [
        {"name": "dashboard", "role": "admin"},
        {"name": "../x", "role": "admin"},
        {"name": "", "role": "admin"},
        {"name": "x" * 61, "role": "admin"},
        {"name": "x", "role": "root"},
        {"name": "taken", "role": "viewer"},
    ],
)
def test_a_token_that_cannot_be_is_not_made(site: Site, spec: dict[str, str]) -> None:
    token_of(site, Role.VIEWER, "taken")

    assert site.call("/tokens", "POST", spec).status == 422
    assert len(site.call("/tokens", "GET").json["tokens"]) == 2


def test_the_token_that_the_dashboard_began_with_stays(site: Site) -> None:
    assert site.call("/tokens/dashboard", "DELETE").status == 404
    assert site.call("/tokens", "GET").json["tokens"][0]["created_at"] is None


def test_no_token_is_kept_or_listed(site: Site, store: Store) -> None:
    secret = token_of(site, Role.ADMIN, "ci")["Authorization"].removeprefix("Bearer ")
    folder = private_folder(store)

    kept = b"".join(path.read_bytes() for path in folder.iterdir())

    assert secret.encode() not in kept
    assert secret not in site.call("/tokens", "GET").text + site.call("/audit", "GET").text


@pytest.mark.not_on("win32")
def test_the_files_are_the_owners_alone_whatever_the_umask(site: Site, store: Store) -> None:
    before = os.umask(0)
    try:
        token_of(site, Role.ADMIN, "ci")
    finally:
        os.umask(before)
    folder = private_folder(store)

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in [folder, *folder.iterdir()]}

    assert modes == {folder.name: 0o700, "tokens.json": 0o600, "audit.jsonl": 0o600}


@pytest.mark.parametrize("content", ["", "{", "[]", '{"tokens": [{"name": "x"}]}'])
def test_a_file_of_tokens_that_cannot_be_read_opens_nothing(
    site: Site, store: Store, content: str
) -> None:
    header = token_of(site, Role.VIEWER, "eve")
    (private_folder(store) / "tokens.json").write_text(content)

    with serving(store) as other:
        assert other.ask("/api/v1/jobs", headers=header).status == 401
        assert other.ask("/api/v1/jobs").status == 200


@pytest.mark.not_on("win32")
def test_a_file_of_tokens_that_others_may_write_to_opens_nothing(site: Site, store: Store) -> None:
    header = token_of(site, Role.VIEWER, "eve")
    (private_folder(store) / "tokens.json").chmod(0o660)

    with serving(store) as other:
        assert other.ask("/api/v1/jobs", headers=header).status == 401


def test_every_action_is_written_down_done_or_refused(site: Site, store: Store) -> None:
    store.enqueue([NewJob(work=Shell(script="true"))])
    operator = token_of(site, Role.OPERATOR, "ops")

    site.ask("/api/v1/jobs/1/hold", "POST", headers=operator)
    site.ask("/api/v1/jobs/1/retry", "POST", headers=operator)
    site.ask("/api/v1/jobs/1", headers=operator)
    rows = site.call("/audit?limit=2", "GET").json

    told = [(row["who"], row["role"], row["action"], row["status"]) for row in rows["actions"]]
    assert told == [
        ("ops", "operator", "retry_job", 409),
        ("ops", "operator", "hold_job", 200),
    ]
    assert rows["actions"][0]["address"] == "127.0.0.1"
    assert rows["actions"][0]["target"] == "/api/v1/jobs/1/retry"
    rest = site.call(f"/audit?before={rows['next']}", "GET").json["actions"]
    assert [row["action"] for row in rest] == ["make_token"]


def test_the_audit_log_holds_no_secret_and_no_second_line(site: Site, store: Store) -> None:
    nasty = "a\nb\x1b[2J\u202e"
    spec = {"task": "t", "kwargs": {"password": "s3cr3t"}, "name": nasty}

    site.call("/jobs", "POST", spec)

    [line] = (private_folder(store) / "audit.jsonl").read_bytes().splitlines()
    assert b"s3cr3t" not in line
    assert line.isascii()
    assert b"\x1b" not in line
    assert json.loads(line)["detail"]["name"] == nasty


@pytest.mark.parametrize("role", [Role.METRICS, Role.VIEWER, Role.OPERATOR])
def test_nobody_but_an_admin_reads_the_audit_log(
    shared: Site, tokens: dict[Role, dict[str, str]], role: Role
) -> None:
    assert shared.ask("/api/v1/audit", headers=tokens[role]).status == 403
    assert shared.ask("/api/v1/audit", "DELETE", headers=BEARER).status == 405


def test_fields_that_are_named_are_hidden_too(store: Store) -> None:
    work = Task(name="t", kwargs={"IBAN": "DE12", "to": "eve"})
    store.enqueue([NewJob(work=work)])
    with serving(store, hidden=("*iban*",)) as site:
        page, document = site.ask("/jobs/1", headers={**BEARER, "Accept": "text/html"}), None
        document = site.call("/jobs/1", "GET")

    assert "DE12" not in page.text + document.text
    assert document.json["kwargs"] == {"IBAN": "[hidden]", "to": "eve"}


@pytest.mark.not_on("win32")
def test_an_audit_log_that_is_a_link_is_not_written_through(
    site: Site, store: Store, tmp_path: Path
) -> None:
    target = tmp_path / "elsewhere"
    target.write_bytes(b"")
    folder = private_folder(store)
    folder.mkdir(parents=True)
    (folder / "audit.jsonl").symlink_to(target)

    answer = site.call("/queues/mail/pause", "POST")

    assert (answer.status, target.read_bytes()) == (200, b"")
