"""Commands of other installed packages, as docs/plugins.md has them."""

import os
import re
from pathlib import Path

import pytest

from scripts.bootstrap import ROOT
from tests.cli.program import Program

PAGE = (ROOT / "docs/plugins.md").read_text("utf-8")


@pytest.fixture
def plugged(queuectl: Program) -> Program:
    """The program beside the package of the page."""
    site = queuectl.folder / "site"
    info = site / "oldest-1.dist-info"
    info.mkdir(parents=True)
    [code] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    (site / "queuectl_oldest.py").write_text(code)
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: oldest\nVersion: 1\nSummary: Old jobs.\n"
    )
    (info / "entry_points.txt").write_text(
        "[queuectl.commands]\noldest = queuectl_oldest:oldest\nlist = queuectl_oldest:oldest\n"
    )
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


def test_the_page_names_what_there_is() -> None:
    assert '[project.entry-points."queuectl.commands"]' in PAGE
    assert Path(ROOT / "apps/cli/src/queuectl/exits.py").exists()
