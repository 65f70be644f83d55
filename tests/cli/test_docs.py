"""The written page is what the program says of itself."""

from scripts import cli_docs


def test_the_page_of_the_command_line_is_current() -> None:
    """If this fails: `.venv/bin/python scripts/cli_docs.py`."""
    assert cli_docs.TARGET.read_text(encoding="utf-8") == cli_docs.page()
