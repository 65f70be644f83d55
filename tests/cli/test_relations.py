"""Jobs after jobs and groups, through the real program."""

import json

import pytest

from tests.cli.program import Program

BUILD = [
    {"command": "echo fetch", "name": "fetch"},
    {"command": "echo a", "name": "a", "after": "fetch"},
    {"command": "echo b", "name": "b", "after": ["fetch"]},
    {"command": "echo all", "name": "all", "after": ["a", "b|fetch"]},
    {"command": "echo mourn", "after_failed": "a", "on_dep_failure": "hold"},
]


def lines(documents: list[dict[str, object]]) -> bytes:
    return "\n".join(json.dumps(each) for each in documents).encode()


def states(queuectl: Program) -> list[str]:
    return [job["state"] for job in reversed(queuectl.must("list", "--json").documents)]


def test_a_job_waits_for_those_that_it_names(queuectl: Program) -> None:
    queuectl.must("enqueue", "--from", "-", stdin=b"true\nfalse\ntrue\n")
    queuectl.must("enqueue", "--after", "1,2", "--after", "3", "true")
    queuectl.must("enqueue", "--after", "1|2", "true")
    queuectl.must("enqueue", "--after-any", "2", "--after-failed", "#3", "true")

    documents = {job["id"]: job for job in queuectl.must("list", "--json").documents}
    shown = queuectl.must("show", "4").text

    assert [documents[n]["after"] for n in (4, 5, 6)] == [[1, 2, 3], [1, 2], [2, 3]]
    assert [documents[n]["state"] for n in (4, 5, 6)] == ["blocked"] * 3
    assert documents[4]["reason"] == "after 1, 2, 3"
    assert "1, 2, 3" in shown


def test_a_failed_parent_does_with_its_children_what_they_asked(queuectl: Program) -> None:
    queuectl.must("enqueue", "--max-retries", "0", "false")
    for policy in ("cancel", "hold", "run"):
        queuectl.must("enqueue", "--after", "1", "--on-dep-failure", policy, "true")

    queuectl("worker", "start", "--burst")

    assert states(queuectl) == ["dead", "cancelled", "held", "succeeded"]
    assert queuectl.job(2)["reason"] == "job 1 failed"


def test_a_file_of_jobs_that_name_one_another_goes_in_whole_and_once(queuectl: Program) -> None:
    again = ("enqueue", "--from", "-", "--atomic", "--key", "build-7", "--json")

    first = queuectl.must(*again, stdin=lines(BUILD)).document
    second = queuectl.must(*again, stdin=lines(BUILD)).document
    queuectl.must("worker", "start", "--burst")

    assert first == second == {"enqueued": 5, "ids": [1, 2, 3, 4, 5]}
    assert states(queuectl) == ["succeeded"] * 4 + ["held"]
    ends = {job["id"]: job["finished_at"] for job in queuectl.must("list", "--json").documents}
    assert ends[1] <= ends[2] <= ends[4]


def test_one_job_with_a_key_is_stored_once(queuectl: Program) -> None:
    ids = [queuectl.must("enqueue", "--key", "nightly", "true").out for _ in range(2)]

    assert ids == [b"1\n", b"1\n"]
    assert len(states(queuectl)) == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--after", "77", "true"], "it waits for job 77, and there is no such job"),
        (["--after", "1,", "true"], "--after takes job ids"),
        (["--on-dep-failure", "panic", "true"], "one of cancel, run, hold"),
        (["--halt", "soon,fail=1", "true"], "to halt needs a group"),
        (["--group", "g", "--halt", "perhaps", "true"], "does not say when to halt"),
        (["--group", "a b", "true"], "the group name 'a b' is not usable"),
        (["--key", "k", "--from", "-"], "--key with --from or --each needs --atomic"),
    ],
)
def test_a_wish_that_cannot_be_is_refused_in_one_line(
    queuectl: Program, words: list[str], told: str
) -> None:
    result = queuectl("enqueue", *words)

    assert result.code in (1, 2)
    assert told in result.err
    assert not queuectl.db.exists() or states(queuectl) == []


@pytest.mark.parametrize(
    ("documents", "told"),
    [
        (
            [{"command": "a"}, {"command": "b", "after": "a"}],
            "line 2: it waits for 'a', but",
        ),
        ([{"command": "a", "name": "a", "after": "a"}], "line 1: these jobs wait for one another"),
        ([{"command": "a"}, {"command": "a", "after": [1.5]}], "line 2: after must be a whole"),
        ([{"command": "a", "halt": "soon,fail=1"}], "line 1: to halt needs a group"),
    ],
)
def test_a_line_that_waits_for_nobody_is_named(
    queuectl: Program, documents: list[dict[str, object]], told: str
) -> None:
    result = queuectl("enqueue", "--from", "-", "--atomic", stdin=lines(documents))

    assert result.code == 2
    assert told in result.err
    assert "nothing is enqueued" in result.err


def test_a_group_is_listed_waited_for_and_halted(queuectl: Program) -> None:
    file = lines([{"command": "exit 1"}] * 3 + [{"command": "sleep 30"}] * 20)
    group = ("--group", "g", "--halt", "now,fail=2", "--max-retries", "0")
    queuectl.must("enqueue", *group, "--from", "-", stdin=file)
    queuectl.must("enqueue", "true")

    queuectl("worker", "start", "--burst", "--concurrency", "2")
    waited = queuectl("wait", "--group", "g", "--timeout", "30s")

    jobs = queuectl.must("list", "--group", "g", "--limit", "0", "--json").documents
    assert waited.code == 1
    assert len(jobs) == 23
    assert {job["group"] for job in jobs} == {"g"}
    assert {job["state"] for job in jobs} == {"dead", "cancelled"}


def test_a_group_is_cancelled_and_retried_by_its_name(queuectl: Program) -> None:
    queuectl.must("enqueue", "--group", "g", "--max-retries", "0", "--from", "-", stdin=b"false\n")
    queuectl.must("worker", "start", "--burst")
    queuectl.must("enqueue", "--group", "g", "true")
    queuectl.must("enqueue", "true")

    cancelled = queuectl.must("cancel", "--group", "g", "--json").document
    retried = queuectl.must("retry", "--group", "g", "--json").document
    unknown = queuectl("cancel", "--group", "nobody")

    assert cancelled["done"] == [2]
    assert retried["done"] == [1]
    assert states(queuectl) == ["pending", "cancelled", "pending"]
    assert (unknown.code, "no group 'nobody'" in unknown.err) == (3, True)


SAY = 'echo "$QUEUECTL_PARENT_ID-$QUEUECTL_GROUP" >> told'


def told(queuectl: Program) -> list[str]:
    queuectl("worker", "start", "--burst")
    return (queuectl.folder / "told").read_text().split()


@pytest.mark.parametrize("script", ["true", "exit 3"])
def test_what_is_to_follow_a_job_runs_however_it_ends(queuectl: Program, script: str) -> None:
    ids = queuectl.must("enqueue", "--max-retries", "0", "--on-finish", SAY, script).out

    assert ids == b"1\n"
    assert queuectl.job(2)["after"] == [1]
    assert told(queuectl) == ["1-"]


def test_what_is_to_follow_has_queue_folder_and_variables_of_its_job(queuectl: Program) -> None:
    (queuectl.folder / "sub").mkdir()
    options = ("--queue", "q", "--cwd", "sub", "--env", "A=b")
    last = json.dumps({"command": "echo $A > out", "name": "last", "priority": "high"})
    queuectl.must("enqueue", *options, "--on-finish", last, "true")

    queuectl("worker", "start", "--burst")

    job = queuectl.job(2)
    assert (job["queue"], job["name"], job["priority"]) == ("q", "last", 10)
    assert (queuectl.folder / "sub" / "out").read_text() == "b\n"


def test_of_a_group_it_follows_all_jobs_and_may_come_with_the_last(queuectl: Program) -> None:
    queuectl.must("enqueue", "--group", "g", "true")
    queuectl.must("enqueue", "--group", "g", "--on-finish", SAY, "true")
    assert states(queuectl) == ["pending", "pending"]

    assert told(queuectl) == ["-g"]

    queuectl.must("rerun", "1")
    assert told(queuectl) == ["-g"]
    other = queuectl("enqueue", "--group", "g", "--on-finish", "true", "true")
    assert "is there with another on_finish" in other.err


@pytest.mark.parametrize("group", [(), ("--group", "g")])
def test_of_an_input_in_many_batches_it_follows_all_of_it(
    queuectl: Program, group: tuple[str, ...]
) -> None:
    result = queuectl.must(
        "enqueue", "--from", "-", *group, "--on-finish", SAY, "--json", stdin=b"true\n" * 1_001
    )
    name = result.document["group"]
    queuectl.must("cancel", "--group", name, "--yes")

    assert result.document["enqueued"] == 1_001
    assert name == "g" if group else name.startswith("input-")
    assert told(queuectl) == [f"-{name}"]


def test_of_an_input_that_ends_in_a_bad_line_nothing_is_to_follow(queuectl: Program) -> None:
    lines_ = b"true\n" * 1_000 + b"{\n"
    result = queuectl("enqueue", "--from", "-", "--on-finish", SAY, "--json", stdin=lines_)
    name = result.document["group"]

    queuectl.must("cancel", "--group", name, "--yes")
    queuectl.must("enqueue", "--group", name, "--on-finish", SAY, "true")

    assert (result.code, len(result.document["ids"])) == (2, 1_000)
    assert told(queuectl) == [f"-{name}"]


def test_of_an_array_it_follows_all_indexes_and_the_same_key_adds_none(queuectl: Program) -> None:
    again = ("enqueue", "--array", "0-2", "--key", "k", "--on-finish", SAY, "--json", "true")
    first, second = (queuectl.must(*again).document for _ in range(2))

    assert first == second
    assert told(queuectl) == [f"-{first['group']}"]
    assert len(states(queuectl)) == 4


def test_a_line_has_what_is_to_follow_it_as_text_or_as_a_spec(queuectl: Program) -> None:
    documents: list[dict[str, object]] = [
        {"command": "true", "on_finish": SAY},
        {"command": "true", "on_finish": {"command": SAY}},
        {"command": "true", "group": "g", "on_finish": SAY},
        {"command": "true", "group": "g"},
    ]
    queuectl.must("enqueue", "--from", "-", stdin=lines(documents))

    assert sorted(told(queuectl)) == ["-g", "1-", "2-"]


@pytest.mark.parametrize(
    ("last", "words"),
    [
        ("", "--on-finish: the command is empty"),
        ("{", "--on-finish: this starts with { but is not JSON"),
        ('{"command": "x", "after": 1}', "--on-finish takes no after"),
        ('{"command": "x", "group": "g"}', "--on-finish takes no group"),
        ('{"command": "x", "on_finish": "y"}', "--on-finish takes no on_finish"),
    ],
)
def test_what_cannot_follow_is_refused(queuectl: Program, last: str, words: str) -> None:
    result = queuectl("enqueue", "--on-finish", last, "true")

    assert (result.code, result.out) == (2, b"")
    assert words in result.err


def test_on_finish_has_no_place_in_a_schedule_an_edit_or_twice_in_an_input(
    queuectl: Program,
) -> None:
    twice = lines([{"command": "true", "on_finish": "true"}])
    queuectl.must("enqueue", "true")

    schedule = queuectl("schedule", "add", "s", "--every", "1h", "--on-finish", "x", "--", "y")
    edit = queuectl("edit", "1", '{"command": "x", "on_finish": "y"}')
    line = queuectl("enqueue", "--from", "-", "--on-finish", "true", stdin=twice)

    assert [schedule.code, edit.code, line.code] == [2, 2, 2]
    assert "a schedule takes no on-finish" in schedule.err
    assert "on_finish is fixed" in edit.err
    assert "line 1: the whole input has --on-finish" in line.err
