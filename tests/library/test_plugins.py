"""Listeners and executors of another package, installed for the test."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from queuectl_store import connect
from queuectl_worker import UnknownPlugin
from queuectl_worker.plugins import EXECUTORS, LISTENERS, executor_names, load_executor
from scripts.bootstrap import find_uv, program

MODULE = """
import os
from queuectl_worker import JobEnded
from queuectl_worker.executors import ThreadExecutor

made = []

def tell(news):
    if isinstance(news, JobEnded):
        with open(os.environ["TOLD"], "a") as told:
            told.write(f"{news.finish.claim.job.id}\\n")

def make(parts):
    with open(os.environ["TOLD"], "a") as told:
        told.write(f"made {parts.slots}\\n")
    return ThreadExecutor(
        parts.tasks,
        slots=parts.slots,
        tell=parts.tell,
        note=parts.note,
        kill_grace_ms=parts.kill_grace_ms,
    )
"""
POINTS = """
[queuectl.listeners]
gone = our_package:nothing_of_this_name
told = our_package:tell

[queuectl.executors]
ours = our_package:make
broken = no_such_module:make
"""
APP = """
from queuectl_worker import Queue

queue = Queue("queue.db")

@queue.task
def add(a, b):
    return a + b
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder into which a wheel with the plugins was installed."""
    wheel, site = tmp_path / "our_package-1-py3-none-any.whl", tmp_path / "site"
    info = "our_package-1.dist-info"
    files = {
        "our_package.py": MODULE,
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: our-package\nVersion: 1\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": POINTS,
        f"{info}/RECORD": "",
    }
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    install = [find_uv(), "pip", "install", "-q", "--offline", "--no-deps"]
    into = ["--python", sys.executable, "--target", str(site)]
    subprocess.run([*install, *into, str(wheel)], check=True, capture_output=True)
    return site


def start_worker(folder: Path, site: Path, *words: str) -> subprocess.CompletedProcess[str]:
    (folder / "app.py").write_text(APP)
    own = {"PYTHONPATH": str(site), "TOLD": str(folder / "told"), "HOME": str(folder)}
    return subprocess.run(
        [program("queuectl"), "worker", "start", "--burst", *words],
        cwd=folder,
        env={**os.environ, **own},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def test_a_worker_uses_the_plugins_that_are_installed(tmp_path: Path, site: Path) -> None:
    add_job = "from app import add; print(add.enqueue(1, 2).id)"
    (tmp_path / "app.py").write_text(APP)
    subprocess.run([sys.executable, "-c", add_job], cwd=tmp_path, check=True)

    ended = start_worker(tmp_path, site, "--app", "app:queue", "--executor", "ours")

    assert ended.returncode == 0, ended.stderr
    assert (tmp_path / "told").read_text().split("\n")[0].startswith("made ")
    assert (tmp_path / "told").read_text().split("\n")[1:] == ["1", ""]
    assert "a listener cannot be loaded" in ended.stderr
    with connect(str(tmp_path / "queue.db")) as store:
        (job,) = store.reader.find([1])  # type: ignore[list-item]
        assert job.result == "3"


@pytest.mark.parametrize(
    ("name", "says"),
    [("nobodys", "there are: broken, ours"), ("broken", "cannot be loaded: ModuleNotFoundError")],
)
def test_an_executor_that_is_not_there_is_named(
    tmp_path: Path, site: Path, name: str, says: str
) -> None:
    ended = start_worker(tmp_path, site, "--app", "app:queue", "--executor", name)

    assert ended.returncode == 2
    assert says in ended.stderr


def test_without_packages_there_are_no_executors_but_ours() -> None:
    assert executor_names() == []
    with pytest.raises(UnknownPlugin, match="there are: none"):
        load_executor("ours")


def test_the_page_names_the_groups() -> None:
    page = (Path(__file__).parents[2] / "docs/library.md").read_text("utf-8")

    assert f"`{LISTENERS}`" in page
    assert f"`{EXECUTORS}`" in page
