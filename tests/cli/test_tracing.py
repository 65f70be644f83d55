"""Distributed traces on the command line: the caller's context goes with a job, and on from it."""

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from typing import Any

import pytest

from tests.cli.program import Program

pytestmark = pytest.mark.not_on("win32")

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
CALLER = {"TRACEPARENT": f"00-{TRACE}-{SPAN}-01", "TRACESTATE": "vendor=1", "BAGGAGE": "user=al"}
APP = """
import os
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import ConsoleSpanExporter, SimpleSpanProcessor
from queuectl_worker import Queue
from queuectl_worker.otel import OpenTelemetry

provider = TracerProvider()
spans = open("spans.jsonl", "a", buffering=1)
exporter = ConsoleSpanExporter(out=spans, formatter=lambda s: s.to_json(indent=None) + os.linesep)
provider.add_span_processor(SimpleSpanProcessor(exporter))
queue = Queue("sqlite:///queue.db", tracing=OpenTelemetry(tracer_provider=provider))


@queue.task
def first() -> None:
    second.enqueue()


@queue.task
def second() -> None:
    pass
"""


def output(queuectl: Program, job_id: int) -> str:
    return queuectl.must("logs", str(job_id)).text


def spans(queuectl: Program) -> Sequence[dict[str, Any]]:
    lines = (queuectl.folder / "spans.jsonl").read_text().splitlines()
    return sorted(map(json.loads, lines), key=lambda span: str(span["start_time"]))


def test_a_command_goes_on_in_the_trace_of_who_enqueued_it(queuectl: Program) -> None:
    queuectl.must("enqueue", "echo $TRACEPARENT $TRACESTATE $BAGGAGE", env=CALLER)
    queuectl.must("enqueue", "echo ${TRACEPARENT-none}")

    queuectl.must("worker", "start", "--burst", "-q")

    assert output(queuectl, 1).split() == list(CALLER.values())
    assert output(queuectl, 2) == "none\n"
    assert [queuectl.job(n)["trace_id"] for n in (1, 2)] == [TRACE, None]
    assert TRACE in queuectl.must("show", "1").text


def test_what_a_command_enqueues_belongs_to_its_trace(queuectl: Program) -> None:
    program = queuectl.command()[0]
    queuectl.must("enqueue", f"{program!s} enqueue true", env=CALLER)

    queuectl.must("worker", "start", "--burst", "-q")

    assert queuectl.job(2)["trace_id"] == TRACE


@pytest.mark.parametrize("broken", ["", "x", f"00-{'0' * 32}-{SPAN}-01", f"00-{TRACE}-{SPAN}"])
def test_a_broken_variable_keeps_no_job_from_being_stored(queuectl: Program, broken: str) -> None:
    queuectl.must("enqueue", "true", env={"TRACEPARENT": broken})
    queuectl.must(
        "enqueue", "--priority", "high", "--group", "g", "true", env={"TRACEPARENT": broken}
    )

    assert [queuectl.job(n)["trace_id"] for n in (1, 2)] == [None, None]


def test_a_whole_environment_is_stored_once_whatever_the_trace(queuectl: Program) -> None:
    for n in (1, 2):
        caller = {"TRACEPARENT": f"00-{n:032d}-{SPAN}-01"}
        queuectl.must("enqueue", "--env-all", "echo $TRACEPARENT", env=caller)
    queuectl.must("worker", "start", "--burst", "-q")

    with closing(sqlite3.connect(queuectl.db)) as store:
        [stored] = store.execute(
            "SELECT count(DISTINCT environment_id) FROM queuectl_jobs"
        ).fetchone()
    assert stored == 1
    assert [output(queuectl, n) for n in (1, 2)] == [f"00-{n:032d}-{SPAN}-01\n" for n in (1, 2)]


def test_jobs_of_a_schedule_belong_to_no_trace_of_its_maker(queuectl: Program) -> None:
    queuectl.must("schedule", "add", "often", "--every", "1h", "--", "true", env=CALLER)
    queuectl.must("schedule", "run", "often")

    assert queuectl.job(1)["trace_id"] is None


@pytest.mark.parametrize("executor", ["thread", "process"])
def test_from_the_command_line_through_a_worker_to_a_childs_attempt(
    queuectl: Program, executor: str
) -> None:
    (queuectl.folder / "shop.py").write_text(APP)
    queuectl.must("enqueue", '{"task": "first"}', env=CALLER)
    queuectl.must("enqueue", "--queue", "shell", "echo $TRACEPARENT", env=CALLER)

    queuectl.must(
        *("worker", "start", "--burst", "-q", "--app", "shop:queue", "--executor", executor)
    )

    found = spans(queuectl)
    of_task = [span for span in found if not span["name"].endswith("shell")]
    assert [span["name"] for span in of_task] == [
        *("process default", "send default", "process default"),
    ]
    chain = [span["parent_id"] for span in of_task]
    assert chain == [f"0x{SPAN}", *(span["context"]["span_id"] for span in of_task[:2])]
    assert {span["context"]["trace_id"] for span in found} == {f"0x{TRACE}"}
    [of_command] = [span for span in found if span["name"] == "process shell"]
    assert of_command["context"]["span_id"].removeprefix("0x") in output(queuectl, 2)


def test_a_worker_of_commands_traces_where_the_sdk_is_loaded(queuectl: Program) -> None:
    """As `opentelemetry-instrument` loads it, before the program begins."""
    (queuectl.folder / "sitecustomize.py").write_text(
        APP.partition("queue =")[0] + "from opentelemetry.trace import set_tracer_provider\n"
        "set_tracer_provider(provider)\n"
    )
    queuectl.must("enqueue", "true", env=CALLER)

    queuectl.must("worker", "start", "--burst", "-q", env={"PYTHONPATH": str(queuectl.folder)})

    [span] = spans(queuectl)
    assert (span["name"], span["parent_id"]) == ("process default", f"0x{SPAN}")
