"""Dead letters, unique jobs and edits, as a person at a shell has them."""

from queuectl_store import Retry, connect
from tests.cli.program import Program
from tests.conformance.story import a_worker, claim_one, ended


def die(queuectl: Program, *scripts: str) -> None:
    """Let jobs of *scripts* end up as dead letters."""
    lines = "\n".join(scripts).encode()
    queuectl.must("enqueue", "--max-retries", "0", "--from", "-", stdin=lines)
    queuectl("worker", "start", "--burst")


def states(queuectl: Program) -> list[str]:
    jobs = queuectl.must("list", "--json", "--limit", "0").documents
    return [job["state"] for job in reversed(jobs)]


def test_dead_jobs_are_listed_by_their_fault(queuectl: Program) -> None:
    die(queuectl, "exit 3", "exit 3", "exit 4")

    many, one = queuectl.must("dlq", "list", "--group", "--json").documents

    assert set(many) == {"fingerprint", "error", "count", "first_seen", "last_seen", "ids"}
    assert (many["error"], many["count"], many["ids"]) == ("exit code 3", 2, [1, 2])
    assert (one["error"], one["ids"]) == ("exit code 4", [3])
    listed = queuectl.must("dlq", "list", "--fingerprint", one["fingerprint"], "--json")
    assert [job["id"] for job in listed.documents] == [3]
    rows = queuectl.must("dlq", "list", "--group").text.splitlines()
    assert rows[0].split("\t")[0] == many["fingerprint"]


def test_a_group_is_retried_at_once_or_let_out_at_a_rate(queuectl: Program) -> None:
    die(queuectl, "exit 3", "exit 3", "exit 4")
    fault = queuectl.must("dlq", "list", "--group", "--json").documents[0]["fingerprint"]

    dry = queuectl.must("dlq", "retry", "--fingerprint", fault, "--dry-run")
    moved = queuectl.must("dlq", "retry", "--fingerprint", fault, "--rate", "1/h", "--json")

    assert dry.out == b"1\n2\n"
    assert moved.document == {"done": [1, 2], "refused": []}
    assert states(queuectl) == ["pending", "pending", "dead"]
    assert "lets out" in queuectl.must("why", "2").text


def test_purged_jobs_are_gone(queuectl: Program) -> None:
    die(queuectl, "exit 3", "exit 3", "exit 4")

    assert queuectl.must("dlq", "purge", "--all", "--dry-run").out == b"1\n2\n3\n"
    assert states(queuectl) == ["dead"] * 3
    assert queuectl.must("dlq", "purge", "1-2", "--yes", "--json").document["done"] == [1, 2]

    assert queuectl("show", "1").code == 3
    assert states(queuectl) == ["dead"]


def test_what_is_not_dead_is_neither_retried_nor_purged(queuectl: Program) -> None:
    queuectl.must("enqueue", "true")

    for verb in ("retry", "purge"):
        result = queuectl("dlq", verb, "1")
        assert result.code == 4
        assert f"cannot {verb} job 1: it is pending" in result.err
    assert queuectl("dlq", "purge", "--all").code == 3
    assert queuectl("dlq", "purge").code == 2
    assert queuectl("dlq", "retry", "--all", "--rate", "often").code == 2


def test_a_retrying_job_is_given_up(queuectl: Program) -> None:
    queuectl.must("enqueue", "true")
    with connect(str(queuectl.db)) as store:
        worker = a_worker(store)
        failed = Retry(delay_ms=3_600_000, reason="exit code 3")
        store.finish(worker, [ended(claim_one(store, worker), failed, error="exit code 3")])
    assert states(queuectl) == ["retrying"]

    assert queuectl.must("dlq", "add", "1").out == b"1\n"

    assert queuectl.must("dlq", "show", "1", "--json").document["reason"] == "given up by a person"
    assert queuectl("dlq", "add", "1").code == 4
    assert queuectl("dlq", "add").code == 2


def test_a_second_job_of_a_unique_key_is_left_out_replaced_or_refused(queuectl: Program) -> None:
    first = queuectl.must("enqueue", "--unique", "k", "--json", "true").document

    assert first["unique_key"] == "k"
    assert queuectl.must("enqueue", "--unique", "k", "true").out == b"1\n"
    refused = queuectl("enqueue", "--unique", "k", "--on-duplicate", "reject", "true")
    assert (refused.code, refused.out) == (4, b"")
    assert "the unique key 'k' is taken: job 1 has it and is pending" in refused.err
    replaced = queuectl.must("enqueue", "--unique", "k", "--on-duplicate", "replace", "true")
    assert int(replaced.out) > 1
    assert states(queuectl) == ["cancelled", "pending"]


def test_a_unique_key_lasts_as_long_as_asked(queuectl: Program) -> None:
    spec = b'{"command": "true", "unique": "k", "unique_for": "1h", "unique_scope": "store"}'
    queuectl.must("enqueue", "-", stdin=spec)
    queuectl.must("cancel", "1")

    assert queuectl.must("enqueue", "-", stdin=spec).out == b"1\n"
    assert queuectl("enqueue", "--unique-for", "1h", "true").code == 2
    assert queuectl("enqueue", "--unique", "k", "--on-duplicate", "maybe", "true").code == 2


def test_a_line_with_a_taken_key_is_told_by_its_number(queuectl: Program) -> None:
    lines = b'true\n{"command": "true", "unique": "k", "on_duplicate": "reject"}\n' * 2

    result = queuectl("enqueue", "--from", "-", stdin=lines)

    assert result.code == 4
    assert "line 4: the unique key 'k' is taken" in result.err
    assert queuectl.must("list", "--json").documents == []


def test_a_job_whose_key_is_taken_is_told_of_when_it_is_retried(queuectl: Program) -> None:
    queuectl.must("enqueue", "--unique", "k", "--max-retries", "0", "exit 3")
    queuectl("worker", "start", "--burst")
    queuectl.must("enqueue", "--unique", "k", "true")

    result = queuectl("retry", "1", "--json")

    assert result.code == 4
    assert result.document["refused"][0]["id"] == 1
    assert "job 2 has its unique key 'k'" in result.err


def test_a_waiting_job_is_edited(queuectl: Program) -> None:
    queuectl.must("enqueue", "--hold", "--timeout", "5s", "old")

    queuectl.must(
        "edit", "1", "--priority", "high", "--timeout", "0", "--tag", "a=b", "--", "new", "x y"
    )

    job = queuectl.must("show", "1", "--json").document
    assert (job["argv"], job["priority"], job["timeout"]) == (["new", "x y"], 10, None)
    assert (job["tags"], job["state"]) == ({"a": "b"}, "held")


def test_a_job_is_put_off_and_brought_forward(queuectl: Program) -> None:
    queuectl.must("enqueue", "true")

    queuectl.must("edit", "1", "--delay", "1h")
    assert states(queuectl) == ["scheduled"]
    queuectl.must("edit", "1", "--delay", "0")

    assert states(queuectl) == ["pending"]


def test_a_dead_job_is_edited_and_retried_in_one_step(queuectl: Program) -> None:
    die(queuectl, "exit 3")

    queuectl.must("edit", "1", "--retry", "--", "true")

    assert states(queuectl) == ["pending"]
    assert queuectl.must("show", "1", "--json").document["command"] == "true"


def test_what_cannot_be_edited_is_refused(queuectl: Program) -> None:
    queuectl.must("enqueue", "true")
    queuectl.must("cancel", "1")

    refused = queuectl("edit", "1", "--priority", "3")
    assert (refused.code, refused.out) == (4, b"")
    assert "cannot edit job 1: it is cancelled" in refused.err
    assert queuectl("edit", "1").code == 2
    assert queuectl("edit", "1", '{"command": "x", "env": {"A": "1"}}').code == 2
    assert queuectl("edit", "9", "--priority", "3").code == 3


def test_a_queues_own_allowance_wins_over_the_settings(queuectl: Program) -> None:
    queuectl.must("config", "set", "max_retries", "7")
    queuectl.must("enqueue", "true")
    with connect(str(queuectl.db)) as store:
        store.settings.set_for_queue("mail", "max_retries", "1")
        store.settings.set_for_queue("mail", "timeout", "30s")

    queuectl.must("enqueue", "--queue", "mail", "true")
    queuectl.must("enqueue", "--queue", "mail", "--max-retries", "2", "true")

    jobs = queuectl.must("list", "--json").documents
    assert [(job["max_retries"], job["timeout"]) for job in jobs] == [
        (2, 30.0),
        (1, 30.0),
        (7, None),
    ]
