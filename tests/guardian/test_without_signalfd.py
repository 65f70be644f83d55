"""Exits where the system has no signalfd: macOS, and kernels that refuse it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from queuectl_worker.guardian import Ended, client

from .desk import Desk

# What main.py does to be run by path, with the one function replaced.
WITHOUT = """
import sys
package = type(sys)("guardian")
package.__path__ = [{folder!r}]
sys.modules["guardian"] = package
from guardian import kernel
kernel.watch_exits = lambda: None
from guardian.main import main
main(*sys.argv[1:])
"""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    program = tmp_path / "without_signalfd.py"
    program.write_text(WITHOUT.format(folder=str(client._MAIN.parent)), "utf-8")
    monkeypatch.setattr(client, "_MAIN", program)
    desk = Desk(tmp_path)
    yield desk
    desk.guardian.close()


def test_exits_are_heard_of_and_the_next_command_starts(desk: Desk) -> None:
    keys = [desk.sh(f"exit {code}") for code in range(50)]

    ends = [desk.until(Ended, key).exit_code for key in keys]

    assert ends == list(range(50))


def test_an_exit_wakes_an_idle_guardian(desk: Desk) -> None:
    ended = desk.until(Ended, desk.sh("sleep 0.3; exit 3"))

    assert ended.exit_code == 3
    assert ended.run_ms >= 300
