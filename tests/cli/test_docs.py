"""The written page is what the program says of itself."""

import re

from scripts import cli_docs


def test_the_page_of_the_command_line_is_current() -> None:
    """If this fails: `.venv/bin/python scripts/cli_docs.py`."""
    assert cli_docs.TARGET.read_text(encoding="utf-8") == cli_docs.page()


def test_every_command_teaches_by_examples() -> None:
    """Those that only have commands below them show these."""
    sections = cli_docs.page().split("\n## ")[1:]
    commands = [section for section in sections if "\nCommands:\n" not in section]

    shown = {
        section.splitlines()[0]: len(re.findall(r"^    .*queuectl", section, re.MULTILINE))
        for section in commands
    }

    assert len(shown) > 50
    assert [name for name, count in shown.items() if count < 2] == []
