"""Errors that are one fault have one fingerprint; other faults have another."""

import subprocess
import sys
import textwrap
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queuectl_store.fingerprint import fingerprint, normalised

SAME = {
    "numbers": ["no such order: 17", "no such order: 99123", "no such order: 1,204"],
    "ids": [
        "job 7d7c1b1e-16a1-4d1c-9f3e-0a1b2c3d4e5f is gone",
        "job 00000000-0000-4000-8000-000000000000 is gone",
    ],
    "hex": ["at 0x7f3a2c00", "at 0xdeadbeef12", "at 0x0"],
    "digests": ["blob 9f86d081884c7d65 differs", "blob e3b0c44298fc1c14 differs"],
    "paths": [
        "cannot open /srv/app-1/data/in.csv: no such file",
        "cannot open ./out.csv: no such file",
        "cannot open C:\\Users\\eve\\in.csv: no such file",
        "cannot open uploads/2026/11/in.csv: no such file",
    ],
    "addresses": [
        "connection to 10.0.0.7:5432 refused",
        "connection to 192.168.17.4:6432 refused",
    ],
    "ports": ["localhost:8080 refused the connection", "localhost:9 refused the connection"],
    "durations": [
        "timed out after 30s",
        "timed out after 1.5s",
        "timed out after 2 minutes",
        "timed out after 1h30m",
        "timed out after 250ms",
    ],
    "times": [
        "token expired at 2026-11-24T15:30:00.123Z",
        "token expired at 2027-01-01 00:00:00+01:00",
        "token expired at 2025-02-03",
    ],
    "quoted names": [
        "there is no user 'alice'",
        "there is no user 'bob o\\'neill'",
        'there is no user "carol"',
        "there is no user `dave`",
    ],
    "addresses of people": ["no mailbox for a.b@example.com", "no mailbox for eve+1@mail.test.org"],
    "links": ["GET https://a.test/x?id=3 gave nothing", "GET http://b.test:80/y/4 gave nothing"],
    "sizes": ["asked for 12 bytes too many", "asked for 4096 bytes too many"],
    "spaces": ["a  b\n", "a b", "  a\tb"],
    "numbered names": ["worker-12 of pool_3 is gone", "worker-7 of pool_41 is gone"],
}

DIFFERENT = [
    "exit code 1",
    "exit code 2",
    "exit status 1",
    "killed by SIGKILL (9)",
    "killed by SIGTERM (15)",
    "killed by signal 50",
    "killed by signal 51",
    "HTTP 404 for /x",
    "HTTP 500 for /x",
    "HTTP/1.1 502 for /x",
    "OSError: [Errno 2] No such file",
    "OSError: [Errno 13] Permission denied",
    "timed out after 30s",
    "its worker vanished",
    "the process guardian died",
    "ValueError: 3",
    "TypeError: 3",
    "can't open it and can't read it",
    "and/or",
    "read/write",
]


@pytest.mark.parametrize("what", SAME)
def test_errors_that_differ_only_by_what_a_run_brings_have_one_fingerprint(what: str) -> None:
    texts = {normalised(error) for error in SAME[what]}

    assert len(texts) == 1, texts
    assert len({fingerprint(error) for error in SAME[what]}) == 1


def test_different_faults_have_different_fingerprints() -> None:
    named = {normalised(error): error for error in DIFFERENT}

    assert len(named) == len(DIFFERENT)
    assert len({fingerprint(error) for error in DIFFERENT}) == len(DIFFERENT)


def test_the_kinds_above_differ_from_one_another() -> None:
    assert len({fingerprint(errors[0]) for errors in SAME.values()}) == len(SAME)


# Real tracebacks.


def charge(order: int) -> None:
    try:
        lookup({"user": "alice"}, order)
    except KeyError as error:
        raise RuntimeError(f"cannot charge order {order}") from error


def refund(order: int) -> None:
    lookup({}, order)


def lookup(orders: dict[object, object], order: int) -> object:
    return orders[order]


def deep(n: int) -> None:
    if n == 0:
        raise RecursionError("too deep")
    deep(n - 1)


def several(*numbers: int) -> None:
    errors = []
    for number in numbers:
        try:
            lookup({}, number)
        except KeyError as error:
            errors.append(error)
    raise ExceptionGroup("some failed", errors)


def trace_of(act: Callable[..., object], *args: int) -> str:
    try:
        act(*args)
    except Exception:  # noqa: BLE001  # whatever it is
        return traceback.format_exc()
    raise AssertionError("it did not fail")


def test_tracebacks_of_one_fault_with_other_values_have_one_fingerprint() -> None:
    assert fingerprint(trace_of(charge, 17)) == fingerprint(trace_of(charge, 90_210))


def test_tracebacks_of_other_ways_to_the_same_error_differ() -> None:
    assert fingerprint(trace_of(charge, 17)) != fingerprint(trace_of(refund, 17))


def test_a_recursion_is_one_fault_however_deep_it_went() -> None:
    assert fingerprint(trace_of(deep, 5)) == fingerprint(trace_of(deep, 400))


def test_a_group_of_exceptions_is_one_fault_whatever_their_values() -> None:
    assert fingerprint(trace_of(several, 1, 2)) == fingerprint(trace_of(several, 700, 800))


def test_the_place_of_an_installation_and_edits_elsewhere_in_a_file_do_not_count(
    tmp_path: Path,
) -> None:
    """The same release in another folder, with a comment more above the fault."""
    program = """
    def fetch(name):
        raise LookupError(f"nothing is called {name!r}")

    fetch("x" * {n})
    """
    errors = []
    for n, folder in enumerate(("one", "two words"), start=1):
        file = tmp_path / folder / "job.py"
        file.parent.mkdir()
        text = textwrap.dedent(program).replace("{n}", str(n))
        file.write_text("# a comment\n" * n + text, "utf-8")
        ended = subprocess.run([sys.executable, file], capture_output=True, text=True, check=False)
        errors.append(ended.stderr)

    assert "LookupError" in errors[0]
    assert errors[0] != errors[1]
    assert fingerprint(errors[0]) == fingerprint(errors[1])


@given(error=st.text(max_size=300))
def test_any_text_has_a_fingerprint(error: str) -> None:
    assert len(fingerprint(error)) == 12
    assert normalised(error) == normalised(error + "\n")


@given(number=st.integers(0, 10**12), other=st.integers(0, 10**12))
def test_no_number_makes_a_fault_of_its_own(number: int, other: int) -> None:
    assert fingerprint(f"row {number} is bad") == fingerprint(f"row {other} is bad")


@pytest.mark.parametrize(
    "text", ["'" * 20_000, "/a" * 10_000, "1a" * 10_000, "a@" * 10_000, "1s" * 9_000]
)
def test_a_hostile_error_takes_no_time_worth_mentioning(text: str) -> None:
    """A regular expression that goes back and forth would take minutes here."""
    began = time.process_time()
    fingerprint(text * 10_000)

    assert time.process_time() - began < 2
