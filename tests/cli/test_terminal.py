"""What a person sees on a terminal, and that stored text cannot take it over."""

import re

import pytest

from tests.cli.program import Program
from tests.cli.terminal import on_terminal

pytestmark = pytest.mark.not_on("win32")

SGR = re.compile(r"\x1b\[[0-9;]*m")
EVIL = "printf '\\033[2J\\033]0;owned\\007\\033[31mred\\033[0m\\n'"
NAME = "x\u202eevil\x1b[2J[bold]markup[/bold]"


def test_a_list_fits_the_screen_and_is_coloured(queuectl: Program) -> None:
    queuectl.must("enqueue", "--", "echo", "word " * 40)

    code, shown = on_terminal(queuectl, "list", columns=60)

    heading, row = SGR.sub("", shown).splitlines()
    assert code == 0
    assert "\x1b[" in shown
    assert heading.split() == ["ID", "STATE", "AGE", "COMMAND"]
    assert row.endswith("…")
    assert len(row) <= 60


def test_a_list_fits_a_terminal_that_knows_ascii_alone(queuectl: Program) -> None:
    """What its encoding lacks is written out, and is as wide as it is then."""
    queuectl.must("enqueue", "--name", "日本", "--", "echo", "word " * 40)
    ascii_alone = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"}

    _, shown = on_terminal(queuectl, "list", columns=70, env=ascii_alone)

    heading, row = SGR.sub("", shown).splitlines()
    assert "\\u65e5\\u672c" in row
    assert row.endswith("...")
    assert heading.index("COMMAND") == row.index("echo")
    assert len(row) <= 70


@pytest.mark.parametrize(
    ("words", "env"),
    [
        (("list",), {"NO_COLOR": "1"}),
        (("list",), {"TERM": "dumb"}),
        (("list", "--no-color"), {}),
        (("--no-color", "list"), {}),
    ],
)
def test_colours_stay_away_where_they_are_not_wanted(
    queuectl: Program, words: tuple[str, ...], env: dict[str, str]
) -> None:
    queuectl.must("enqueue", "true")

    code, shown = on_terminal(queuectl, *words, env=env)

    assert code == 0
    assert "pending" in shown
    assert "\x1b" not in shown


@pytest.mark.parametrize("words", [("list",), ("show", "1"), ("status",), ("dlq", "list")])
def test_stored_text_cannot_command_the_terminal(queuectl: Program, words: tuple[str, ...]) -> None:
    queuectl.must("enqueue", "--max-retries", "0", "--", "sh", "-c", "exit 1", NAME)
    queuectl.must("worker", "start", "--burst", "-q")

    code, shown = on_terminal(queuectl, *words, columns=200)

    assert code == 0
    assert "\\x1b[2J[bold]markup[/bold]" in shown
    assert "\\u202e" in shown
    assert "\x1b" not in SGR.sub("", shown)


def test_logs_let_colours_through_and_nothing_else_unless_raw(queuectl: Program) -> None:
    queuectl.must("enqueue", EVIL)
    queuectl.must("worker", "start", "--burst", "-q")
    exact = b"\x1b[2J\x1b]0;owned\x07\x1b[31mred\x1b[0m\n"

    _, shown = on_terminal(queuectl, "logs", "1")
    _, raw = on_terminal(queuectl, "logs", "1", "--raw")

    assert shown == "\x1b[31mred\x1b[0m\n"
    assert raw == exact.decode()
    assert queuectl.must("logs", "1").out == exact


def test_many_jobs_are_acted_on_only_after_a_yes(queuectl: Program) -> None:
    queuectl.must("enqueue", "--from", "-", stdin=b"true\n" * 3)

    code, shown = on_terminal(queuectl, "cancel", "1-3", typed=b"n\n")
    untouched = queuectl.must("status", "--json").document["counts"]["pending"]
    sure_code, _ = on_terminal(queuectl, "cancel", "1-3", typed=b"y\n")

    assert (code, untouched) == (2, 3)
    assert "cancel 3 jobs? [y/N]" in shown
    assert sure_code == 0
    assert queuectl.must("status", "--json").document["counts"]["cancelled"] == 3


def test_without_a_terminal_nothing_is_asked(queuectl: Program) -> None:
    queuectl.must("enqueue", "--from", "-", stdin=b"true\n" * 3)

    assert queuectl.must("cancel", "--state", "pending").out == b"1\n2\n3\n"


def test_enqueue_tells_a_person_what_comes_next(queuectl: Program) -> None:
    _, shown = on_terminal(queuectl, "enqueue", "true")

    assert shown.splitlines()[0] == "1"
    assert "queuectl worker start" in shown


def test_quiet_leaves_the_id_alone_on_a_terminal_too(queuectl: Program) -> None:
    _, shown = on_terminal(queuectl, "enqueue", "-q", "true")

    assert shown == "1\n"


def test_a_bulk_enqueue_reports_its_jobs_on_a_terminal(queuectl: Program) -> None:
    (queuectl.folder / "jobs").write_text("true\n" * 2_500)

    code, shown = on_terminal(queuectl, "enqueue", "--from", "jobs")

    assert code == 0
    assert "2,500 jobs are enqueued (ids 1-2500" in shown


def test_the_demo_redraws_its_table_and_fits_eighty_columns(queuectl: Program) -> None:
    code, shown = on_terminal(queuectl, "demo")

    lines = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", shown).splitlines()
    assert code == 0
    assert "\x1b[13F" in shown
    # The demo's folder is as long as the test's temporary folder makes it.
    own = [line.replace(str(queuectl.folder), "/tmp") for line in lines if " --db " not in line]
    assert max(map(len, own)) <= 80
    assert "12 jobs: 10 succeeded, 2 dead; 3 retries." in lines
