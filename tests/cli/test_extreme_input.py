"""Extreme values by option and by JSON, on both databases: usage, or kept and given back exactly.

In this process: what a shell cannot pass, an argument list can.
"""

import io
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from queuectl.app import run
from queuectl_store import Store, connect

NUL, CONTROL, LONE = "a\0b", "\x01\x1b[31m\x7f\x9b\t", "\ud800"
LONG, HUGE = "x" * 10_000, "x" * 10_000_000
TEXTS = {
    "empty": "",
    "NUL": NUL,
    "control characters": CONTROL,
    "lone surrogate": LONE,
    "10,000 characters": LONG,
    "10 MB": HUGE,
    "far away": "+99999999999d",
}
NUMBERS = [2**31, 2**63 - 1, 2**63, 2**64, -(2**63) - 1, 10**400]
BY_OPTION: dict[str, Callable[[str], list[str]]] = {
    "command": lambda text: ["--", text],
    "argument": lambda text: ["--", "true", text],
    "queue": lambda text: ["--queue", text, "true"],
    "name": lambda text: ["--name", text, "true"],
    "group": lambda text: ["--group", text, "true"],
    "unique": lambda text: ["--unique", text, "true"],
    "tag": lambda text: ["--tag", f"k={text}", "true"],
    "variable": lambda text: ["--env", f"K={text}", "true"],
    "cwd": lambda text: ["--cwd", text, "true"],
    "concurrency key": lambda text: ["--concurrency-key", text, "true"],
    "resource": lambda text: ["--resource", f"{text}=1", "true"],
    "time": lambda text: ["--at", text, "true"],
    "delay": lambda text: ["--delay", text, "true"],
    "parent": lambda text: ["--after", text, "true"],
    "priority": lambda text: ["--priority", text, "true"],
}
BY_KEY = (
    *("command", "name", "queue", "group", "cwd", "task", "run_at", "delay", "timeout", "priority"),
    *("max_retries", "after", "concurrency_key", "slots", "on_dep_failure"),
)
# Ends of time: what is beyond them is refused, and what is not is kept.
INSTANTS = {
    "0001-01-01T00:00:00Z": False,
    "1969-12-31T23:59:59Z": False,
    "9999-12-31T23:59:59Z": True,
}


@dataclass(frozen=True, slots=True)
class Said:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str


Run = Callable[..., Said]


@pytest.fixture
def queuectl(
    store_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Run one command line on the store, in this process."""
    monkeypatch.chdir(tmp_path)
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("QUEUECTL_DB", store_url)

    def call(*words: str, stdin: bytes = b"") -> Said:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsys.readouterr()
        code = run(words)
        out, err = capsys.readouterr()
        return Said(code, out, err)

    return call


@pytest.fixture
def in_zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Let this process live in a zone, until the test is over."""

    def move(zone: str) -> None:
        monkeypatch.setenv("TZ", zone)
        time.tzset()

    yield move
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def store(queuectl: Run, store_url: str) -> Iterator[Store]:
    with connect(store_url) as opened:
        yield opened


def wrong_with(
    queuectl: Run, store: Store, *words: str, meant: tuple[str, Any] | None = None
) -> str:
    """Enqueue; say what is wrong with the answer, if it is neither usage nor the whole job."""
    before = store.reader.counts()
    said = queuectl("enqueue", "--json", *words)
    if said.code == 0:
        shown = json.loads(said.out)
        kept = meant is None or shown[meant[0]] == meant[1]
        return "" if kept else f"{meant} came back as {shown[meant[0] if meant else '']!r}"[:300]
    is_short = 1 <= len(said.err.splitlines()) <= 2 and len(said.err) < 1_500
    is_clean = store.reader.counts() == before and said.out == ""
    is_usage = said.code in (2, 3) and "bug" not in said.err
    if is_short and is_clean and is_usage:
        return ""
    return f"{said.code=} {is_short=} {is_clean=} {said.err[:300]}"


@pytest.mark.parametrize("option", BY_OPTION)
def test_any_text_of_an_option_is_usage_or_kept(queuectl: Run, store: Store, option: str) -> None:
    texts = {**TEXTS, **{str(n)[:30]: str(n) for n in NUMBERS}}
    found = {
        name: wrong_with(queuectl, store, *BY_OPTION[option](text)) for name, text in texts.items()
    }

    assert {name: text for name, text in found.items() if text} == {}


@pytest.mark.parametrize("key", BY_KEY)
def test_any_value_in_a_spec_is_usage_or_kept(queuectl: Run, store: Store, key: str) -> None:
    work = {} if key in ("command", "task") else {"command": "true"}
    values = {**TEXTS, **{str(n)[:30]: n for n in NUMBERS}, "nothing": None, "a list": [[]]}
    found = {}
    for name, value in values.items():
        meant = (key, value) if key == "name" and value not in ("", None) else None
        found[name] = wrong_with(queuectl, store, json.dumps({**work, key: value}), meant=meant)

    assert {name: text for name, text in found.items() if text} == {}


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Pacific/Kiritimati"])
@pytest.mark.parametrize("moment", INSTANTS)
@pytest.mark.not_on("win32")  # no program there has a zone of its own
def test_the_ends_of_time_are_kept_and_what_is_beyond_is_usage(
    queuectl: Run, moment: str, zone: str, in_zone: Callable[[str], None]
) -> None:
    in_zone(zone)
    by_option = queuectl("enqueue", "--json", "--at", moment, "true")
    by_key = queuectl("enqueue", "--json", json.dumps({"command": "true", "run_at": moment}))

    by_list = queuectl("list")

    codes = {by_option.code, by_key.code}
    assert by_list.code == 0
    assert codes == ({0} if INSTANTS[moment] else {2})
    if INSTANTS[moment]:
        times = {json.loads(each.out)["run_at"] for each in (by_option, by_key)}
        assert times == {moment.replace("Z", ".000Z")}


def test_ten_megabytes_in_an_input_name_their_line_and_store_nothing(queuectl: Run) -> None:
    lines = b"\n".join([b"true", json.dumps({"command": HUGE}).encode(), b"true"])

    said = queuectl("enqueue", "--from", "-", stdin=lines)

    assert said.code == 2
    assert "line 2" in said.err
    assert "1,048,576" in said.err
    assert len(said.err.splitlines()) <= 2
    assert queuectl("list", "--json").out == ""
