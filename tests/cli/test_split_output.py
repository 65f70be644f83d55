"""Output that is kept apart, as `logs` and `run` print it."""

import pytest

from tests.cli.program import Program

pytestmark = pytest.mark.not_on("win")

SCRIPT = "printf 'out\\000\\n'; printf 'err\\377\\n' >&2"


@pytest.fixture
def split(queuectl: Program) -> Program:
    queuectl.must("enqueue", "--split-output", SCRIPT)
    queuectl.must("enqueue", SCRIPT)
    queuectl.must("worker", "start", "--burst", "--quiet")
    return queuectl


def test_each_stream_comes_where_it_was_written(split: Program) -> None:
    both, out, err = (
        split("logs", "1"),
        split("logs", "1", "--stdout"),
        split("logs", "1", "--stderr"),
    )

    assert (both.out, both.err.encode()) == (b"out\0\n", "err\ufffd\n".encode())
    assert (out.out, out.err) == (b"out\0\n", "")
    assert (err.out, err.err) == (b"err\xff\n", "")
    followed = split("logs", "-f", "1")
    assert (followed.out, followed.err.encode()) == (b"out\0\n", "err\ufffd\n".encode())


def test_programs_get_both_and_where_they_lie(split: Program) -> None:
    apart, together = split.must("logs", "1-2", "--json").documents

    assert (apart["output"], apart["stderr"]) == ("out\0\n", "err\udcff\n")
    assert apart["stderr_log"] == apart["log"].removesuffix(".log") + ".err.log"
    assert (together["output"], together["stderr"]) == ("out\0\nerr\udcff\n", None)


def test_one_stream_of_an_output_that_was_not_split_is_refused(split: Program) -> None:
    refused = split("logs", "2", "--stderr")

    assert refused.code == 4
    assert "stdout and stderr in one output" in refused.err
    assert split("logs", "2", "--stdout", "--stderr").code == 2


def test_run_passes_each_stream_on(queuectl: Program) -> None:
    ran = queuectl(
        *("run", "--quiet", "--max-retries", "0", "--split-output"),
        *("--", "sh", "-c", "echo o; echo e >&2; exit 3"),
    )

    assert (ran.code, ran.out) == (3, b"o\n")
    assert ran.err.startswith("e\n")
