"""Following several jobs at once, and choosing whose output is printed."""

import pytest

from queuectl.following import LinePrinter
from queuectl.terminal import Terminal
from tests.cli.inprocess import Inside
from tests.cli.program import Program
from tests.waiting import eventually


@pytest.fixture
def three(queuectl: Program) -> Program:
    queuectl.must("enqueue", "--group", "g", "printf 'one\\ntwo'")
    queuectl.must("enqueue", "--group", "g", "echo three; echo four >&2")
    queuectl.must("enqueue", "echo other")
    return queuectl


def test_each_line_has_its_job_and_all_end_with_the_last(three: Program) -> None:
    following = three.start("logs", "-f", "--group", "g")
    three.must("worker", "start", "--burst", "-q")

    out, _ = following.communicate(timeout=60)

    assert following.returncode == 0
    assert sorted(out.splitlines()) == [b"1 | one", b"1 | two", b"2 | four", b"2 | three"]


@pytest.mark.not_on("win32")
def test_jobs_that_have_not_started_are_waited_for(queuectl: Program) -> None:
    queuectl.must("enqueue", "--from", "-", stdin=b"echo a\necho b\n")
    following = queuectl.start("logs", "-f", "1-2")
    assert following.stdout is not None

    wake = queuectl.db.with_name(f"{queuectl.db.name}.wake")
    eventually(lambda: len(list(wake.glob("*"))) >= 2, within=60, what="both to be waited for")
    queuectl.must("worker", "start", "--burst", "-q")

    eventually(lambda: following.poll() is not None, within=60, what="the end")
    assert sorted(following.stdout.read().splitlines()) == [b"1 | a", b"2 | b"]
    following.communicate()


def test_a_filter_chooses_whose_output_is_printed(three: Program) -> None:
    three.must("worker", "start", "--burst", "-q")

    told = three.must("logs", "--group", "g", "--tail", "1")

    assert told.out == b"twofour\n"
    assert "==> job 1 <==" in told.err
    assert three("logs", "--queue", "nothere").code == 3


def test_too_many_cannot_be_followed(inside: Inside) -> None:
    inside.must("enqueue", "--from", "-", stdin=b"true\n" * 65)

    told = inside("logs", "-f", "--all")

    assert told.code == 2
    assert "up to 64 jobs" in told.err


@pytest.mark.parametrize(
    ("pieces", "shown"),
    [
        ([b"a", b"b\nc", None], "1 | ab\n1 | c\n"),
        ([b"a\n", None], "1 | a\n"),
        ([b"\n\n", None], "1 | \n1 | \n"),
        ([None], ""),
    ],
)
def test_lines_are_whole(
    pieces: list[bytes | None], shown: str, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    printer = LinePrinter(Terminal(quiet=False, color=False), "1 | ", raw=False, is_error=False)

    for piece in pieces:
        printer.feed(piece)

    assert capfdbinary.readouterr().out == shown.encode()


def test_a_line_that_never_ends_is_shown_in_parts(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    printer = LinePrinter(Terminal(quiet=False, color=False), "1 | ", raw=False, is_error=False)

    printer.feed(b"x" * 70_000)

    assert capfdbinary.readouterr().out == b"1 | " + b"x" * 70_000 + b"\n"


def test_the_output_of_what_ran_since_is_printed(queuectl: Program) -> None:
    """However long ago it was enqueued, and nothing of what only was enqueued since."""
    queuectl.must("enqueue", "--queue", "later", "--hold", "echo held")
    for text in ("early", "late"):
        queuectl.must("enqueue", f"echo {text}")
        queuectl.must("worker", "start", "--burst", "-q")
    late = queuectl.job(3)["started_at"]

    assert queuectl.must("logs", "--since", late).out == b"late\n"
    assert queuectl.must("logs", "--since", "1h").out == b"early\nlate\n"
    assert queuectl.must("logs", "1-3", "--since", late).out == b"late\n"
    assert queuectl.must("logs", "2,3", "--since", late, "-f").out == b"late\n"
    assert queuectl("logs", "2", "--since", late).code == 3
    assert queuectl("logs", "7", "--since", late).code == 3
    assert queuectl("logs", "--queue", "later", "--since", "1h").code == 3
    assert queuectl("logs", "--since", "+1h").code == 2


def test_an_output_that_is_gone_is_not_taken_for_silence(queuectl: Program) -> None:
    queuectl.must("enqueue", "echo out")
    queuectl.must("enqueue", "true")
    queuectl.must("worker", "start", "--burst", "-q")
    (log,) = queuectl.db.parent.glob("logs/*/*/1-1.log")
    log.unlink()

    told = queuectl.must("logs", "1")

    assert told.out == b""
    assert "the 4 bytes that job 1 printed are neither on this host nor in the store" in told.err
    assert queuectl.must("logs", "2").err == ""
