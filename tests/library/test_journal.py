"""Log records of workers: the fields of a job on each, as JSON or text, wherever they go."""

import io
import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from queuectl_store import NewJob, Shell
from queuectl_worker import Context, GiveUp, Queue
from queuectl_worker.journal import JobFields, JsonFormatter, TextFormatter, tell, written_to
from queuectl_worker.testing import drain

ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


@contextmanager
def nothing_configured() -> Iterator[None]:
    """As in a program that never spoke to `logging`: pytest's own handlers are put aside."""
    root = logging.getLogger()
    before, root.handlers = root.handlers, []
    try:
        yield
    finally:
        root.handlers = before


def record(message: str, level: int = logging.INFO, **facts: Any) -> logging.LogRecord:
    return logging.getLogger("shop").makeRecord(
        "shop", level, "x.py", 1, message, (), None, None, facts
    )


def run_all(queue: Queue, **format_: Any) -> str:
    """Run what waits in a worker of the queue, and return what its process logged."""
    stream = io.StringIO()
    with nothing_configured(), written_to(stream, **format_) as journal:
        queue.worker(concurrency=1, listeners=[journal]).run(burst=True)
    return stream.getvalue()


def documents(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def by_message(lines: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {line["message"]: line for line in lines}


def test_each_line_is_an_object_with_the_fields_of_its_job(queue: Queue) -> None:
    @queue.task(name="mail.send", queue="mail")
    def send(context: Context) -> None:
        context.log.info("half way", extra={"recipients": 2})

    job = send.enqueue()

    lines = documents(run_all(queue, as_json=True))

    of_job = [line for line in lines if line.get("job_id") == job.id]
    assert sorted(line["message"] for line in of_job) == ["half way", "job ended", "job started"]
    fields = {"job_id": job.id, "attempt": 1, "queue": "mail", "task": "mail.send"}
    worker = {"worker_id": lines[0]["worker_id"]}
    assert all({**fields, **worker}.items() <= line.items() for line in of_job)
    assert {"recipients": 2}.items() <= by_message(of_job)["half way"].items()
    assert {"state": "succeeded"}.items() <= by_message(of_job)["job ended"].items()
    assert all(ISO.fullmatch(line["time"]) for line in lines)


def test_a_start_has_the_time_of_the_start(queue: Queue) -> None:
    """It is told later than what the task logs itself; sorted by time they are in order."""

    @queue.task
    def work(context: Context) -> None:
        context.log.info("half way")

    work.enqueue()

    found = by_message(documents(run_all(queue, as_json=True)))

    assert found["job started"]["time"] <= found["half way"]["time"] <= found["job ended"]["time"]


def test_a_library_that_knows_no_jobs_gets_the_fields_inside_a_task(queue: Queue) -> None:
    library = logging.getLogger("library")

    @queue.task
    def work() -> None:
        library.warning("slow answer")

    job = work.enqueue()

    [line] = [x for x in documents(run_all(queue, as_json=True)) if x["logger"] == "library"]
    assert (line["job_id"], line["task"], line["level"]) == (job.id, "work", "warning")


async def _later(context: Context) -> None:
    context.log.info("on the loop")


def test_a_coroutine_has_them_too(queue: Queue) -> None:
    job = queue.task(_later).enqueue()

    [line] = [x for x in documents(run_all(queue, as_json=True)) if x["message"] == "on the loop"]

    assert (line["job_id"], line["task"]) == (job.id, "_later")


def test_a_retry_is_a_warning_and_a_death_an_error(queue: Queue) -> None:
    @queue.task(max_retries=1, backoff_base=1, backoff_max="20ms")
    def work() -> None:
        raise ValueError("no such file")

    work.enqueue()

    ends = [x for x in documents(run_all(queue, as_json=True)) if x["message"] == "job ended"]

    assert [(x["level"], x["state"], x["attempt"]) for x in ends] == [
        ("warning", "retrying", 1),
        ("error", "dead", 2),
    ]
    assert ends[0]["error"] == "ValueError: no such file"
    assert 0 < ends[0]["again_in"] < 1


def test_a_giving_up_says_its_reason_once(queue: Queue) -> None:
    @queue.task
    def work() -> None:
        raise GiveUp("no such customer")

    work.enqueue()

    [end] = [x for x in documents(run_all(queue, as_json=True)) if x["message"] == "job ended"]

    assert "no such customer" in end["error"]
    assert end.get("reason") != end["error"]


def test_text_is_one_line_with_names_and_values(queue: Queue) -> None:
    @queue.task
    def work() -> None:
        raise GiveUp("two words")

    work.enqueue()

    lines = run_all(queue, as_json=False).splitlines()

    [end] = [line for line in lines if "job ended" in line]
    assert re.match(
        ISO.pattern + r" ERROR   job ended job_id=1 attempt=1 queue=default task=work", end
    )
    assert 'error="' in end
    assert "state=dead" in end


def test_a_command_is_not_logged(queue: Queue) -> None:
    queue.store.enqueue([NewJob(work=Shell(script="echo hunter2"), name="nightly")])

    text = run_all(queue, as_json=True)

    assert "job ended" in text
    assert "hunter2" not in text


def test_a_program_that_configured_logging_keeps_it(queue: Queue) -> None:
    stream, own = io.StringIO(), io.StringIO()
    handler = logging.StreamHandler(own)
    handler.setFormatter(
        logging.Formatter("%(levelname)s %(job_id)s %(message)s", defaults={"job_id": "-"})
    )

    @queue.task
    def work(context: Context) -> None:
        context.log.warning("said in a task")

    work.enqueue()
    with nothing_configured():
        root = logging.getLogger()
        root.addHandler(handler)
        level = logging.getLogger("queuectl").level
        with written_to(stream, as_json=True) as journal:
            queue.worker(concurrency=1, listeners=[journal]).run(burst=True)
        assert logging.getLogger("queuectl").level == level

    assert stream.getvalue() == ""
    assert "WARNING 1 said in a task" in own.getvalue()


def test_levels_are_as_they_were_afterwards() -> None:
    before = [logging.getLogger(name).level for name in ("queuectl", "queuectl_worker")]

    with nothing_configured(), written_to(io.StringIO(), as_json=True):
        during = logging.getLogger("queuectl").level

    after = [logging.getLogger(name).level for name in ("queuectl", "queuectl_worker")]
    assert (during, after) == (logging.INFO, before)


def test_the_parts_fit_into_a_programs_own_configuration(queue: Queue) -> None:
    """The listener, the filter and the formatter each alone, as a `dictConfig` would name them."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    handler.addFilter(JobFields())
    mine = logging.getLogger("queuectl.worker")
    mine.addHandler(handler)
    mine.setLevel(logging.INFO)

    @queue.task
    def work() -> None: ...

    work.enqueue()
    try:
        queue.worker(concurrency=1, listeners=[tell]).run(burst=True)
    finally:
        mine.removeHandler(handler)
        mine.setLevel(logging.NOTSET)

    messages = [line["message"] for line in documents(stream.getvalue())]
    assert messages == ["worker joined", "job started", "job ended"]


def test_what_is_no_json_becomes_text_and_a_fact_replaces_no_field() -> None:
    made = record("it is so", place={1}, time="never", error=None)

    document = json.loads(JsonFormatter().format(made))

    assert (document["message"], document["place"]) == ("it is so", "{1}")
    assert ISO.fullmatch(document["time"])
    assert "error" not in document


@pytest.mark.parametrize("formatter", [JsonFormatter(), TextFormatter()])
def test_nothing_stored_moves_a_terminal(formatter: logging.Formatter) -> None:
    made = record("\x1b[2Jgone\u202e", error="a\nb\x1b[31m", queue="mail")

    line = formatter.format(made)

    assert line.isprintable()
    assert "mail" in line


@pytest.mark.parametrize("formatter", [JsonFormatter(), TextFormatter()])
def test_a_traceback_is_kept(formatter: logging.Formatter) -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    logger = logging.getLogger("queuectl.test")
    logger.addHandler(handler)

    try:
        int("no number")
    except ValueError:
        logger.exception("it broke")
    finally:
        logger.removeHandler(handler)

    assert "ValueError: invalid literal" in stream.getvalue()
    assert "it broke" in stream.getvalue().splitlines()[0]


def test_drain_needs_no_journal(queue: Queue) -> None:
    """A task that logs through its context runs in tests as it does in a worker."""
    seen: list[Any] = []

    @queue.task
    def work(context: Context) -> None:
        seen.append(dict(context.log.extra or {}))

    job = work.enqueue()
    drain(queue)

    assert seen[0]["job_id"] == job.id
