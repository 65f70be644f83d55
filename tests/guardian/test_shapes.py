"""TERM, grace, KILL reach all of a tree, whatever it does to escape."""

import pytest

from queuectl_worker.guardian import Ended

from . import witness
from .desk import Desk
from .shapes import SHAPES
from .waiting import eventually

pytestmark = pytest.mark.not_on("win", "darwin")


def test_there_are_fifty_shapes() -> None:
    assert len(SHAPES) == 50


@pytest.mark.parametrize("name", SHAPES)
def test_no_process_of_a_shape_outlives_the_stop_of_its_run(desk: Desk, name: str) -> None:
    shape = SHAPES[name]
    key = desk.launch(*shape.argv(desk.mark))
    eventually(
        lambda: len(witness.marked(desk.mark)) >= shape.count, within=60, what="the whole tree"
    )

    desk.guardian.stop(key, grace_ms=100)

    assert desk.until(Ended, key, within=30).stopped
    # What is found outside of the tree has two seconds more.
    eventually(lambda: not witness.marked(desk.mark), within=20, what="no process of it")
