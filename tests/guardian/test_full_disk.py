"""Output for which the disk has no room is lost and said to be; the job goes on."""

import re
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from queuectl_worker.guardian import Ended, Started
from queuectl_worker.guardian.marks import PRESSED_END, PRESSED_MARK
from queuectl_worker.sources import read

from . import witness
from .desk import Desk
from .waiting import eventually

MB = 1 << 20
# More than any disk has free, so that all output goes through the guardian.
ALWAYS = 1 << 60
NOTE = rb"\n\[queuectl: ([\d,]+) bytes lost here, the disk was full\]\n"


@pytest.fixture
def tight(tmp_path: Path) -> Iterator[Desk]:
    """Give a desk whose guardian may make files of a megabyte: as if the disk were full then."""
    desk = Desk(tmp_path, log_reserve=ALWAYS)
    resource.prlimit(desk.guardian.pid, resource.RLIMIT_FSIZE, (MB, MB))
    yield desk
    desk.guardian.close()


def losses(text: bytes) -> int:
    """Return what the notes in *text* say is lost, and what stood where the mark stands."""
    counts = [int(count.replace(b",", b"")) for count in re.findall(NOTE, text)]
    return sum(counts) + len(PRESSED_MARK) * text.count(PRESSED_MARK)


def test_a_job_goes_on_when_the_disk_is_full_and_its_loss_is_stated(tight: Desk) -> None:
    written = 5 * MB

    ended = tight.run("sh", "-c", f"head -c {written} /dev/zero && exit 7")

    text = read(tight.log(ended.key))
    assert ended.exit_code == 7
    assert ended.log_lost > 3 * MB
    assert losses(text) == ended.log_lost
    assert len(re.sub(NOTE, b"", text).replace(PRESSED_MARK, b"")) + ended.log_lost == written
    assert ended.log_problem == f"{ended.log_lost} bytes of output were lost: the disk was full"
    assert b"cap" not in text


def test_what_has_room_arrives_byte_for_byte(tight: Desk) -> None:
    ended = tight.run("sh", "-c", "printf 'a\\000\\377'; seq 1 20000; echo end >&2")

    whole = b"a\0\xff" + b"".join(b"%d\n" % n for n in range(1, 20_001)) + b"end\n"
    assert tight.log(ended.key).read_bytes() == whole
    assert (ended.log_lost, ended.log_problem) == (0, None)


def test_streams_that_are_apart_stay_apart(tight: Desk) -> None:
    ended = tight.until(Ended, tight.sh(f"head -c {2 * MB} /dev/zero; echo e >&2", is_split=True))

    assert tight.errors(ended.key).read_bytes() == b"e\n"
    assert losses(read(tight.log(ended.key))) == ended.log_lost > MB // 2


def test_a_full_disk_of_one_job_hurts_no_other(tight: Desk) -> None:
    loud = tight.sh("yes")
    tight.until(Started, loud)

    ends = [tight.run("sh", "-c", f"echo {n}") for n in range(20)]

    assert [tight.log(end.key).read_text() for end in ends] == [f"{n}\n" for n in range(20)]
    assert witness.memory_kb(tight.guardian.pid) < 40_000
    tight.guardian.stop(loud, grace_ms=0)
    assert tight.until(Ended, loud).log_lost > MB


def test_a_silent_job_leaves_no_file_and_what_outlives_it_no_pipe(tight: Desk) -> None:
    tight.run("true")
    tight.run("sh", "-c", "(setsid sh -c 'sleep 300; echo late' sh $1 &)")

    assert not (tight.folder / "logs").exists()
    assert tight.run("echo", "next").log_bytes == 5


def test_under_pressure_the_running_jobs_keep_the_ends_of_their_output(tmp_path: Path) -> None:
    """Nothing is lost here, but the disk looks full: the cap is far away."""
    desk = Desk(tmp_path, log_reserve=ALWAYS)
    key = desk.sh("echo first; seq 1 1000000; echo last; sleep 300")
    log = desk.log(key)
    eventually(lambda: log.exists() and log.stat().st_size > 6_000_000, within=60, what="output")

    eventually(lambda: log.stat().st_blocks * 512 <= 140 << 10, within=30, what="a hole")

    desk.guardian.stop(key, grace_ms=0)
    ended = desk.until(Ended, key)
    desk.guardian.close()
    text = read(log)
    assert text.startswith(b"first\n1\n2\n")
    assert text.endswith(b"1000000\nlast\n")
    assert losses(text) == ended.log_lost > 5 * MB
    assert ended.log_problem == f"{ended.log_lost} bytes of output were lost: the disk was full"


def test_what_the_cap_would_have_cut_is_no_loss_to_the_disk(tmp_path: Path) -> None:
    """Half a megabyte may be kept; an eighth is, since the disk looks full."""
    cap = MB // 2
    desk = Desk(tmp_path, log_cap=cap, log_reserve=ALWAYS)

    ended = desk.run("head", "-c", str(4 * MB), "/dev/zero")

    desk.guardian.close()
    assert ended.log_lost == cap - 2 * PRESSED_END + len(PRESSED_MARK)


def test_a_log_over_its_cap_says_nothing_of_the_disk(tmp_path: Path) -> None:
    desk = Desk(tmp_path, log_cap=MB // 2, log_reserve=1)

    ended = desk.run("head", "-c", str(4 * MB), "/dev/zero")

    desk.guardian.close()
    note = f"\n[queuectl: {4 * MB - MB // 2:,} bytes cut here, the log reached its cap]\n".encode()
    assert read(desk.log(ended.key)).count(note) == 1
    assert (ended.log_lost, ended.log_problem) == (0, None)
