"""What a tree uses is measured and limited; and the warning that comes before a time limit."""

import signal
import sys

from queuectl_worker.guardian import Ended, Started

from . import witness
from .desk import Desk
from .waiting import eventually

MB = 1_000_000
# Takes so many megabytes and keeps them.
HOLD = (
    "import sys, time; x = bytearray(int(sys.argv[1]) * 10**6);"
    " print('has', flush=True); time.sleep(%s)"
)
HOG = (sys.executable, "-S", "-c", HOLD % 300)
BRIEF = f"'{sys.executable}' -S -c '{(HOLD % 0.6).replace(chr(39), chr(34))}'"
# Forks three that share all that it has, and waits.
SHARER = """
import os, time
shared = bytearray(60 * 10**6)
for _ in range(3):
    if os.fork() == 0:
        time.sleep(300)
print('shared', flush=True)
time.sleep(300)
"""


def test_a_command_over_its_memory_is_killed_and_says_so(desk: Desk) -> None:
    ended = desk.until(Ended, desk.launch(*HOG, "200", memory=100 * MB))

    assert ended.over_memory
    assert ended.signal == signal.SIGKILL
    assert not ended.timed_out
    assert not ended.stopped
    assert ended.max_rss > 100 * MB


def test_the_memory_of_the_whole_tree_counts(desk: Desk) -> None:
    """None of its processes alone is over the limit; one of them is in another session."""
    script = f"setsid {BRIEF.replace('0.6', '300')} 60 & {BRIEF.replace('0.6', '300')} 60 & wait"

    ended = desk.until(Ended, desk.sh(script, memory=100 * MB))

    assert ended.over_memory
    eventually(lambda: not witness.marked(desk.mark), within=20, what="all of it gone")


def test_memory_that_processes_share_counts_once(desk: Desk) -> None:
    key = desk.launch(sys.executable, "-S", "-c", SHARER, desk.mark, memory=150 * MB)
    desk.until(Started, key)
    eventually(desk.log(key).exists, within=20, what="all four processes")

    for _ in range(5):  # each takes longer than a look at the memory does
        desk.run("sleep", "0.1")

    assert len(witness.marked(desk.mark)) == 4
    desk.guardian.stop(key, grace_ms=0)
    assert not desk.until(Ended, key).over_memory


def test_a_command_under_its_memory_limit_runs_to_its_end(desk: Desk) -> None:
    ended = desk.until(Ended, desk.sh(f"{BRIEF} 60", memory=300 * MB))

    assert (ended.exit_code, ended.over_memory) == (0, False)


def test_the_peak_is_that_of_the_tree_and_not_of_one_process(desk: Desk) -> None:
    ended = desk.until(Ended, desk.sh(f"{BRIEF} 60 & {BRIEF} 60 & wait"))

    assert ended.exit_code == 0
    assert ended.max_rss > 120 * MB


def _busy(loops: int) -> str:
    return f"'{sys.executable}' -S -c 'for _ in range({loops}): pass'"


def test_processor_time_of_orphans_counts(desk: Desk) -> None:
    """The one that works left its parent, which is why the kernel counts it nowhere."""
    done = desk.folder / "done"
    script = (
        f'(sh -c "{_busy(12_000_000)}; touch {done}" &); until [ -e {done} ]; do sleep 0.05; done'
    )

    ended = desk.until(Ended, desk.sh(script), within=30)

    assert ended.cpu_ms > 150


def test_processor_time_of_an_orphan_that_outlives_its_run_counts(desk: Desk) -> None:
    """It is there yet when the first process ends: nobody has reaped it by then."""
    done = desk.folder / "done"
    left = f"{_busy(12_000_000)}; touch {done}; exec sleep 300"
    script = f'(sh -c "{left}" &); until [ -e {done} ]; do sleep 0.05; done'

    ended = desk.until(Ended, desk.sh(script), within=30)

    assert ended.cpu_ms > 150


def test_processor_time_of_an_orphan_that_no_look_has_seen_counts(desk: Desk) -> None:
    """It comes and goes between two looks at the tree; its session tells whose it was."""
    fifo = desk.folder / "fifo"
    # The shell opens the pipe once the orphan has, and reads its end when that has ended.
    script = f'mkfifo {fifo}; (sh -c "exec {_busy(2_000_000)}" > {fifo} &); cat {fifo}; sleep 0.05'

    ended = desk.until(Ended, desk.sh(script), within=30)

    assert ended.cpu_ms > 30


CATCHER = """
import signal, sys, time
signal.signal(int(signal.SIGUSR1), lambda *_: print('warned', flush=True))
print('ready', flush=True)
while True:
    time.sleep(0.05)
"""


def test_a_warning_comes_before_the_limit_and_only_to_who_handles_it(desk: Desk) -> None:
    """The shell and the sleep have no handler: the signal would end them."""
    catcher = f"'{sys.executable}' -S -c \"$CATCHER\""
    base = {b"PATH": desk.path, b"CATCHER": CATCHER.encode(), b"MARK": desk.mark.encode()}
    key = desk.sh(
        f"sleep 300 & {catcher}; wait",
        env=base,
        timeout_ms=2_500,
        kill_grace_ms=100,
        warning=(int(signal.SIGUSR1), 1_500),
    )
    eventually(
        lambda: desk.log(key).exists() and "warned" in desk.log(key).read_text(),
        within=20,
        what="the warning",
    )
    alive = len(witness.marked(desk.mark))

    ended = desk.until(Ended, key)

    assert alive == 3
    assert desk.log(key).read_text() == "ready\nwarned\n"
    assert ended.timed_out
    assert ended.run_ms >= 2_500


def test_a_run_that_is_stopped_is_not_warned(desk: Desk) -> None:
    key = desk.sh(
        "trap 'echo warned' USR1; trap 'sleep 0.5; exit 3' TERM; echo set;"
        " while :; do sleep 0.05; done",
        timeout_ms=900,
        warning=(int(signal.SIGUSR1), 300),
    )
    eventually(desk.log(key).exists, within=20, what="the traps")
    desk.guardian.stop(key, grace_ms=5_000)

    ended = desk.until(Ended, key)

    assert "warned" not in desk.log(key).read_text()
    assert (ended.stopped, ended.exit_code) == (True, 3)
