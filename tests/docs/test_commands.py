"""Every command that the documents tell a reader to type exists."""

import re
import subprocess
from functools import cache
from importlib.util import find_spec

from scripts.bootstrap import ROOT, program
from tests.docs.markdown import documents, shell_lines

LINES = sorted({line for path in documents() for line in shell_lines(path.read_text("utf-8"))})
SCRIPT = re.compile(r"(?:^|\s)(?:\./)?(scripts/[\w.]+)")
QUEUECTL = re.compile(
    r"(?:^|[|&;] ?|/)(?:uv run )?queuectl"
    r"(?:\s+(?:--db[ =]\S+|--json|--quiet|--no-color))*"
    r"\s+(?P<command>[a-z][a-z-]*)(?:\s+(?P<below>[a-z][a-z-]*))?"
)


def scripts_named(lines: list[str]) -> list[str]:
    return sorted({name for line in lines for name in SCRIPT.findall(line)})


def commands_named(lines: list[str]) -> list[tuple[str, str]]:
    return sorted({match.groups("") for line in lines for match in QUEUECTL.finditer(line)})


@cache
def help_of(*words: str) -> subprocess.CompletedProcess[str]:
    command = [program("queuectl"), *words, "--help"]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False)


def exists(command: str, below: str) -> bool:
    page = help_of(command)
    # Only a group takes a second word as a command; `run make --help` would run make.
    is_group = " COMMAND " in page.stdout
    return page.returncode == 0 and (
        not is_group or not below or help_of(command, below).returncode == 0
    )


def test_every_script_in_the_documents_is_in_the_checkout() -> None:
    missing = [name for name in scripts_named(LINES) if not (ROOT / name).is_file()]

    assert missing == []


def test_the_commands_in_a_line_are_found() -> None:
    lines = [
        "uv run queuectl --db x.db worker start --burst",
        "cat jobs | queuectl enqueue --from -",
        ".venv/bin/queuectl status",
        "python3 scripts/demo",
    ]

    assert commands_named(lines) == [("enqueue", ""), ("status", ""), ("worker", "start")]
    assert scripts_named(lines) == ["scripts/demo"]


if find_spec("queuectl.app") is not None:

    def test_every_queuectl_command_in_the_documents_exists() -> None:
        missing = [command for command in commands_named(LINES) if not exists(*command)]

        assert missing == []
