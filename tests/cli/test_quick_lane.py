"""A plain `enqueue` takes a short way; nobody can tell by what is stored and said."""

import ast
import importlib
import json
import os
import sqlite3
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import platformdirs
import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from queuectl import quick as lane
from queuectl.folders import own_folder
from queuectl.quickwords import parse
from queuectl_store.engines import sqlite_setup
from queuectl_store.quick import NotQuick
from scripts import quick_lane
from tests.cli.inprocess import Inside
from tests.cli.program import Program, Result
from tests.templates import copy_of

# What a plain enqueue may load beside the interpreter's own: a new name here is a slower start.
OURS = {
    "queuectl",
    "queuectl.app",
    "queuectl.folders",
    "queuectl.quick",
    "queuectl.quickwords",
    "queuectl_store",
    "queuectl_store.bell",
    "queuectl_store.carrier",
    "queuectl_store.engines",
    "queuectl_store.engines.filesystem",
    "queuectl_store.engines.openable",
    "queuectl_store.engines.sqlite_setup",
    "queuectl_store.errors",
    "queuectl_store.quick",
    "queuectl_store.quoting",
    "queuectl_store.sql",
    "queuectl_store.sql.quick_text",
}
SLOW = {
    *("argparse", "ast", "asyncio", "dataclasses", "importlib.metadata", "inspect", "logging"),
    *("pathlib", "platformdirs", "random", "rich", "secrets", "shutil", "socket", "sqlalchemy"),
    *("ssl", "subprocess", "tempfile", "threading", "tomllib", "typer", "typing", "urllib"),
}
WATCH = """
import sys
from queuectl.app import run
code = run(["enqueue", "--queue", "mail", "--", "echo", "hello"])
sys.stderr.write("\\n".join(sys.modules))
raise SystemExit(code)
"""


@pytest.fixture
def pair(tmp_path: Path, sqlite_template: Path) -> tuple[Inside, Inside]:
    """Two homes alike, each with a store."""
    quick, full = (Inside(folder=tmp_path / name) for name in ("quick", "full"))
    for home in (quick, full):
        home.folder.mkdir()
        copy_of(sqlite_template, home.db)
    return quick, full


def fully(home: Inside, *words: str, **variables: str) -> Result:
    """Do it without the quick lane."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lane, "quickly", lambda words, otherwise: otherwise(words))
        return home(*words, **variables)


def said(result: Result, home: Inside) -> Any:
    """What it printed: text, or a document without its time and the folder's name."""
    if not result.out.startswith(b"{"):
        return result.out
    document = json.loads(result.text.replace(str(home.folder), "HOME"))
    assert document.pop("created_at")
    return document


_ROWS = "SELECT * FROM {}"
# Of all minutes together: one may end between the one way and the other.
_KIND = "queue, task, verb, source, target, outcome, bucket"
_TALLIES = f"SELECT {_KIND}, sum(n) AS n FROM queuectl_tallies GROUP BY {_KIND} ORDER BY {_KIND}"


def contents(home: Inside) -> dict[str, Any]:
    """All rows, but for what differs by chance or by the folder's name."""
    connection = sqlite3.connect(home.db)
    connection.row_factory = sqlite3.Row
    tables = [
        row["name"]
        for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
    ]
    found = {
        name: [_plain(dict(row), home) for row in connection.execute(_ROWS.format(name))]
        for name in tables
        if name not in ("sqlite_sequence", "queuectl_tallies")
    }
    found["tallies"] = [dict(row) for row in connection.execute(_TALLIES)]
    connection.close()
    return found


def _plain(row: dict[str, Any], home: Inside) -> dict[str, Any]:
    by_chance = {"key", "at", "created_at", "digest"} | ({"value"} if "series" in row else set())
    return {
        name: value.replace(str(home.folder), "HOME") if isinstance(value, str) else value
        for name, value in row.items()
        if name not in by_chance
    }


TEXTS = st.text(st.characters(codec="utf-8"), max_size=8) | st.sampled_from(
    ["", "a b", "-x", "--", "{", " ", "x" * 1001, "\x1b[31m", "é", "a=b", "\udcff", "mail"]
)
NUMBERS = st.sampled_from(["0", "5", "-1", "007", "1_0", "9" * 6, "1.5", " 3", "x", "high", "low"])
OPTIONS = st.one_of(
    st.tuples(st.sampled_from(["--queue", "--name", "--tag", "--env", "--timeout"]), TEXTS),
    st.tuples(st.sampled_from(["--priority", "--max-retries", "--timeout"]), NUMBERS),
    st.tuples(st.sampled_from(["--tag", "--env"]), st.sampled_from(["A=1", "B=", "=x", "A=2"])),
    st.tuples(st.just("--timeout"), st.sampled_from(["10m", "2h", "90", "1h30m", "2d", "1ms"])),
    st.tuples(st.sampled_from(["--hold", "-q", "--quiet", "--no-color", "--json"])),
    st.tuples(st.sampled_from(["--name=x", "--queue=mail", "--priority=high", "--nothing"])),
)
LINES = st.tuples(st.lists(OPTIONS, max_size=4), st.booleans(), st.lists(TEXTS, max_size=4)).map(
    lambda parts: [
        "add" if len(parts[2]) == 3 else "enqueue",
        *(word for option in parts[0] for word in option),
        *(["--"] if parts[1] else []),
        *parts[2],
    ]
)


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(words=LINES)
def test_what_the_quick_lane_stores_the_full_path_stores_too(
    pair: tuple[Inside, Inside], words: list[str]
) -> None:
    quick, full = pair
    words = [word.replace("\0", "") for word in words]
    note(repr(words))

    by_lane, by_path = quick(*words), fully(full, *words)

    assert (by_lane.code, by_lane.err) == (by_path.code, by_path.err)
    assert said(by_lane, quick) == said(by_path, full)
    assert contents(quick) == contents(full)


def test_the_random_lines_take_both_ways() -> None:
    """Else the test above would prove nothing."""
    ways: Counter[bool] = Counter()

    @settings(max_examples=300, deadline=None, database=None)
    @given(words=LINES)
    def count(words: list[str]) -> None:
        try:
            parse(words)
        except NotQuick:
            ways[False] += 1
        else:
            ways[True] += 1

    count()

    assert min(ways[True], ways[False]) > 30, ways


@pytest.mark.parametrize(
    "line",
    [
        *("enqueue {}", "enqueue -", "enqueue", "enqueue --", "enqueue --help", "list enqueue"),
        *("enqueue --unique k true", "--json", "--json list enqueue"),
        *("enqueue --after 1 true", "enqueue --group g true", "enqueue --delay 1m true"),
        *("enqueue --at 18:30 true", "enqueue --cwd / true", "enqueue --env-all true"),
        *("enqueue --queue a --queue b true", "enqueue --wait true", "enqueue --array 0-9 true"),
        *("enqueue --db a --db b true", "enqueue --key k true", "enqueue --slots 2 true"),
        *("enqueue --on-finish x true", "enqueue --from -", "--queue a enqueue true"),
    ],
)
def test_what_is_not_plain_is_left_to_the_full_path(line: str) -> None:
    with pytest.raises(NotQuick):
        parse(line.split())


@pytest.mark.not_on("win32")
def test_a_plain_enqueue_loads_little(queuectl: Program) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", WATCH],
        capture_output=True,
        cwd=queuectl.folder,
        env=queuectl.environ,
        check=True,
    )

    loaded = set(ended.stderr.decode().splitlines())
    assert ended.stdout == b"1\n"
    assert {name for name in loaded if name.startswith("queuectl")} == OURS
    assert not loaded & SLOW


@pytest.mark.parametrize(
    ("name", "value"),
    [("max_retries", "7"), ("timeout", "10m"), ("env_pass", "HOME"), ("queue", "q")],
)
def test_settings_of_the_store_hold(pair: tuple[Inside, Inside], name: str, value: str) -> None:
    for home in pair:
        home.must("config", "set", name, value)

    pair[0].must("enqueue", "true")
    fully(pair[1], "enqueue", "true")

    assert contents(pair[0]) == contents(pair[1])


def test_settings_of_a_queue_hold(pair: tuple[Inside, Inside]) -> None:
    for home in pair:
        home.must("queue", "set", "mail", "--max-retries", "9")
        home.must("queue", "set", "video", "--concurrency", "2")

    for queue in ("mail", "video"):
        pair[0].must("enqueue", "--queue", queue, "true")
        fully(pair[1], "enqueue", "--queue", queue, "true")

    assert pair[0].job(1)["max_retries"] == 9
    assert contents(pair[0]) == contents(pair[1])


def test_settings_of_a_file_or_a_variable_hold(inside: Inside) -> None:
    inside.must("enqueue", "true", QUEUECTL_MAX_RETRIES="8")
    (inside.folder / "queuectl.toml").write_text("max_retries = 9\n")
    inside.must("enqueue", "true")

    assert [inside.job(each)["max_retries"] for each in (1, 2)] == [8, 9]


@pytest.mark.parametrize("queue", ["mail", "", " mail", "a b"])
def test_a_job_that_enqueues_others_does_so_where_it_runs(
    pair: tuple[Inside, Inside], queue: str
) -> None:
    for home in pair:
        home.must("config", "set", "queue", "other")

    by_lane = pair[0]("enqueue", "true", QUEUECTL_QUEUE=queue)
    by_path = fully(pair[1], "enqueue", "true", QUEUECTL_QUEUE=queue)

    assert (by_lane.code, by_lane.err) == (by_path.code, by_path.err)
    assert contents(pair[0]) == contents(pair[1])


@pytest.mark.parametrize("parent", [f"00-{'a' * 32}-{'b' * 16}-01", "broken", ""])
@pytest.mark.parametrize("more", [{}, {"TRACESTATE": "k=v", "BAGGAGE": "user=a"}, {"BAGGAGE": "é"}])
def test_the_callers_trace_comes_along(
    pair: tuple[Inside, Inside], parent: str, more: dict[str, str]
) -> None:
    pair[0].must("enqueue", "true", TRACEPARENT=parent, **more)
    fully(pair[1], "enqueue", "true", TRACEPARENT=parent, **more)

    assert contents(pair[0]) == contents(pair[1])


def test_a_draining_queue_refuses_as_ever(inside: Inside) -> None:
    inside.must("queue", "drain", "default")

    refused = inside("enqueue", "true")

    assert refused.code == 4
    assert "default" in refused.err


def test_a_store_of_another_schema_is_left_to_the_full_path(inside: Inside) -> None:
    with sqlite3.connect(inside.db) as connection:
        connection.execute("UPDATE queuectl_schema_version SET version_num = '9999'")
    connection.close()

    refused = inside("enqueue", "true")

    assert refused.code == 5
    assert "use the newer QueueCTL that wrote it" in refused.err


def test_a_job_whose_commit_is_in_doubt_is_stored_once(
    inside: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reply to COMMIT is lost, so the full path asks by the key."""
    real = sqlite3.connect

    class Torn(sqlite3.Connection):
        def execute(self, text: str, *more: Any) -> sqlite3.Cursor:
            done = super().execute(text, *more)
            if text == "COMMIT":
                error = sqlite3.OperationalError("disk I/O error")
                error.sqlite_errorcode = sqlite3.SQLITE_IOERR_WRITE
                raise error
            return done

    def torn_once(*args: Any, **more: Any) -> sqlite3.Connection:
        monkeypatch.setattr(sqlite3, "connect", real)
        return real(*args, **more, factory=Torn)

    monkeypatch.setattr(sqlite3, "connect", torn_once)

    told = inside.must("enqueue", "--name", "once", "--", "true")

    assert told.out == b"1\n"
    assert [job["name"] for job in inside.must("list", "--json").documents] == ["once"]


def test_a_failed_flush_is_told_and_not_tried_again(
    inside: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = sqlite3.connect

    class Failing(sqlite3.Connection):
        def execute(self, text: str, *more: Any) -> sqlite3.Cursor:
            if text == "COMMIT":
                error = sqlite3.OperationalError("disk I/O error")
                error.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC
                raise error
            return super().execute(text, *more)

    monkeypatch.setattr(sqlite3, "connect", lambda *a, **k: real(*a, **k, factory=Failing))

    told = inside("enqueue", "true")

    assert (told.code, told.out) == (78, b"")
    assert "the disk did not keep what was written" in told.err


def test_a_locked_store_is_told(inside: Inside, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_setup, "BUSY_S", 0.0)
    holder = sqlite3.connect(inside.db, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")

    told = inside("enqueue", "true")
    holder.close()

    assert told.code == 5
    assert "kept the store locked" in told.err


@pytest.mark.not_on("win32")
def test_a_closed_pipe_after_the_commit_does_not_enqueue_twice(queuectl: Program) -> None:
    reading, writing = os.pipe()
    os.close(reading)

    ended = subprocess.run(
        queuectl.command("enqueue", "true"),
        stdout=writing,
        stderr=subprocess.DEVNULL,
        cwd=queuectl.folder,
        env=queuectl.environ,
        check=False,
    )
    os.close(writing)

    assert ended.returncode == 141
    assert len(queuectl.must("list", "--json").documents) == 1


@pytest.mark.not_on("win32", "darwin")
def test_the_folders_are_those_of_the_full_path(monkeypatch: pytest.MonkeyPatch) -> None:
    for variables in ({}, {"XDG_DATA_HOME": "/d", "XDG_CONFIG_HOME": "/c"}):
        for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME"):
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)

        folders = [
            own_folder("XDG_DATA_HOME", ".local/share"),
            own_folder("XDG_CONFIG_HOME", ".config"),
        ]

        assert folders == [
            platformdirs.user_data_dir("queuectl", appauthor=False),
            platformdirs.user_config_dir("queuectl", appauthor=False),
        ]


def test_the_nearest_project_is_found(inside: Inside) -> None:
    project = inside.folder / ".queuectl"
    project.mkdir()
    inside.must("db", "init", QUEUECTL_DB=str(project / "queue.db"))

    inside.must("enqueue", "true", QUEUECTL_DB="")

    jobs = inside.must("list", "--json", QUEUECTL_DB=str(project / "queue.db")).documents
    assert len(jobs) == 1


def test_the_text_of_the_statements_is_current() -> None:
    """If this fails: `.venv/bin/python scripts/quick_lane.py`."""
    assert quick_lane.TARGET.read_text(encoding="utf-8") == quick_lane.page()


@pytest.mark.parametrize(
    "name", ["queuectl_store", "queuectl_worker", "queuectl_worker.executors", "queuectl_dashboard"]
)
def test_type_checkers_and_programs_find_the_same_names(name: str) -> None:
    package: Any = importlib.import_module(name)
    stub = Path(str(package.__file__)).with_suffix(".pyi")

    declared = {
        (node.module, name.name)
        for node in ast.walk(ast.parse(stub.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
        for name in node.names
    }

    assert declared == {(f"{name}.{place}", n) for n, place in package._PLACE_OF.items()}
    assert all(getattr(package, name) is not None for name in package.__all__)


def test_a_job_of_the_quick_lane_is_one_as_any_other(inside: Inside) -> None:
    inside.must("enqueue", "--tag", "a=b", "--env", "E=1", "--", "printenv", "E")

    job = inside.job(1)
    assert (job["argv"], job["tags"]) == (["printenv", "E"], {"a": "b"})
    assert json.loads(inside.must("why", "1", "--json").out)["reason"] == "no worker serves default"
