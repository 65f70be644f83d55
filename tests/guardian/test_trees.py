"""Limits, stops and what commands leave behind: no process of a finished run stays."""

import os
import select
import signal
import time

import pytest

from queuectl_worker.guardian import Ended, Recalled, Started

from . import witness
from .awkward import SHAPES, bomb, forker
from .desk import Desk
from .waiting import eventually


def gone(desk: Desk) -> None:
    """Wait until nothing that carries the desk's mark lives."""
    eventually(lambda: not witness.marked(desk.mark), within=20, what=f"no process of {desk.mark}")


def populated(desk: Desk, count: int) -> None:
    """Wait until a tree of *count* processes stands."""
    eventually(
        lambda: len(witness.marked(desk.mark)) >= count, within=20, what=f"{count} processes"
    )


@pytest.mark.parametrize("shape", SHAPES)
def test_nothing_of_a_tree_outlives_its_limit(desk: Desk, shape: str) -> None:
    ended = until_it_stood_before_its_limit(desk, SHAPES[shape])

    assert ended.timed_out
    assert not ended.stopped
    gone(desk)


def until_it_stood_before_its_limit(desk: Desk, script: str) -> Ended:
    """Run *script* under a limit that lets its tree stand first, however slow the machine is."""
    for limit_ms in (500, 2_000, 8_000, 32_000):
        key = desk.sh(script, timeout_ms=limit_ms, kill_grace_ms=200)
        stood = False
        while not desk.has_ended(key):
            stood = stood or len(witness.marked(desk.mark)) >= 2
        ended = desk.until(Ended, key)
        assert ended.run_ms >= limit_ms
        if stood:
            return ended
        gone(desk)
    raise AssertionError("the tree did not stand in 32 s")


def test_a_limit_counts_even_when_the_command_ends_well_after_it(desk: Desk) -> None:
    key = desk.sh("trap 'exit 0' TERM; while :; do sleep 0.05; done", timeout_ms=200)

    ended = desk.until(Ended, key)

    assert (ended.exit_code, ended.timed_out) == (0, True)


def test_a_command_that_beats_its_limit_is_not_timed_out(desk: Desk) -> None:
    assert not desk.run("true", timeout_ms=300).timed_out


def test_a_command_has_its_grace_to_clean_up(desk: Desk) -> None:
    script = "trap 'sleep 0.3; echo clean; exit 5' TERM; sleep 300 & wait"
    key = desk.sh(script, timeout_ms=200, kill_grace_ms=3_000)

    ended = desk.until(Ended, key)

    assert ended.exit_code == 5
    assert desk.log(key).read_text() == "clean\n"


def test_a_program_is_asked_to_end_only_once(desk: Desk) -> None:
    """Many programs take a second SIGTERM as an order to drop everything."""
    script = "trap 'echo term' TERM; echo ready; for i in 1 2 3 4 5 6 7 8; do sleep 0.1; done"
    key = desk.sh(script)
    eventually(desk.log(key).exists, within=20, what="the trap being set")

    for _ in range(3):
        desk.guardian.stop(key, grace_ms=5_000)

    desk.until(Ended, key)
    assert desk.log(key).read_text().splitlines().count("term") == 1


def test_a_program_that_forks_without_end_does_not_outlive_its_limit(desk: Desk) -> None:
    key = desk.launch(*forker(desk.mark), timeout_ms=350, kill_grace_ms=0)

    desk.until(Ended, key, within=20)

    gone(desk)


def test_a_stopped_run_says_so(desk: Desk) -> None:
    key = desk.sh(SHAPES["term ignored"])
    populated(desk, 2)

    desk.guardian.stop(key, grace_ms=100)

    ended = desk.until(Ended, key)
    assert (ended.stopped, ended.timed_out, ended.signal) == (True, False, signal.SIGKILL)
    gone(desk)


def test_a_shorter_second_stop_takes_effect(desk: Desk) -> None:
    key = desk.sh(SHAPES["term ignored"])
    populated(desk, 2)
    desk.guardian.stop(key, grace_ms=60_000)

    desk.guardian.stop(key, grace_ms=0)

    assert desk.until(Ended, key, within=20).stopped


def test_a_longer_second_stop_gives_no_more_time(desk: Desk) -> None:
    key = desk.sh(SHAPES["term ignored"])
    populated(desk, 2)
    desk.guardian.stop(key, grace_ms=200)

    desk.guardian.stop(key, grace_ms=60_000)

    assert desk.until(Ended, key, within=20).stopped


@pytest.mark.parametrize("shape", sorted(SHAPES.keys() - {"untraceable"}))
def test_stopping_one_run_ends_all_of_it_and_nothing_of_its_neighbour(
    desk: Desk, shape: str
) -> None:
    neighbour = desk.until(Started, desk.launch("sleep", "300")).pid
    victim = desk.sh(SHAPES[shape])
    populated(desk, 3)

    desk.guardian.stop(victim, grace_ms=50)

    desk.until(Ended, victim)
    eventually(lambda: witness.marked(desk.mark) == [neighbour], within=20, what="one left")


def test_an_untraceable_process_ends_with_the_last_run_that_may_have_made_it(desk: Desk) -> None:
    """It left session, parents and environment at once, while two runs were live."""
    neighbour = desk.sh("sleep 300; true")
    victim = desk.sh(SHAPES["untraceable"])
    populated(desk, 4)

    for key in (victim, neighbour):
        desk.guardian.stop(key, grace_ms=50)

    desk.until(Ended, neighbour)
    gone(desk)


def test_an_unknown_key_is_no_error(desk: Desk) -> None:
    desk.guardian.stop(999, grace_ms=0)
    desk.guardian.recall([998])

    assert desk.run("true").exit_code == 0


def test_recalling_takes_back_only_what_has_not_started(desk: Desk) -> None:
    running = [desk.sh("sleep 0.3") for _ in range(2)]
    queued = [desk.sh("true") for _ in range(3)]
    desk.until(Started, running[1])

    desk.guardian.recall([*running, queued[0], queued[2]])

    desk.until(Ended, queued[1])
    recalled = [r.key for r in desk.reports if isinstance(r, Recalled)]
    assert recalled == [queued[0], queued[2]]
    assert all(desk.until(Ended, key).exit_code == 0 for key in running)


def test_stopping_a_queued_run_recalls_it(desk: Desk) -> None:
    blockers = [desk.sh("sleep 0.2") for _ in range(2)]
    queued = desk.sh("true")

    desk.guardian.stop(queued, grace_ms=0)

    assert desk.until(Recalled, queued).key == queued
    assert all(desk.until(Ended, key).exit_code == 0 for key in blockers)


def test_stopping_all_ends_runs_and_empties_the_queue(desk: Desk) -> None:
    keys = [desk.sh("sleep 300; true") for _ in range(4)]
    desk.until(Started, keys[1])

    desk.guardian.stop_all(grace_ms=500)

    assert all(desk.until(Ended, key).stopped for key in keys[:2])
    assert [desk.until(Recalled, key).key for key in keys[2:]] == keys[2:]
    gone(desk)


@pytest.mark.parametrize(
    "script",
    [
        "sleep 300 sh $1 &",
        "setsid sh -c 'sleep 300; true' sh $1 &",
        "(setsid nohup sh -c 'sleep 300; true' sh $1 >/dev/null 2>&1 &)",
        "trap '' TERM; sh -c 'sleep 300; true' sh $1 &",
        "(env -i PATH=$PATH setsid sh -c 'sleep 300; true' sh $1 &)",
    ],
)
def test_strays_end_and_do_not_delay_their_run(desk: Desk, script: str) -> None:
    began = time.monotonic()

    ended = desk.until(Ended, desk.sh(script, kill_grace_ms=300))

    assert ended.exit_code == 0
    assert time.monotonic() - began < 1
    gone(desk)


def test_strays_of_one_run_leave_while_another_runs_on(desk: Desk) -> None:
    other = desk.launch("sleep", "300")
    before = {desk.until(Started, other).pid}

    desk.until(Ended, desk.sh("(setsid sh -c 'sleep 300; true' sh $1 &)", kill_grace_ms=200))

    eventually(lambda: set(witness.marked(desk.mark)) == before, within=20, what="strays gone")
    assert not [r for r in desk.reports if isinstance(r, Ended) and r.key == other]


def test_a_daemon_of_a_live_run_is_left_alone(desk: Desk) -> None:
    go = desk.folder / "go"
    daemon = "(setsid sh -c 'sleep 300; true' sh $1 &)"
    key = desk.sh(f"{daemon}; until [ -e '{go}' ]; do sleep 0.05; done; echo over")
    populated(desk, 3)

    for _ in range(5):
        desk.run("true")
    alive = len(witness.marked(desk.mark))
    go.touch()

    assert alive >= 3
    assert desk.until(Ended, key).exit_code == 0
    gone(desk)


def test_no_zombies_collect(desk: Desk) -> None:
    for _ in range(50):
        desk.sh("(sleep 0.01 &); (setsid true &); (true &)")
    desk.until(Ended, 50, within=20)

    eventually(
        lambda: not witness.zombies_of(desk.guardian.pid), within=20, what="every zombie reaped"
    )


def test_past_the_fence_everything_is_killed_and_nothing_starts(desk: Desk) -> None:
    running = [desk.sh(SHAPES["term ignored"]), desk.sh(SHAPES["double fork, term ignored"])]
    queued = desk.sh("true")
    populated(desk, 5)

    desk.guardian.extend(time.monotonic_ns() // 10**6 + 100)

    assert all(desk.until(Ended, key, within=20).stopped for key in running)
    assert desk.until(Recalled, queued).key == queued
    assert desk.until(Recalled, desk.sh("true")).key == queued + 1
    gone(desk)


def test_a_fence_that_moves_on_lets_commands_run_again(desk: Desk) -> None:
    desk.guardian.extend(time.monotonic_ns() // 10**6 - 1)
    desk.until(Recalled, desk.sh("true"))

    desk.guardian.extend(time.monotonic_ns() // 10**6 + 60_000)

    assert desk.run("true").exit_code == 0


def test_an_idle_guardian_sleeps(desk: Desk) -> None:
    desk.run("true")
    select.select([], [], [], 0.4)
    before = switches(desk.guardian.pid)

    select.select([], [], [], 0.5)

    assert switches(desk.guardian.pid) == before


def switches(pid: int) -> int:
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return int(next(line for line in status if line.startswith("voluntary")).split()[1])


def test_the_guardian_ignores_what_a_terminal_sends(desk: Desk) -> None:
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        os.kill(desk.guardian.pid, signum)

    assert desk.run("true").exit_code == 0


@pytest.mark.not_on("darwin")
def test_a_bomb_is_gone_and_the_run_beside_it_is_not(desk: Desk) -> None:
    """A hundred processes that want the processor, in sessions of their own, and fork on."""
    other = desk.sh("sleep 300")
    key = desk.launch(*bomb("bomb" + desk.mark, most=100))
    populated(desk, 90)

    desk.guardian.stop(key, grace_ms=0)

    assert desk.until(Ended, key).stopped
    eventually(lambda: not witness.marked("bomb" + desk.mark), within=20, what="no bomb")
    assert not desk.has_ended(other)
