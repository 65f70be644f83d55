"""The program as a whole: version, help, plugins, and what it does not import."""

import importlib
import subprocess
import sys
import tomllib
from typing import Any

import pytest

from queuectl import __version__
from queuectl.catalogue import BUILT_IN
from queuectl.lazy import built
from scripts.bootstrap import ROOT
from tests.cli.program import Program


def target_of(name: str) -> Any:
    """Import what a command is made of."""
    module, _, attribute = BUILT_IN[name].target.partition(":")
    return getattr(importlib.import_module(module), attribute)


GROUPS = {
    name: list(built(name, target_of(name)).commands)  # type: ignore[union-attr]
    for name in (
        "worker",
        "dlq",
        "queue",
        "resource",
        "schedule",
        "hook",
        "config",
        "db",
        "service",
    )
}
COMMANDS = [
    [name, *below]
    for name in BUILT_IN
    for below in ([[]] if name not in GROUPS else [[one] for one in GROUPS[name]])
]


def test_the_version_is_that_of_the_package() -> None:
    project = tomllib.loads((ROOT / "apps/cli/pyproject.toml").read_text())

    assert project["project"]["version"] == __version__


@pytest.mark.parametrize("words", [["--version"], ["-q", "--version"], ["list", "--version"]])
def test_the_version_is_told_before_and_after_a_command(
    queuectl: Program, words: list[str]
) -> None:
    assert queuectl.must(*words).text == f"{__version__}\n"


def test_the_version_is_a_document_with_json(queuectl: Program) -> None:
    assert queuectl.must("--json", "--version").document == {"version": __version__}


def test_the_version_is_told_before_anything_is_imported() -> None:
    program = (
        "import sys; sys.argv = ['queuectl', '--version']\n"
        "from queuectl.app import main; main()\n"
        "print(sorted({'typer', 'queuectl_store', 'sqlalchemy', 'rich'} & set(sys.modules)))"
    )

    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)

    assert ended.stdout.decode().splitlines() == [__version__, "[]"]


def test_help_names_every_command_and_the_plugins(queuectl: Program) -> None:
    long, short = queuectl.must("--help"), queuectl.must("-h")

    assert long.text == short.text
    assert [name for name in [*BUILT_IN, "dashboard"] if f"  {name} " not in long.text] == []
    assert max(len(line) for line in long.text.splitlines()) <= 80


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_each_command_explains_itself_with_examples(queuectl: Program, words: list[str]) -> None:
    text = queuectl.must(*words, "-h").text

    assert "Examples:\n    queuectl" in text
    assert f"Usage: queuectl {' '.join(words)}" in text


def test_a_plugin_is_a_command(queuectl: Program) -> None:
    assert "--port" in queuectl.must("dashboard", "--help").text
