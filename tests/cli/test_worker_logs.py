"""`worker start --log-format`: log records in place of lines for people."""

import json

import pytest

from tests.cli.program import Program, Result
from tests.waiting import eventually

pytestmark = pytest.mark.not_on("win32")

APP = """
import logging
from queuectl_worker import Context, Queue
{configured}
queue = Queue("sqlite:///queue.db")


@queue.task
def work(context: Context) -> None:
    context.log.info("half way", extra={{"done": 1}})
"""


def records(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.err.splitlines()]


def enqueue_task(queuectl: Program, *, configured: str = "") -> None:
    (queuectl.folder / "shop.py").write_text(APP.format(configured=configured))
    queuectl.must("enqueue", '{"task": "work"}')


def test_json_records_go_to_stderr_with_the_fields_of_the_job(queuectl: Program) -> None:
    queuectl.must("enqueue", "--queue", "mail", "--max-retries", "0", "--name", "letter", "exit 3")

    result = queuectl.must("worker", "start", "--burst", "--log-format", "json")

    said = records(result)
    assert result.out == b""
    assert [line["message"] for line in said] == ["worker joined", "job started", "job ended"]
    wanted = {"job_id": 1, "attempt": 1, "queue": "mail", "job_name": "letter"}
    wanted |= {"worker_id": said[0]["worker_id"], "state": "dead", "exit_code": 3, "level": "error"}
    assert wanted.items() <= said[2].items()
    assert isinstance(said[2]["duration"], float)


@pytest.mark.parametrize("place", ["variable", "store", "file"])
def test_the_setting_says_it_too(queuectl: Program, place: str) -> None:
    queuectl.must("enqueue", "true")
    if place == "store":
        queuectl.must("config", "set", "log_format", "json")
    if place == "file":
        (queuectl.folder / "queuectl.toml").write_text('log_format = "json"\n')
    env = {"QUEUECTL_LOG_FORMAT": "json"} if place == "variable" else {}

    result = queuectl.must("worker", "start", "--burst", env=env)

    assert [line["message"] for line in records(result)][-1] == "job ended"


def test_the_option_wins_over_the_setting(queuectl: Program) -> None:
    queuectl.must("enqueue", "true")

    result = queuectl.must(
        *("worker", "start", "--burst", "--log-format", "lines"),
        env={"QUEUECTL_LOG_FORMAT": "json"},
    )

    assert "succeeded  1  true" in result.text


def test_a_format_that_does_not_exist_is_a_mistake_of_use(queuectl: Program) -> None:
    result = queuectl("worker", "start", "--burst", "--log-format", "xml")

    assert result.code == 2
    assert "lines, text, json" in result.err


def test_quiet_leaves_problems_alone(queuectl: Program) -> None:
    queuectl.must("enqueue", "--from", "-", "--max-retries", "0", stdin=b"true\nexit 3\n")

    result = queuectl.must("worker", "start", "--burst", "-q", "--log-format", "json")

    assert [(line["job_id"], line["level"]) for line in records(result)] == [(2, "error")]


def test_events_for_programs_stay_on_stdout(queuectl: Program) -> None:
    queuectl.must("enqueue", "true")

    result = queuectl.must("worker", "start", "--burst", "--json", "--log-format", "json")

    assert [event["event"] for event in result.documents] == ["joined", "started", "ended"]
    assert [line["message"] for line in records(result)][-1] == "job ended"


def test_a_worker_in_the_background_writes_them_into_its_log(queuectl: Program) -> None:
    queuectl.must("enqueue", "true")

    started = queuectl.must(
        *("worker", "start", "--detach", "--burst", "--log-format", "json", "--json")
    ).document
    queuectl.must("wait", "1", "--timeout", "30s")

    def ended() -> bool:
        with open(started["log"], encoding="utf-8") as log:
            return "job ended" in log.read()

    eventually(ended, within=30, what="the end to be logged")
    with open(started["log"], encoding="utf-8") as log:
        lines = [json.loads(line) for line in log if '"logger"' in line]
    assert [line["message"] for line in lines][:3] == ["worker joined", "job started", "job ended"]


def test_a_task_logs_with_its_fields(queuectl: Program) -> None:
    enqueue_task(queuectl)

    result = queuectl.must(
        *("worker", "start", "--burst", "--app", "shop:queue", "--log-format", "json")
    )

    [line] = [line for line in records(result) if line["message"] == "half way"]
    assert {"job_id": 1, "task": "work", "attempt": 1, "done": 1}.items() <= line.items()


def test_an_app_that_configures_logging_keeps_it(queuectl: Program) -> None:
    enqueue_task(
        queuectl, configured="logging.basicConfig(level='INFO', format='MINE %(message)s')"
    )

    result = queuectl.must(
        *("worker", "start", "--burst", "--app", "shop:queue", "--log-format", "json")
    )

    lines = result.err.splitlines()
    assert all(line.startswith("MINE ") for line in lines)
    assert {"MINE job started", "MINE half way", "MINE job ended"} <= set(lines)
