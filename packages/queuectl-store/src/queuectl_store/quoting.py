"""How messages quote what they are about, and commands as people type them."""

from collections.abc import Sequence


def shown(value: object) -> str:
    """Return *value* for a message: one line, and no longer than a reader bears."""
    try:
        text = ascii(value)
    except ValueError:  # a number of more digits than Python prints
        return "a number of thousands of digits"
    return text if len(text) <= 60 else f"{text[:40]}… ({len(text):,} characters)"


def quoted_words(argv: Sequence[str]) -> str:
    """Return words as a person would type them into a shell of this system."""
    import os
    import shlex
    import subprocess

    return subprocess.list2cmdline(argv) if os.name == "nt" else shlex.join(argv)
