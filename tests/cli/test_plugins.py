"""Commands of other installed packages, as docs/plugins.md has them."""

import os
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from scripts.bootstrap import ROOT
from tests.cli.program import Program

PAGE = (ROOT / "docs/plugins.md").read_text("utf-8")


FAULTY = """
ODD = 7

def faulty() -> None:
    '''Fail.'''
    raise LookupError("lost")
"""


def install(site: Path, name: str, code: str, *, points: Sequence[str]) -> None:
    """Put a package of one module and its entry points where Python finds it."""
    info = site / f"{name}-1.dist-info"
    info.mkdir(parents=True)
    (site / f"{name}.py").write_text(code)
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\nSummary: Old jobs.\n"
    )
    (info / "entry_points.txt").write_text("\n".join(["[queuectl.commands]", *points, ""]))


@pytest.fixture
def plugged(queuectl: Program) -> Program:
    """The program beside the package of the page."""
    site = queuectl.folder / "site"
    [code] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    install(site, "oldest", code, points=("oldest = oldest:oldest", "list = oldest:oldest"))
    install(
        site,
        "poor",
        "import no_such_library",
        points=("broken = poor:broken", "ls = poor:broken", "gone = queuectl:gone"),
    )
    install(site, "faulty", FAULTY, points=("faulty = faulty:faulty", "odd = faulty:ODD"))
    path = os.pathsep.join([str(site), *filter(None, [os.environ.get("PYTHONPATH")])])
    return Program(folder=queuectl.folder, variables={"PYTHONPATH": path})


def test_a_plugin_is_a_command_as_any_other(plugged: Program) -> None:
    plugged.must("enqueue", "--from", "-", stdin=b"true\ntrue\ntrue\n")

    assert plugged.must("oldest", "--count", "2").out == b"1\tdefault\n2\tdefault\n"
    first, *_ = plugged.must("oldest", "--json").documents
    assert first == {"id": 1, "queue": "default"}
    assert plugged("oldest", "--db", str(plugged.folder / "none.db")).code == 5


def test_help_shows_it_and_its_own(plugged: Program) -> None:
    assert re.search(r"oldest +Old jobs\.", plugged.must("--help").text)
    assert "pending longest" in plugged.must("oldest", "--help").text


def test_a_built_in_command_stays_what_it_is(plugged: Program) -> None:
    plugged.must("enqueue", "true")

    assert plugged.must("list", "--json").documents[0]["id"] == 1


@pytest.mark.parametrize(
    ("name", "package", "why"),
    [
        ("broken", "poor 1", "ModuleNotFoundError: No module named 'no_such_library'"),
        ("gone", "poor 1", "AttributeError: module 'queuectl' has no attribute 'gone'"),
        ("odd", "faulty 1", "TypeError: 7 is not a callable object"),
    ],
)
def test_one_that_cannot_be_loaded_is_told_as_its_packages_fault(
    plugged: Program, name: str, package: str, why: str
) -> None:
    for line in ([name], [name, "--help"]):
        ended = plugged(*line)

        assert ended.code == 1
        assert ended.err.splitlines() == [
            f"queuectl: the command {name!r} of {package} cannot be loaded: {why}",
            "update or uninstall that package; all other commands work without it",
        ]
    assert plugged.must("--help")


def test_a_defect_in_one_is_not_said_to_be_ours(plugged: Program) -> None:
    ended = plugged("faulty")

    assert ended.code == 1
    assert ended.err.splitlines()[0] == "queuectl: a bug in faulty 1: LookupError: lost"


def test_names_of_ours_are_not_taken_and_doctor_says_so(plugged: Program) -> None:
    plugged.must("enqueue", "true")

    assert plugged.must("ls", "--json").documents[0]["id"] == 1
    assert not re.search(r"^  ls ", plugged.must("--help").text, re.MULTILINE)
    [check] = [
        check
        for check in plugged.must("doctor", "--json").documents[0]["checks"]
        if check["name"] == "plugins"
    ]
    assert check["level"] == "warning"
    assert "'list' of oldest 1, 'ls' of poor 1" in check["text"]


def test_a_shell_is_offered_its_name(plugged: Program) -> None:
    assert plugged.must("__complete", "old").text == "oldest\tOld jobs.\n"


def test_the_page_names_what_there_is() -> None:
    assert '[project.entry-points."queuectl.commands"]' in PAGE
    assert Path(ROOT / "apps/cli/src/queuectl/exits.py").exists()
