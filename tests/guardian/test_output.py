"""Where output goes: byte for byte into the log, live, no file for silence, under a cap."""

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from queuectl_worker.guardian import Ended, Started

from .desk import Desk
from .waiting import eventually

CAP = 1 << 20


def test_both_streams_go_to_the_log_in_order_byte_for_byte(desk: Desk) -> None:
    script = (
        "import os\n"
        "for n in range(200):\n"
        "    os.write(1 + n % 2, b'%d\\0\\xff\\xfe\\r' % n)\n"
        "os.write(1, bytes(range(256)))\n"
    )

    ended = desk.run(sys.executable, "-S", "-c", script)

    expected = b"".join(b"%d\0\xff\xfe\r" % n for n in range(200)) + bytes(range(256))
    assert desk.log(ended.key).read_bytes() == expected
    assert ended.log_bytes == len(expected)
    assert ended.log_problem is None


def test_log_and_its_folders_are_the_owners_alone(desk: Desk, tmp_path: Path) -> None:
    ended = desk.run("echo", "x")

    assert stat.S_IMODE(desk.log(ended.key).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "logs").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "spool").stat().st_mode) == 0o700


def test_output_can_be_followed_while_the_command_runs(desk: Desk, tmp_path: Path) -> None:
    go = tmp_path / "go"
    key = desk.sh(f"echo first; until [ -e '{go}' ]; do sleep 0.02; done; echo second; sleep 300")
    eventually(desk.log(key).exists, within=20, what="the log to appear")
    with desk.log(key).open() as log:
        first = eventually(log.read, within=20, what="output")
        go.touch()
        rest = eventually(log.read, within=20, what="more output")

    assert (first, rest) == ("first\n", "second\n")


def test_two_thousand_silent_commands_leave_no_file(desk: Desk, tmp_path: Path) -> None:
    keys = [desk.launch("true") for _ in range(2_000)]

    ends = [desk.until(Ended, key, within=60) for key in keys]

    assert {(end.exit_code, end.log_bytes) for end in ends} == {(0, 0)}
    assert not (tmp_path / "logs").exists()
    # Two slots, and those that ended and are accounted for together.
    assert len(os.listdir(tmp_path / "spool")) <= 20


def test_each_command_has_a_log_of_its_own(desk: Desk) -> None:
    keys = [desk.sh(f"echo {n}; [ {n % 2} = 0 ] || exec sh -c true") for n in range(40)]
    for key in keys:
        desk.until(Ended, key)

    logs = [desk.log(key).read_text() for key in keys]

    assert logs == [f"{n}\n" for n in range(40)]


def test_a_silent_command_after_a_loud_one_has_no_log(desk: Desk) -> None:
    desk.run("echo", "loud")

    silent = desk.run("true")

    assert not desk.log(silent.key).exists()


def test_late_output_of_a_stray_reaches_no_other_log(desk: Desk) -> None:
    """The stray of a silent run holds its spool file: no other run may be given that one."""
    script = "trap 'echo stray; exit' TERM; sleep 0.2; echo stray; sleep 300 & wait"
    desk.until(Ended, desk.sh(f'(setsid sh -c "{script}" &)', kill_grace_ms=500))

    others = [desk.sh("sleep 0.1; echo mine") for _ in range(6)]
    for key in others:
        desk.until(Ended, key)

    assert {desk.log(key).read_text() for key in others} == {"mine\n"}


def test_a_log_that_cannot_be_placed_costs_no_run(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file where the folder should be")

    ended = desk.run("echo", "lost")

    assert (ended.exit_code, ended.log_bytes, ended.log_lost) == (0, 0, len("lost\n"))
    assert ended.log_problem is not None
    assert ended.log_problem.endswith("could not be made: Not a directory")


def test_a_spool_folder_that_vanished_is_made_again(desk: Desk, tmp_path: Path) -> None:
    desk.run("echo", "takes the spool file with it")
    for name in os.listdir(tmp_path / "spool"):
        (tmp_path / "spool" / name).unlink()
    (tmp_path / "spool").rmdir()

    ends = [desk.run("echo", "x") for _ in range(3)]

    assert all(end.exit_code == 0 for end in ends)


def test_output_that_was_just_written_survives_the_workers_end(desk: Desk) -> None:
    key = desk.sh("echo last words; sleep 300")
    desk.until(Started, key)
    eventually(
        lambda: any(path.stat().st_size for path in desk.folder.glob("*/*")),
        within=20,
        what="the words",
    )

    desk.guardian.close()

    assert desk.log(key).read_text() == "last words\n"


@pytest.fixture
def capped(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path, log_cap=CAP)
    yield desk
    desk.guardian.close()


def test_a_long_log_keeps_both_ends_and_stays_under_its_cap(capped: Desk) -> None:
    lines = 400_000
    ended = capped.run("seq", "1", str(lines))
    log = capped.log(ended.key)

    text = log.read_bytes()
    whole = b"".join(b"%d\n" % n for n in range(1, lines + 1))
    assert ended.log_bytes == len(text) == len(whole)
    assert text[: CAP // 2] == whole[: CAP // 2]
    assert text[-CAP // 2 :] == whole[-CAP // 2 :]
    assert disk_bytes(log) <= CAP + 2 * 4096
    assert ended.log_problem is None


def test_a_log_is_held_under_its_cap_while_the_command_runs(capped: Desk) -> None:
    key = capped.sh("echo head; while :; do seq 1 20000; done")
    log = capped.log(key)
    eventually(log.exists, within=20, what="the log")

    eventually(lambda: log.stat().st_size > 8 * CAP, within=20, what="eight times the cap written")

    # Between two looks the command writes on; what it wrote before is cut.
    eventually(lambda: disk_bytes(log) < log.stat().st_size / 2, within=20, what="a hole")
    capped.guardian.stop(key, grace_ms=0)
    ended = capped.until(Ended, key)
    assert disk_bytes(log) <= CAP + 2 * 4096
    assert log.read_bytes().startswith(b"head\n1\n")
    assert ended.log_bytes > 8 * CAP


def test_a_log_at_its_cap_is_left_whole(capped: Desk) -> None:
    ended = capped.run("head", "-c", str(CAP), "/dev/zero")

    assert disk_bytes(capped.log(ended.key)) >= CAP


def disk_bytes(path: Path) -> int:
    return path.stat().st_blocks * 512
