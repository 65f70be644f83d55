"""The API speaks of jobs, queues and the rest as the command line does."""

import json
from typing import Any

import pytest
from msgspec.structs import fields

from queuectl.fields import FIELDS
from queuectl_dashboard.api import hooks, queues, resources, schedules, shapes, workers
from queuectl_dashboard.api.jobspec import JobSpec
from tests.conftest import ROOT

DOCUMENTS: dict[str, Any] = json.loads((ROOT / "docs/json.schema.json").read_text("utf-8"))["$defs"]


def names(shape: Any) -> set[str]:
    return {field.encode_name for field in fields(shape)}


def test_a_new_job_has_the_keys_of_the_command_lines_job_spec() -> None:
    assert names(JobSpec) == set(FIELDS)


@pytest.mark.parametrize(
    ("shape", "kind", "more"),
    [
        (shapes.Job, "job", set()),
        (shapes.Attempt, "attempt", {"run"}),
        (shapes.Why, "why", set()),
        (shapes.Fault, "fault", set()),
        (queues.QueueDocument, "queue", {"settings"}),
        (workers.WorkerDocument, "worker", set()),
        (schedules.ScheduleDocument, "schedule", set()),
        (hooks.HookDocument, "hook", set()),
        (resources.ResourceDocument, "resource", set()),
    ],
)
def test_a_shape_has_what_the_command_line_prints(shape: Any, kind: str, more: set[str]) -> None:
    assert names(shape) == set(DOCUMENTS[kind]["properties"]) | more
