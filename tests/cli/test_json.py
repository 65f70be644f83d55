"""Every document that `--json` prints is one that docs/json.schema.json describes."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from queuectl.completion_table import COMMANDS
from queuectl.formatting import FIELDS
from scripts.bootstrap import ROOT
from tests.cli.inprocess import Inside

SCHEMA: dict[str, Any] = json.loads((ROOT / "docs/json.schema.json").read_text("utf-8"))
# A reader has to bear more fields than it knows; we have to know all that we print.
STRICT = json.loads(
    json.dumps(SCHEMA),
    object_hook=lambda found: (
        {**found, "additionalProperties": False}
        if found.get("type") == "object"
        and "properties" in found
        and "additionalProperties" not in found
        else found
    ),
)
# In this order; what each one finds, those before it have made.
STORY: tuple[tuple[str, Sequence[str], bytes], ...] = (
    ("db init", (), b""),
    ("enqueue", ("--name", "n", "--tag", "a=b", "--", "true"), b""),
    ("enqueue", ("--max-retries", "0", "false"), b""),
    ("enqueue", ("--from", "-"), b"true\ntrue\n"),
    ("enqueue", ("--from", "-", "--on-finish", "true"), b"true\n"),
    ("enqueue", ("--array", "0-1", "true"), b""),
    ("enqueue", ("--each", "echo {}", "--dry-run", "a"), b""),
    ("enqueue", ("--after", "1", "--group", "g", "--delay", "1h", "true"), b""),
    ("enqueue", ("--queue", "gpu", '{"task": "a.b", "args": [1], "kwargs": {"c": 2}}'), b""),
    ("why", ("1",), b""),
    ("hold", ("--queue", "gpu", "--dry-run"), b""),
    ("hold", ("--queue", "gpu"), b""),
    ("release", ("--all",), b""),
    ("status", (), b""),
    ("worker list", (), b""),
    ("run", ("--max-retries", "0", "--", "sh", "-c", "exit 3"), b""),
    ("worker start", ("--burst", "--queue", "default"), b""),
    ("worker list", ("--all",), b""),
    ("metrics", (), b""),
    ("list", ("--limit", "0"), b""),
    ("show", ("2",), b""),
    ("logs", ("1-3",), b""),
    ("events", ("--since", "start"), b""),
    ("wait", ("1", "2"), b""),
    ("metrics rules", (), b""),
    ("metrics grafana", (), b""),
    ("dlq list", (), b""),
    ("dlq list", ("--group",), b""),
    ("dlq show", ("2",), b""),
    ("edit", ("2", "--priority", "3"), b""),
    ("edit", ("2", "--priority", "high", "--dry-run"), b""),
    ("dlq retry", ("2", "--dry-run"), b""),
    ("retry", ("2", "1"), b""),
    ("cancel", ("2",), b""),
    ("rerun", ("2",), b""),
    ("dlq add", ("1",), b""),
    ("dlq purge", ("--all",), b""),
    ("rm", ("1", "77"), b""),
    ("prune", ("--dry-run",), b""),
    ("queue set", ("mail", "--concurrency", "2", "--rate", "10/m"), b""),
    ("queue list", (), b""),
    ("queue pause", ("mail",), b""),
    ("queue resume", ("mail",), b""),
    ("queue drain", ("mail",), b""),
    ("resource set", ("gpu", "2"), b""),
    ("resource list", (), b""),
    ("resource rm", ("gpu",), b""),
    ("schedule add", ("s", "--cron", "0 9 * * *", "--tz", "UTC", "--", "true"), b""),
    ("schedule list", (), b""),
    ("schedule next", ("s",), b""),
    ("schedule run", ("s",), b""),
    ("schedule show", ("s",), b""),
    ("schedule pause", ("s",), b""),
    ("schedule resume", ("s",), b""),
    ("schedule edit", ("s", "--missed", "skip"), b""),
    ("schedule rm", ("s",), b""),
    ("hook add", ("h", "--on", "ended", "--queue", "q", "--command", "true"), b""),
    ("hook add", ("w", "--webhook", "https://example.org/hook"), b""),
    ("hook list", (), b""),
    ("hook test", ("h",), b""),
    ("hook log", ("h",), b""),
    ("hook pause", ("h",), b""),
    ("hook resume", ("h",), b""),
    ("hook rm", ("h",), b""),
    ("config list", (), b""),
    ("config get", ("lease",), b""),
    ("config set", ("lease", "20s"), b""),
    ("config unset", ("lease",), b""),
    ("config path", (), b""),
    ("db migrate", (), b""),
    ("db check", (), b""),
    ("db backup", ("backup.db",), b""),
    ("db copy", ("queue.db", "copy.db"), b""),
    ("db stats", (), b""),
    ("db path", (), b""),
    ("doctor", (), b""),
    ("service install", ("--dry-run",), b""),
    ("completion", ("bash",), b""),
    ("worker quiet", (), b""),
    ("worker stop", (), b""),
    ("--version", (), b""),
)
# These print nothing where the story is, or have a test of their own beside their command.
ELSEWHERE = {
    "dashboard",
    "demo",
    "metrics serve",
    "progress",
    "service uninstall",
    "worker quiet",
    "worker stop",
}


def judge(command: str, document: Any) -> list[str]:
    kinds = [{"$ref": f"#/$defs/{name}"} for name in SCHEMA["documents"][command]]
    found = Draft202012Validator({"$defs": STRICT["$defs"], "anyOf": kinds}).iter_errors(document)
    return [f"{command}: {error.message[:300]} in {json.dumps(document)[:300]}" for error in found]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, list[Any]]]:
    home = Inside(folder=Path(tmp_path_factory.mktemp("json")))
    story = []
    for command, words, given in STORY:
        result = home("--json", *command.split(), *words, stdin=given)
        story.append((command, result.documents))
    return story


def test_every_document_is_described(told: list[tuple[str, list[Any]]]) -> None:
    complaints = [
        complaint
        for command, documents in told
        for document in documents
        for complaint in judge(command, document)
    ]

    assert not complaints, "\n".join(complaints)


def test_every_command_has_its_documents_and_prints_them(
    told: list[tuple[str, list[Any]]],
) -> None:
    # `top` is for people alone.
    leaves = {path for path, (_, _, below) in COMMANDS.items() if not below} - {"top"}

    assert leaves <= SCHEMA["documents"].keys()
    printed = {command for command, documents in told if documents}
    assert leaves - printed <= ELSEWHERE


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    named = {name for names in SCHEMA["documents"].values() for name in names}
    assert named <= SCHEMA["$defs"].keys()
    assert set(references(SCHEMA)) <= SCHEMA["$defs"].keys()


def references(schema: Any) -> Iterator[str]:
    if isinstance(schema, Mapping):
        if "$ref" in schema:
            yield str(schema["$ref"]).removeprefix("#/$defs/")
        schema = list(schema.values())
    if isinstance(schema, list):
        for item in schema:
            yield from references(item)


def test_the_job_has_the_fields_of_the_contract() -> None:
    assert list(SCHEMA["$defs"]["job"]["properties"]) == list(FIELDS)


@pytest.mark.parametrize(
    ("document", "is_one"),
    [
        ({"done": [1], "refused": []}, True),
        ({"done": [1]}, False),
        ({"done": ["1"], "refused": []}, False),
        ({"done": [], "refused": [], "more": 1}, False),
    ],
)
def test_a_wrong_document_is_found(document: Any, is_one: bool) -> None:
    assert (not judge("cancel", document)) is is_one
