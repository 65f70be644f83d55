"""Stored text cannot command a terminal."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queuectl.safe import OutputFilter, safe_text

TEXT = st.text(st.characters() | st.characters(categories=("Cc", "Cf", "Cs", "Zl", "Zp")))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain café 🧨", "plain café 🧨"),
        ("\x1b[2J", "\\x1b[2J"),
        ("a\nb\tc\r", "a\\nb\\tc\\r"),
        ("\u202eevil", "\\u202eevil"),
        ("\x9b31m", "\\x9b31m"),
        ("caf\udce9", "caf\\xe9"),
        ("\u2028", "\\u2028"),
        ("\U000e0041", "\\U000e0041"),
        ("👩\u200d💻", "👩\u200d💻"),
    ],
)
def test_what_a_terminal_would_obey_is_written_out(text: str, shown: str) -> None:
    assert safe_text(text) == shown


@given(TEXT)
def test_no_control_survives_in_any_text(text: str) -> None:
    hidden = {"Cc", "Cf", "Cs", "Zl", "Zp"}

    shown = safe_text(text)

    assert not [c for c in shown if unicodedata.category(c) in hidden and c not in "\u200c\u200d"]


@pytest.mark.parametrize(
    ("output", "shown"),
    [
        (b"a\tb\nc", b"a\tb\nc"),
        (b"\x1b[1;31mred\x1b[0m", b"\x1b[1;31mred\x1b[0m"),
        (b"\x1b[2J\x1b[Hgone", b"gone"),
        (b"\x1b]0;title\x07after", b"after"),
        (b"\x1b]52;c;aGk=\x1b\\after", b"after"),
        (b"10 %\r20 %\r\n", b"10 %\n20 %\n"),
        (b"\x07\x08\x00bell", b"bell"),
        (b"\xc2\x9b31m", b"31m"),
        ("\u202eevil".encode(), b"evil"),
        (b"caf\xe9", "caf\ufffd".encode()),
    ],
)
def test_of_a_jobs_output_lines_and_colours_pass_and_nothing_else(
    output: bytes, shown: bytes
) -> None:
    assert OutputFilter().feed(output, is_last=True) == shown


@given(
    st.lists(
        st.sampled_from(
            [
                b"\x1b",
                b"[",
                b"31m",
                b"2J",
                b"]",
                b"\x07",
                b"\\",
                b"\r",
                b"\n",
                b"a",
                b"\xc3",
                b"\xa9",
            ]
        )
    )
)
def test_where_the_output_is_cut_makes_no_difference(pieces: list[bytes]) -> None:
    """A sequence that arrives in two reads must not slip through in halves."""
    cut = OutputFilter()

    parts = [cut.feed(piece) for piece in pieces] + [cut.feed(b"", is_last=True)]

    assert b"".join(parts) == OutputFilter().feed(b"".join(pieces), is_last=True)
