"""`list`: its columns and templates, sorting and pages, and what is shown in place."""

import signal

import pytest

from queuectl.exits import UsageProblem
from queuectl.formatting import FIELDS, parse_format
from tests.cli.inprocess import Inside
from tests.cli.program import Program
from tests.cli.terminal import Going, on_terminal


@pytest.fixture
def jobs(inside: Inside) -> Inside:
    inside.must("enqueue", "--priority", "5", "--name", "a\x1b[31m", "--", "echo", "x y")
    inside.must("enqueue", "--tag", "k=v", "sleep 1")
    inside.must("enqueue", "--priority", "high", "true")
    return inside


@pytest.mark.parametrize(
    ("form", "lines"),
    [
        ("id,priority,argv", ["3\t10\t", "2\t0\t", '1\t5\t["echo", "x y"]']),
        ("{id}: {command}", ["3: true", "2: sleep 1", "1: echo 'x y'"]),
        (r"{id}\t{tags}", ["3\t{}", '2\t{"k": "v"}', "1\t{}"]),
        ("{state}{{", ["pending{{", "pending{{", "pending{{"]),
    ],
)
def test_columns_and_templates(jobs: Inside, form: str, lines: list[str]) -> None:
    assert jobs.must("list", "--format", form).text.splitlines() == lines


def test_what_a_list_shows_of_a_command_is_found(jobs: Inside) -> None:
    shown = jobs.must("list", "--search", "echo 'x y'", "--format", "{command}")

    assert shown.text == "echo 'x y'\n"


def test_no_job_that_fits_is_not_said_to_be_an_empty_store(jobs: Inside) -> None:
    told = jobs("list", "--search", "nothing like it")

    assert (told.code, told.text) == (0, "")
    assert told.err == "no such job; `queuectl list` shows all\n"


def test_stored_text_is_made_safe_in_a_template(jobs: Inside) -> None:
    shown = jobs.must("list", "--format", "{name}", "--name", "a\x1b[31m").text

    assert shown == "a\\x1b[31m\n"


@pytest.mark.parametrize("form", ["", "{}", "nothing", "id,", "{id} {stat}"])
def test_what_is_no_format_is_refused(form: str) -> None:
    with pytest.raises(UsageProblem):
        parse_format(form)


def test_the_nearest_field_is_offered() -> None:
    with pytest.raises(UsageProblem, match="did you mean 'state'"):
        parse_format("{stat}")


def test_every_field_of_the_json_job_can_be_a_column(jobs: Inside) -> None:
    [job, *_] = jobs.must("list", "--json").documents

    assert set(FIELDS) == set(job)
    assert jobs.must("list", "--format", ",".join(FIELDS)).code == 0


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        (["--sort", "priority"], [2, 1, 3]),
        (["--sort", "-priority"], [3, 1, 2]),
        (["--sort", "id"], [1, 2, 3]),
        (["--sort", "created_at"], [1, 2, 3]),
        (["--sort", "-duration"], [3, 2, 1]),
        (["--before", "3"], [2, 1]),
        (["--limit", "1"], [3]),
        (["--limit", "1", "--before", "3"], [2]),
    ],
)
def test_order_and_pages(jobs: Inside, words: list[str], ids: list[int]) -> None:
    result = jobs.must("list", "--json", *words)

    assert [job["id"] for job in result.documents] == ids
    assert ("there are older ones" in result.err) is ("--limit" in words)


def test_jobs_are_not_sorted_by_anything(jobs: Inside) -> None:
    assert jobs("list", "--sort", "colour").code == 2


def test_more_jobs_than_a_page_are_all_printed(inside: Inside) -> None:
    inside.must("enqueue", "--from", "-", stdin=b"true\n" * 2_300)

    lines = inside.must("list", "--limit", "0", "--format", "{id}").text.splitlines()

    assert lines == [str(n) for n in range(2_300, 0, -1)]


def test_a_pipe_cannot_be_watched(jobs: Inside) -> None:
    told = jobs("list", "--watch")

    assert told.code == 2
    assert "events -f" in told.err


@pytest.mark.not_on("win32")
def test_columns_fit_the_terminal(queuectl: Program) -> None:
    queuectl.must("enqueue", "--", "echo", "x" * 200)

    code, shown = on_terminal(
        queuectl, "--no-color", "list", "--format", "id,cwd,command", columns=60
    )

    assert code == 0
    assert shown.splitlines()[0].split() == ["ID", "CWD", "COMMAND"]
    assert max(map(len, shown.splitlines())) <= 60


@pytest.mark.not_on("win32")
def test_a_watched_list_follows_changes_until_it_is_interrupted(queuectl: Program) -> None:
    queuectl.must("enqueue", "--hold", "--name", "first", "true")

    with Going(queuectl, "list", "--watch") as going:
        going.until_shown(b"first")
        queuectl.must("enqueue", "--hold", "--name", "second", "true")
        going.until_shown(b"second")
        going.process.send_signal(signal.SIGINT)
        code = going.ended()

    assert code == 130
