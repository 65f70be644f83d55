"""`worker start --app`: the tasks of the caller's own program, through the real program."""

from pathlib import Path

import pytest

from tests.cli.program import Program
from tests.waiting import eventually

SHOP = """
from queuectl_worker import Queue

queue = Queue({db!r})

@queue.task(max_retries=0)
def add(a: int, b: int) -> int:
    return a + b

@queue.task(max_retries=0)
async def fail() -> None:
    raise ValueError("no good")

number = 7
"""


@pytest.fixture
def shop(queuectl: Program) -> Path:
    path = queuectl.folder / "shop.py"
    path.write_text(SHOP.format(db=str(queuectl.db)))
    return path


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("executor", ["thread", "process"])
def test_a_worker_runs_the_tasks_of_the_named_queue(queuectl: Program, executor: str) -> None:
    queuectl.must("enqueue", '{"task": "add", "args": [1, 2]}')
    queuectl.must("enqueue", '{"task": "fail", "max_retries": 0}')
    queuectl.must("enqueue", "--", "true")

    queuectl.must("worker", "start", "--burst", "--app", "shop:queue", "--executor", executor)

    added, failed, command = (queuectl.must("show", each, "--json").document for each in "123")
    assert (added["state"], added["result"]) == ("succeeded", 3)
    assert (failed["state"], failed["error"]) == ("dead", "ValueError: no good")
    assert command["state"] == "succeeded"


@pytest.mark.usefixtures("shop")
def test_a_task_that_no_worker_knows_is_put_back_and_why_says_so(queuectl: Program) -> None:
    queuectl.must("enqueue", '{"task": "mail.send"}')

    started = queuectl.must("worker", "start", "--detach", "--app", "shop:queue", "--json").document
    try:
        eventually(lambda: queuectl.job(1)["state"] == "retrying", within=30, what="the job back")
        told = queuectl.must("why", "1", "--json").document
    finally:
        queuectl.must("worker", "stop", str(started["worker"]), "--now")

    assert told["reason"].startswith("no task mail.send on the worker that took it; again in")
    assert "`queuectl worker start --app MODULE:NAME`" in told["remedy"]


@pytest.mark.parametrize(
    ("place", "complaint"),
    [
        ("shop", "--app takes MODULE:NAME"),
        ("nothere:queue", "there is no module 'nothere' here"),
        ("shop:nothing", "shop:nothing is nothing, not a queue"),
        ("shop:number", "shop:number is a int, not a queue"),
        ("broken:queue", "broken:queue cannot be imported: ZeroDivisionError: division by zero"),
    ],
)
@pytest.mark.usefixtures("shop")
def test_a_place_that_holds_no_queue_is_refused_in_one_line(
    queuectl: Program, place: str, complaint: str
) -> None:
    (queuectl.folder / "broken.py").write_text("1 / 0\n")

    result = queuectl("worker", "start", "--burst", "--app", place)

    assert result.code == 2
    assert complaint in result.err
    assert result.err.count("\n") <= 2
