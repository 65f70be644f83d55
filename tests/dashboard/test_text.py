"""Text made visible, and times as people read them."""

import pytest

from queuectl_dashboard.text import log_text, visible
from queuectl_dashboard.timing import ago, size, span, whole_span


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ünïcode\n\ttext", "plain ünïcode\n\ttext"),
        ("bell\x07 esc\x1b[0m", "bell\\x07 esc\\x1b[0m"),
        ("txt.\u202eexe", "txt.\\u202eexe"),
        ("\udcff", "\\xff"),
        ("\ud800", "\\ud800"),
        ("\x9b31m", "\\x9b31m"),
    ],
)
def test_what_a_layout_would_obey_is_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    ("output", "lines"),
    [
        (b"a\r\nb\n", "a\nb\n"),
        (b"10%\r50%\r100%\ndone", "100%\ndone"),
        (b"\x1b[1;31mred\x1b[0m \x1b[38;5;9mred\x1b[m", "red red"),
        (b"\x1b]0;title\x07text\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "textlink"),
        (b"\x1bP+q\x1b\\after \x1b(Bx", "after x"),
        (b"\x1b]52;c;never ends", ""),
        (b"\xff\xfe ok", "\\xff\\xfe ok"),
    ],
)
def test_output_is_read_as_the_lines_it_left(output: bytes, lines: str) -> None:
    assert log_text(output) == lines


def test_reading_output_takes_time_in_proportion_to_its_length() -> None:
    assert len(log_text(b"\x1b]" * 100_000 + b"\x1b[1" * 100_000)) < 1_000_000


@pytest.mark.parametrize(
    ("ms", "words"),
    [
        (-5, "0 ms"),
        (420, "420 ms"),
        (3250, "3.2 s"),
        (10000, "10 s"),
        (250000, "4 min 10 s"),
        (7200000, "2 h"),
        (90061000, "1 d 1 h"),
    ],
)
def test_spans_are_written_in_their_largest_units(ms: int, words: str) -> None:
    assert span(ms) == words


def test_moments_are_told_from_now() -> None:
    told = [ago(at, now=100_000) for at in (100_500, 40_000, 160_000, 99_000)]

    assert told == ["now", "1 min ago", "in 1 min", "1 s ago"]
    assert whole_span(3_999) == "3 s"


def test_sizes_are_written_with_their_unit() -> None:
    sizes = [size(count) for count in (0, 1023, 1536, 5 * 2**30, 2**52)]

    assert sizes == ["0 B", "1023 B", "1.5 KiB", "5.0 GiB", "4096.0 TiB"]
