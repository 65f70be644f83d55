"""Lists, facts and the status, for people in a pipe and for programs."""

import re

from tests.cli.program import Program

JOB_KEYS = [
    "id",
    "state",
    "reason",
    "queue",
    "priority",
    "command",
    "argv",
    "shell",
    "task",
    "args",
    "kwargs",
    "cwd",
    "name",
    "tags",
    "group",
    "unique_key",
    "after",
    "attempt",
    "max_retries",
    "timeout",
    "run_at",
    "created_at",
    "started_at",
    "finished_at",
    "duration",
    "worker",
    "exit_code",
    "signal",
    "error",
    "result",
    "progress",
    "log",
]
ATTEMPT_KEYS = [
    "number",
    "state",
    "worker",
    "started_at",
    "finished_at",
    "duration",
    "exit_code",
    "signal",
    "error",
    "max_rss",
    "cpu_seconds",
    "log_bytes",
    "log_lost",
]


def test_why_names_the_reason_and_the_remedy_for_people_and_programs(queuectl: Program) -> None:
    queuectl.must("enqueue", "--queue", "mail", "--", "true")

    text, document = queuectl.must("why", "1").text, queuectl.must("why", "1", "--json").document

    assert "no worker serves the queue mail" in text
    assert "`queuectl worker start --queue mail`" in text
    assert list(document) == ["id", "state", "reason", "detail", "remedy", "blockers"]
    assert document["reason"] == "no worker serves mail"
    assert queuectl("why", "7").code == 3


def test_a_piped_list_is_one_row_a_job_in_full_and_without_headings(queuectl: Program) -> None:
    queuectl.must("enqueue", "--queue", "q", "--name", "n", "--", "echo", "word " * 60)

    [row] = queuectl.must("list").text.splitlines()

    fields = row.split("\t")
    assert fields[:6] == ["1", "pending (no worker serves q)", "q", "0", "n", "0"]
    assert fields[-1] == f"echo '{'word ' * 60}'"


def test_a_list_narrows_by_each_filter(queuectl: Program) -> None:
    queuectl.must("enqueue", "--queue", "a", "--name", "one", "--tag", "k=v", "echo apple")
    queuectl.must("enqueue", "--queue", "b", "--hold", "echo pear")

    def found(*words: str) -> list[int]:
        return [job["id"] for job in queuectl.must("list", "--json", *words).documents]

    assert found() == [2, 1]
    assert found("--limit", "1") == [2]
    assert found("--queue", "a") == [1]
    assert found("--state", "held,dead") == [2]
    assert found("--name", "one") == [1]
    assert found("--tag", "k=v") == [1]
    assert found("--search", "PEAR") == [2]


def test_a_list_that_was_cut_says_so(queuectl: Program) -> None:
    queuectl.must("enqueue", "--from", "-", stdin=b"true\n" * 60)

    cut, whole = queuectl.must("list"), queuectl.must("list", "--limit", "0")

    assert len(cut.text.splitlines()) == 50
    assert "--limit 0" in cut.err
    assert (len(whole.text.splitlines()), whole.err) == (60, "")


def test_a_job_and_its_attempts_have_exactly_the_promised_fields(queuectl: Program) -> None:
    queuectl.must("enqueue", "--max-retries", "0", "echo out; exit 3")
    queuectl.must("worker", "start", "--burst", "-q")

    job = queuectl.job(1)

    [attempt] = job.pop("attempts")
    rules = [job.pop(key) for key in ("memory", "warning", "split_output", "trace_id")]
    assert list(job) == JOB_KEYS
    assert list(attempt) == ATTEMPT_KEYS
    assert (job["state"], job["exit_code"], job["error"]) == ("dead", 3, "exit code 3")
    assert (attempt["number"], attempt["exit_code"], attempt["log_bytes"]) == (1, 3, 4)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", job["finished_at"])
    with open(job["log"], "rb") as log:
        assert log.read() == b"out\n"
    assert rules == [None, None, False, None]


def test_show_tells_a_person_the_facts_and_the_attempts(queuectl: Program) -> None:
    queuectl.must("enqueue", "--max-retries", "1", "--backoff-max", "0", "exit 3")
    queuectl.must("worker", "start", "--burst", "-q")

    text = queuectl.must("show", "1").text

    assert re.search(r"^state +dead \(attempt 2 of 2 failed: exit code 3\)$", text, re.MULTILINE)
    assert re.search(r"^ +1  failed .* exit code 3$", text, re.MULTILINE)
    assert re.search(r"^ +2  failed .* exit code 3$", text, re.MULTILINE)


def test_no_command_at_all_prints_the_status(queuectl: Program) -> None:
    queuectl.must("enqueue", "--from", "-", stdin=b"true\ntrue\n")

    bare, named = queuectl.must(), queuectl.must("status")

    assert "Jobs: 2 pending" in bare.text
    assert "Last minute: 2 enqueued" in bare.text
    assert "`queuectl worker start` runs the jobs" in bare.text
    assert bare.text.splitlines()[-3:] == named.text.splitlines()[-3:]


def test_on_a_fresh_machine_the_status_says_how_to_begin(queuectl: Program) -> None:
    result = queuectl.must(env={"QUEUECTL_DB": ""})

    assert "No jobs yet; `queuectl enqueue" in result.text


def test_status_counts_what_happened(queuectl: Program) -> None:
    queuectl.must("enqueue", "--max-retries", "0", "--from", "-", stdin=b"true\nexit 1\n")
    queuectl.must("worker", "start", "--burst", "-q")

    status = queuectl.must("status", "--json").document

    assert (status["counts"]["succeeded"], status["counts"]["dead"]) == (1, 1)
    assert (status["minute"]["enqueued"], status["hour"]["dead"]) == (2, 1)
    assert status["queues"] == {"default": {"succeeded": 1, "dead": 1}}
    assert status["store"].endswith("queue.db")
