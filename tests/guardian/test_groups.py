"""With a delegated control group (cgroup v2) the kernel itself knows what belongs to which run."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from queuectl.surroundings import group_symptoms
from queuectl_store import Worker, WorkerId
from queuectl_worker.guardian import Ended, Guardian, Lost, Started, delegation

from . import controlgroup, witness
from .awkward import SHAPES
from .controlgroup import below, members
from .desk import Desk
from .shapes import SHAPES as FIFTY
from .test_deaths import PROCESSES, PROMISED_SECONDS, Victim
from .waiting import eventually

pytestmark = pytest.mark.not_on("win", "darwin")

# Neither session, parents nor environment tell whose it is, and it comes between two looks.
UNTRACEABLE = "(env -i PATH=$PATH setsid sh -c 'sleep 300; true' sh $1 &)"


@pytest.fixture
def group() -> Iterator[Path]:
    with controlgroup.delegated() as group:
        yield group


@pytest.fixture
def desk(group: Path, tmp_path: Path) -> Iterator[Desk]:
    with controlgroup.inside(group):
        desk = Desk(tmp_path)
        yield desk
        desk.guardian.close()


def victim_in(group: Path, folder: Path) -> Victim:
    with controlgroup.inside(group):
        victim = Victim(folder, list(SHAPES.values()))
    eventually(lambda: len(victim.others()) >= PROCESSES, within=60, what="the trees to stand")
    return victim


def kill_all_three(victim: Victim) -> None:
    """Stopped first, so that none of them can act in between."""
    three = (victim.process.pid, victim.guardian, victim.keeper)
    for signum in (signal.SIGSTOP, signal.SIGKILL):
        for pid in three:
            os.kill(pid, signum)
    victim.process.wait()


def test_a_run_has_a_group_for_itself(desk: Desk, group: Path) -> None:
    desk.sh("sleep 300 & wait")
    started = desk.until(Started)

    (ours,) = below(group)
    eventually(lambda: len(members(group / ours / "1")) == 2, within=20, what="the whole tree")

    assert below(group / ours) == ["1", "guardian"]
    assert started.pid in members(group / ours / "1")
    keeper = witness.parent_of(desk.guardian.pid)
    assert members(group / ours / "guardian") == sorted((keeper, desk.guardian.pid))


def test_groups_are_used_again_and_gone_after_the_end(desk: Desk, group: Path) -> None:
    for _ in range(20):
        desk.run("true")
    (ours,) = below(group)
    assert below(group / ours) == ["1", "guardian"]

    desk.guardian.close()

    assert below(group) == []
    assert members(group) == [os.getpid()]


def test_what_left_session_parents_and_environment_is_still_its_runs(desk: Desk) -> None:
    """Two runs live, so that without groups it might be either's and outlived the first."""
    other = desk.until(Started, desk.launch("sleep", "300")).pid
    key = desk.sh(f"{UNTRACEABLE}; sleep 300")
    eventually(lambda: len(witness.marked(desk.mark)) >= 4, within=20, what="both trees")

    desk.guardian.stop(key, grace_ms=50)

    assert desk.until(Ended, key).stopped
    eventually(
        lambda: witness.marked(desk.mark) == [other],
        within=20,
        what="the stopped run's processes to be gone, and the other's not",
    )


@pytest.mark.parametrize(
    "name", ["forks without end", "runs from parent to child", "two that restart one another"]
)
def test_the_wildest_shapes_end_at_once(desk: Desk, name: str) -> None:
    shape = FIFTY[name]
    key = desk.launch(*shape.argv(desk.mark))
    eventually(
        lambda: len(witness.marked(desk.mark)) >= shape.count, within=60, what="the whole tree"
    )

    desk.guardian.stop(key, grace_ms=0)

    desk.until(Ended, key)
    eventually(lambda: not witness.marked(desk.mark), within=20, what="no process of it")


def test_processor_time_of_what_nobody_waited_for_counts(desk: Desk) -> None:
    """Thirty orphans, each gone before a look at the tree would have told whose it was."""
    burn = "while [ $((i = i + 1)) -lt 15000 ]; do :; done; echo"
    orphans = f"for n in $(seq 30); do (env -i setsid sh -c '{burn}' >> all &); done"

    until = "until [ $(wc -l < all) -ge 30 ]; do sleep 0.1; done"
    ended = desk.run("sh", "-c", f"touch all; {orphans}; {until}")

    alone = desk.run("sh", "-c", burn)
    # Not all thirty: what a lone one takes is as rough as the clock by which it is told.
    assert ended.cpu_ms >= 10 * alone.cpu_ms > 0


def test_a_memory_limit_is_the_kernels_where_it_has_the_controller(
    group: Path, tmp_path: Path
) -> None:
    """Elsewhere (memory is in cgroup v1, or not delegated) the guardian looks by itself."""
    most, go = 100 << 20, tmp_path / "go"
    is_the_kernels = "memory" in (group / "cgroup.controllers").read_text().split()
    # No look at its processes finds what a program has in a file that is nowhere but in memory.
    unseen = "f = os.memfd_create('f'); [os.write(f, b'x' * 2**20) for _ in range(300)]"
    grow = unseen if is_the_kernels else "some = b'x' * (300 << 20)"
    wait = f"import os, time\nwhile not os.path.exists({str(go)!r}): time.sleep(0.02)"
    # As systemd's DelegateSubgroup= has it: in the delegated group itself there may be nobody.
    (group / "worker").mkdir()
    with controlgroup.inside(group / "worker"):
        desk = Desk(tmp_path)
        program = f"{wait}\n{grow}\ntime.sleep(60)"
        key = desk.launch(sys.executable, "-S", "-c", program, memory=most)
        desk.until(Started, key)
        (limit,) = [run / "memory.max" for run in group.glob("*/1")]
        limits = limit.read_text().split() if limit.exists() else []
        go.touch()
        ended = desk.until(Ended, key, within=50)
        desk.guardian.close()

    assert (ended.over_memory, ended.signal) == (True, signal.SIGKILL)
    assert limits == ([str(most)] if is_the_kernels else [])


def test_all_three_killed_at_once_leave_nothing_after_the_next_start(
    group: Path, tmp_path: Path
) -> None:
    victim = victim_in(group, tmp_path)
    kill_all_three(victim)
    assert victim.others()  # nobody was left to end them

    with controlgroup.inside(group):
        successor = Guardian(slots=1, spool=tmp_path / "spool")
        successor.start()

    assert victim.others() == []  # before it could run anything
    (ours,) = below(group)
    assert ours.startswith(f"{delegation.PREFIX}{os.getpid()}-")
    successor.close()
    victim.end()


def test_all_three_killed_at_once_leave_nothing_beside_another_worker(
    desk: Desk, group: Path, tmp_path: Path
) -> None:
    (ours,) = below(group)
    victim = victim_in(group, tmp_path)

    kill_all_three(victim)

    eventually(lambda: not victim.others(), within=PROMISED_SECONDS, what="the trees to be gone")
    eventually(lambda: below(group) == [ours], within=PROMISED_SECONDS, what="its group to go")
    assert desk.run("true").exit_code == 0
    victim.end()


def test_a_guardian_that_lives_is_left_alone(desk: Desk, group: Path, tmp_path: Path) -> None:
    pid = desk.until(Started, desk.launch("sleep", "300")).pid
    keeper = witness.parent_of(desk.guardian.pid)
    os.kill(keeper, signal.SIGSTOP)  # nothing of it moves
    os.kill(desk.guardian.pid, signal.SIGSTOP)

    other = Guardian(slots=1, spool=tmp_path / "other")
    other.start()
    other.close()

    assert witness.marked(desk.mark) == [pid]
    assert len(below(group)) == 1
    os.kill(desk.guardian.pid, signal.SIGCONT)
    os.kill(keeper, signal.SIGCONT)


def test_a_killed_guardian_leaves_no_group(desk: Desk, group: Path) -> None:
    keys = [desk.sh(script) for script in SHAPES.values()]
    desk.until(Started, keys[1])
    (before,) = below(group)

    os.kill(desk.guardian.pid, signal.SIGKILL)
    desk.until(Lost)

    assert witness.marked(desk.mark) == []
    assert before not in below(group)
    assert desk.run("true").exit_code == 0


def test_only_what_was_delegated_is_divided(tmp_path: Path) -> None:
    """A superuser could write everywhere; the groups of others are their manager's."""
    with controlgroup.delegated() as group:
        os.removexattr(group, "user.delegate")
        with controlgroup.inside(group):
            desk = Desk(tmp_path)
            desk.run("true")

            assert below(group) == []
            desk.guardian.close()


def test_a_part_of_a_delegated_unit_uses_the_units(group: Path) -> None:
    part = group / "worker"
    part.mkdir()

    with controlgroup.inside(part):
        assert delegation.delegated_group() == str(group)


def test_a_containers_topmost_group_is_the_containers(group: Path) -> None:
    os.removexattr(group, "user.delegate")
    code = "from queuectl_worker.guardian import delegation as d; print(d.delegated_group())"
    mount = "mkdir -p $M && mount -t cgroup2 none $M"

    found = controlgroup.run_in_namespace(
        group, f"M=/sys/fs/cgroup; mount -t tmpfs none $M; {mount}; {sys.executable} -c '{code}'"
    )

    assert found == "/sys/fs/cgroup"


def test_doctor_knows_the_group_that_a_worker_uses(desk: Desk, group: Path) -> None:
    here = Worker(
        id=WorkerId(1),
        host="here",
        pid=os.getpid(),
        state="running",
        concurrency=1,
        queues=None,
        version="1",
        started_at=0,
        seen_at=0,
        running=0,
        alive=True,
    )

    (told,) = group_symptoms([here], host="here")

    assert told.text == f"commands run in control groups below {group}"
