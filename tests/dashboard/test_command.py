"""The command, run as a program of its own against a real store."""

import http.client
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from queuectl_dashboard.command import dashboard
from queuectl_store import Store, connect

PROGRAM = """
import sys
from dataclasses import dataclass

import typer

from queuectl_dashboard.command import dashboard
from queuectl_store import Store, connect


@dataclass
class Session:
    url: str
    json: bool

    def open_store(self) -> Store:
        return connect(self.url)


app = typer.Typer()
app.command()(dashboard)
app(sys.argv[3:], obj=Session(sys.argv[1], sys.argv[2] == "json"))
"""


@contextmanager
def running(
    url: str, *arguments: str, form: str = "json", env: Mapping[str, str] | None = None
) -> Iterator[str]:
    """Run the command and give its first line."""
    program = [sys.executable, "-c", PROGRAM, url, form, "--port", "0", *arguments]
    variables = {**os.environ, **(env or {})}
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True, env=variables) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline()
        finally:
            process.kill()


def status(port: int, path: str, token: str = "") -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        connection.request("GET", path, headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()


def refusal(*arguments: str) -> str:
    """Run the command where it refuses to start and return what it says."""
    app = typer.Typer()
    app.command()(dashboard)
    # Wide, so that the sentence is not broken into a box.
    result = CliRunner().invoke(app, arguments, obj=NoStore(), terminal_width=500)
    assert result.exit_code in {1, 2}, result.output
    assert not isinstance(result.exception, AssertionError)
    return f"{result.exit_code} {result.output}"


class NoStore:
    json = False

    def open_store(self) -> Store:
        return connect(":memory:/no/such/place")


def test_json_gives_the_address_and_the_token_on_the_first_line(sqlite_url: str) -> None:
    with running(sqlite_url) as line:
        given = json.loads(line)
        port = int(given["url"].rstrip("/").rpartition(":")[2])

        assert given["link"] == f"{given['url']}#token={given['token']}"
        assert len(given["token"]) >= 22
        assert status(port, "/api/v1/jobs", given["token"]) == 200
        assert status(port, "/api/v1/jobs") == 401


def test_people_get_a_link_with_the_token_where_no_server_sees_it(sqlite_url: str) -> None:
    with running(sqlite_url, form="text") as line:
        assert line.startswith("Dashboard: http://127.0.0.1:")
        assert "/#token=" in line


def test_a_token_of_the_environment_is_used_and_not_printed_for_people(sqlite_url: str) -> None:
    env = {"QUEUECTL_DASHBOARD_TOKEN": "a-token-from-outside"}
    with running(sqlite_url, env=env) as line:
        assert json.loads(line)["token"] == "a-token-from-outside"
    with running(sqlite_url, form="text", env=env) as line:
        assert "a-token-from-outside" not in line


def test_public_metrics_are_open(sqlite_url: str) -> None:
    with running(sqlite_url, "--metrics-public") as line:
        port = int(json.loads(line)["url"].rstrip("/").rpartition(":")[2])

        assert (status(port, "/metrics"), status(port, "/")) == (200, 401)


def test_a_proxy_is_let_in_under_its_own_name(sqlite_url: str) -> None:
    with running(sqlite_url, "--origin", "https://queue.example.org") as line:
        assert json.loads(line)["url"] == "https://queue.example.org/"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.1", "queue.example.org"])
def test_an_address_that_others_reach_is_refused_without_a_proxy(host: str) -> None:
    said = refusal("--host", host)

    assert said.startswith("2 ")
    assert "plain HTTP" in said
    assert "--origin" in said


@pytest.mark.parametrize("origin", ["http://queue.example.org", "queue.example.org", "https://a/b"])
def test_an_origin_that_is_none_is_refused(origin: str) -> None:
    assert "no https origin" in refusal("--origin", origin)


@pytest.mark.parametrize("proxy", ["a-proxy", "10.0.0.1/8", "127.0.0.1:80", ""])
def test_a_proxy_that_is_no_address_is_refused(proxy: str) -> None:
    said = refusal("--proxy", proxy)

    assert said.startswith("2 ")
    assert "10.0.0.0/8" in said


def test_a_port_in_use_is_one_clear_message(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        program = [sys.executable, "-c", PROGRAM, str(tmp_path / "q.db"), "text"]

        result = subprocess.run(
            [*program, "--port", str(port)], capture_output=True, text=True, timeout=60, check=False
        )

    assert result.returncode == 1
    first, second = result.stderr.splitlines()
    assert first.startswith(f"queuectl: cannot listen on 127.0.0.1 port {port}: ")
    assert second == "name another with --port; --port 0 takes a free one"
