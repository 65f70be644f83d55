"""Every example runs as its page says, and the big one sees what is wrong when it is broken."""

import gzip
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.bootstrap import ROOT

EXAMPLES = ROOT / "examples"
PAGE = (EXAMPLES / "README.md").read_text(encoding="utf-8")
EVERY = sorted(
    path.name
    for path in EXAMPLES.iterdir()
    if path.suffix == ".py" or (path / "__main__.py").is_file()
)
PATIENCE_S = 120


def run_example(name: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(EXAMPLES / name), *words],
        capture_output=True,
        encoding="utf-8",
        env=environment(),
        timeout=PATIENCE_S,
        check=False,
    )


def run_queuectl(folder: Path, *words: str) -> None:
    command = [sys.executable, "-m", "queuectl", *words]
    subprocess.run(command, cwd=folder, env=environment(), capture_output=True, check=True)


def environment() -> dict[str, str]:
    # Compiled modules halve the start of each command.
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONIOENCODING": "utf-8"}


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Run the big example once, in full; give its folder and what it printed."""
    folder = tmp_path_factory.mktemp("example") / "kept"
    ended = run_example("media_and_logs", "--folder", str(folder))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return folder, ended.stdout


@pytest.fixture
def copied(ran: tuple[Path, str], tmp_path: Path) -> Path:
    """Give a copy of the kept folder to break."""
    return Path(shutil.copytree(ran[0], tmp_path / "copy"))


def test_two_hundred_logs_and_fifty_pictures_come_out_right(ran: tuple[Path, str]) -> None:
    folder, told = ran

    packed = [*folder.glob("packed/*.gz"), *folder.glob("logs/*.log.gz")]
    assert len(packed) + len(list(folder.glob("bucket/*.log"))) == 200
    assert len(list(folder.glob("thumbs/*.png"))) == 50
    assert re.search(r"ran .*: 250 succeeded, 10 dead, \d\d retries", told)
    assert "250 files are right byte by byte" in told


def test_a_kept_folder_passes_the_check_again(copied: Path) -> None:
    ended = run_example("media_and_logs", "--check", str(copied))

    assert (ended.returncode, ended.stderr) == (0, "")


def flip_a_bit_of_a_packed_log(folder: Path) -> str:
    path = folder / "logs/app-004.log.gz"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    return "logs/app-004.log.gz does not unpack to logs/app-004.log"


def pack_another_log(folder: Path) -> str:
    (folder / "packed/app-003.log.gz").write_bytes(gzip.compress(b"something else\n"))
    return "packed/app-003.log.gz does not unpack to logs/app-003.log"


def cut_an_upload(folder: Path) -> str:
    path = folder / "bucket/app-015.log"
    path.write_bytes(path.read_bytes()[:-1])
    return "bucket/app-015.log differs from logs/app-015.log"


def swap_two_thumbnails(folder: Path) -> str:
    shutil.copy(folder / "thumbs/000.png.png", folder / "thumbs/001.jpg.png")
    return "thumbs/001.jpg.png is not the thumbnail of images/001.jpg"


def lose_a_thumbnail(folder: Path) -> str:
    (folder / "thumbs/002.gif.png").unlink()
    return "thumbs/002.gif.png is missing"


def leave_a_file_behind(folder: Path) -> str:
    (folder / "thumbs/cut.png.png").write_bytes(b"")
    return "thumbs/cut.png.png should not be there"


def lose_a_source(folder: Path) -> str:
    (folder / "logs/words.gz").unlink()
    return "logs/words.gz is missing"


def run_a_job_twice(folder: Path) -> str:
    run_queuectl(folder, "rerun", "1")
    run_queuectl(folder, "worker", "start", "--burst")
    return "job 'pack logs/app-000.log' took 2 attempts, not 1"


def take_a_dead_letter_out(folder: Path) -> str:
    run_queuectl(folder, "dlq", "retry", "251")
    return "job 'shrink images/cut.png' is not in the dead letter queue"


def add_a_dead_letter(folder: Path) -> str:
    run_queuectl(folder, "enqueue", "--name", "stranger", "--max-retries", "0", "--", "no-such")
    run_queuectl(folder, "worker", "start", "--burst")
    return "job 'stranger' should not be dead"


@pytest.mark.parametrize(
    "break_it",
    [
        flip_a_bit_of_a_packed_log,
        pack_another_log,
        cut_an_upload,
        swap_two_thumbnails,
        lose_a_thumbnail,
        leave_a_file_behind,
        lose_a_source,
        run_a_job_twice,
        take_a_dead_letter_out,
        add_a_dead_letter,
    ],
)
def test_what_is_broken_afterwards_fails_the_check(
    copied: Path, break_it: Callable[[Path], str]
) -> None:
    complaint = break_it(copied)

    ended = run_example("media_and_logs", "--check", str(copied))

    assert ended.returncode == 1
    assert f"  {complaint}\n" in ended.stdout


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep me")

    ended = run_example("media_and_logs", "--folder", str(tmp_path))

    assert ended.returncode == 1
    assert "is not empty; name a new folder" in ended.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_folder_without_a_run_is_not_checked(tmp_path: Path) -> None:
    ended = run_example("media_and_logs", "--check", str(tmp_path))

    assert ended.returncode == 1
    assert "holds no run of this example" in ended.stderr


@pytest.mark.parametrize("name", EVERY)
def test_an_example_runs_alone_and_leaves_no_folder(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(variable, str(tmp_path))
    few = ["--logs", "20", "--images", "4"] if name == "media_and_logs" else []

    ended = run_example(name, *few)

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_page_names_every_example() -> None:
    missing = [name for name in EVERY if f"uv run python examples/{name}" not in PAGE]

    assert missing == []
