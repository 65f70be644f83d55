"""`queuectl hook`: what a person types, what is printed, and that secrets are not."""

import json

import pytest

from tests.cli.program import Program
from tests.waiting import eventually
from tests.worker.receiver import receiving


def test_a_webhook_is_added_delivered_logged_and_removed(queuectl: Program) -> None:
    with receiving(500, 204) as receiver:
        added = queuectl.must(
            *("hook", "add", "pager", "--webhook", "-", "--allow-private"),
            *("--on", "dead,succeeded", "--queue", "default"),
            stdin=f"{receiver.url}\n".encode(),
        )
        job_id = queuectl.must("enqueue", "--max-retries", "0", "exit 3").text.strip()
        queuectl.must("worker", "start", "--burst")

    name, secret = added.text.split()
    assert (name, secret[:6]) == ("pager", "whsec_")
    assert [json.loads(body)["data"]["job"]["id"] for _, body in receiver.got] == [int(job_id)] * 2
    (delivery,) = queuectl.must("hook", "log", "pager", "--json").documents
    assert (delivery["state"], delivery["queue"]) == ("succeeded", "queuectl.hooks")
    (hook,) = queuectl.must("hook", "list", "--json").documents
    assert hook["target"] == f"http://127.0.0.1:{receiver.port}/…"
    assert (hook["on"], hook["queues"], hook["signed"]) == (
        ["dead", "succeeded"],
        ["default"],
        True,
    )
    shown = queuectl.must("show", str(delivery["id"])).text
    listed = queuectl.must("hook", "list").text + queuectl.must("events").text
    for text in (shown, listed, json.dumps(delivery), json.dumps(hook), *logs(queuectl)):
        assert "t0ken" not in text
        assert secret not in text
    queuectl.must("hook", "rm", "pager")
    assert queuectl("hook", "rm", "pager").code == 3


def logs(queuectl: Program) -> list[str]:
    return [path.read_text() for path in queuectl.folder.glob("logs/**/*.log")]


def test_a_command_is_told(queuectl: Program) -> None:
    queuectl.must("hook", "add", "note", "--on", "ended", "--command", "cat > told")

    queuectl.must("enqueue", "--name", "night", "true")
    queuectl.must("worker", "start", "--burst")

    told = json.loads((queuectl.folder / "told").read_text())
    assert (told["type"], told["data"]["job"]["name"]) == ("job.succeeded", "night")


def test_a_hook_is_tried_paused_and_resumed(queuectl: Program) -> None:
    queuectl.must("hook", "add", "note", "--command", "cat > told")
    assert queuectl.must("hook", "pause", "note", "--json").document["paused"] is True

    queuectl.must("hook", "test", "note")
    queuectl.must("worker", "start", "--burst")

    assert json.loads((queuectl.folder / "told").read_text())["type"] == "hook.test"
    assert queuectl.must("hook", "resume", "note", "--json").document["paused"] is False


def test_a_given_secret_is_taken_from_a_file_and_not_printed(queuectl: Program) -> None:
    (queuectl.folder / "secret").write_text("s3cr3t-s3cr3t-s3cr3t\n")

    added = queuectl.must(
        *("hook", "add", "a", "--webhook", "https://example.org/", "--secret-file", "secret"),
        "--json",
    )

    assert added.document["secret"] is None
    assert added.document["signed"] is True
    assert "s3cr3t" not in added.text + added.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--on", "dead"], "say how to tell"),
        (["--desktop", "--command", "true"], "say how to tell"),
        (["--on", "deed", "--desktop"], "--on is one of"),
        (["--webhook", "ftp://example.org/"], "https"),
        (["--webhook", "https://u:s3cr3t@example.org/"], "user or password"),
        (["--webhook", "https://example.org/", "--secret-file", "none"], "cannot be read"),
        (["--command", "true", "--allow-private"], "for --webhook"),
        (["--webhook", "http://169.254.169.254/latest"], "private network"),
        (["--webhook", "http://[::1]:8080/"], "private network"),
        (["--desktop", "--tag", "x"], "--tag takes"),
        (["--desktop", "--on", "held", "--after-failures", "2"], "dead alone"),
        (["--command", " "], "something to run"),
    ],
)
def test_what_cannot_be_a_hook_is_refused(queuectl: Program, words: list[str], says: str) -> None:
    refused = queuectl("hook", "add", "h", *words)

    assert refused.code == 2, refused
    assert says in refused.err
    assert "s3cr3t" not in refused.err


def test_a_name_is_given_once(queuectl: Program) -> None:
    queuectl.must("hook", "add", "h", "--desktop")

    assert queuectl("hook", "add", "h", "--desktop").code == 4


def test_a_worker_that_goes_on_hears_of_a_new_hook(queuectl: Program) -> None:
    worker = queuectl.start("worker", "start")
    try:
        queuectl.must("hook", "add", "note", "--on", "succeeded", "--command", "cat > told")
        job_id = queuectl.must("enqueue", "true").text.strip()
        queuectl.must("wait", job_id)
        eventually(
            lambda: queuectl("hook", "log", "note", "--json").out,
            within=60,
            what="the delivery",
        )
        (delivery,) = queuectl.must("hook", "log", "note", "--json").documents
        queuectl.must("wait", str(delivery["id"]))
        assert (queuectl.folder / "told").exists()
    finally:
        worker.terminate()
        worker.communicate(timeout=60)


def test_a_worker_names_a_delivery_by_what_it_tells_of(queuectl: Program) -> None:
    """Not by its arguments, which are the whole message."""
    queuectl.must("hook", "add", "pager", "--webhook", "http://127.0.0.1:9/", "--allow-private")
    queuectl.must("hook", "test", "pager")

    with queuectl.start("worker", "start") as worker:
        assert worker.stdout is not None
        lines = iter(worker.stdout.readline, b"")
        started = next(line for line in lines if b"started" in line)
        worker.terminate()
        worker.communicate(timeout=60)

    assert started.rstrip().endswith(b"1  job 0 (test) test")
