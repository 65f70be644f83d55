"""What was enqueued is what runs, to the byte, whichever way it came."""

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cli.program import Program, hostile_words

ECHO = (b"sh", b"-c", b'printf "%s\\0" "$@"', b"sh")
ARGUMENTS = st.lists(st.binary(max_size=40).map(lambda raw: raw.replace(b"\0", b"")), max_size=5)

pytestmark = pytest.mark.not_on("win32")


def test_hostile_arguments_arrive_as_they_were_typed(queuectl: Program) -> None:
    queuectl.must("enqueue", "--", *ECHO, *hostile_words())
    for word in hostile_words():
        queuectl.must("enqueue", *ECHO, word)

    queuectl.must("worker", "start", "--burst", "-q")

    assert queuectl.must("logs", "1").out == _printed(hostile_words())
    for job_id, word in enumerate(hostile_words(), start=2):
        assert queuectl.must("logs", str(job_id)).out == _printed([word])
    assert not (queuectl.folder / "pwned").exists()


def test_a_hostile_shell_command_is_one_string(queuectl: Program) -> None:
    script = b"printf '%s' 'it\xff $(id) --json'; printf '\\n'; echo \"a  b\""

    queuectl.must("enqueue", script)
    queuectl.must("enqueue", "-", stdin=script + b"\n")
    queuectl.must("worker", "start", "--burst", "-q")

    expected = b"it\xff $(id) --json\na  b\n"
    assert queuectl.must("logs", "1").out == expected
    assert queuectl.must("logs", "2").out == expected


@settings(max_examples=3, deadline=None)
@given(st.lists(ARGUMENTS, min_size=20, max_size=40))
def test_any_arguments_in_specs_arrive_as_they_are(batch: list[list[bytes]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        queuectl = Program(folder=Path(folder))
        queuectl.must("enqueue", "--from", "-", stdin=b"\n".join(map(_spec, batch)))
        queuectl.must("worker", "start", "--burst", "-q", "--concurrency", "2")

        logs = queuectl.must("logs", f"1-{len(batch)}", "--json").documents

    printed = [log["output"].encode("utf-8", "surrogateescape") for log in logs]
    assert printed == [_printed(words) for words in batch]


def _spec(words: list[bytes]) -> bytes:
    argv = [word.decode("utf-8", "surrogateescape") for word in (*ECHO, *words)]
    return json.dumps({"argv": argv}).encode()


def _printed(words: Sequence[bytes]) -> bytes:
    # printf uses its format once even where there are no arguments.
    return b"".join(word + b"\0" for word in words or [b""])
