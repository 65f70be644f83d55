"""Acting on jobs: by id, range and filter, with what was refused told one by one."""

from pathlib import Path

from tests.cli.program import Program


def three_jobs(queuectl: Program) -> None:
    queuectl.must("enqueue", "--from", "-", stdin=b"true\ntrue\ntrue\n")


def states(queuectl: Program) -> list[str]:
    jobs = queuectl.must("list", "--json").documents
    return [job["state"] for job in reversed(jobs)]


def test_ids_and_ranges_mean_the_jobs_that_exist(queuectl: Program) -> None:
    three_jobs(queuectl)

    result = queuectl.must("cancel", "1", "2-99")

    assert result.out == b"1\n2\n3\n"
    assert states(queuectl) == ["cancelled"] * 3


def test_partial_success_is_told_per_id_and_counts_as_done(queuectl: Program) -> None:
    three_jobs(queuectl)

    result = queuectl("cancel", "2", "77", "--json")

    assert result.code == 0
    assert result.document["done"] == [2]
    assert [refused["id"] for refused in result.document["refused"]] == [77]
    assert "no job 77" in result.err


def test_a_dry_run_names_the_jobs_and_touches_none(queuectl: Program) -> None:
    three_jobs(queuectl)

    result = queuectl.must("cancel", "--state", "pending", "--dry-run")

    assert result.out == b"1\n2\n3\n"
    assert "would cancel 3 jobs;" in result.err
    assert states(queuectl) == ["pending"] * 3


def test_a_filter_by_queue_takes_the_states_that_the_verb_works_on(queuectl: Program) -> None:
    three_jobs(queuectl)
    queuectl.must("enqueue", "--queue", "other", "true")
    queuectl.must("cancel", "1")

    result = queuectl.must("hold", "--queue", "default", "--json")

    assert result.document == {"done": [2, 3], "refused": []}
    assert states(queuectl) == ["cancelled", "held", "held", "pending"]


def test_held_jobs_start_when_they_are_released(queuectl: Program) -> None:
    queuectl.must("enqueue", "--hold", "true")

    queuectl.must("release", "1")

    assert states(queuectl) == ["pending"]


def test_a_dead_job_is_listed_shown_and_retried_with_a_new_allowance(queuectl: Program) -> None:
    queuectl.must("enqueue", "--max-retries", "1", "--backoff-max", "0", "test -e mended")
    queuectl.must("worker", "start", "--burst", "-q")
    [listed] = queuectl.must("dlq", "list", "--json").documents
    shown = queuectl.must("dlq", "show", "1", "--json").document
    (queuectl.folder / "mended").touch()

    queuectl.must("dlq", "retry", "--all")
    queuectl.must("worker", "start", "--burst", "-q")

    assert (listed["id"], len(shown["attempts"])) == (1, 2)
    after = queuectl.job(1)
    assert (after["state"], after["attempt"]) == ("succeeded", 3)
    assert queuectl.must("dlq", "list", "--json").documents == []


def test_finished_jobs_run_again_when_a_person_says_so(queuectl: Program) -> None:
    queuectl.must("enqueue", "echo $QUEUECTL_ATTEMPT")
    queuectl.must("worker", "start", "--burst", "-q")

    queuectl.must("rerun", "--state", "succeeded")
    queuectl.must("worker", "start", "--burst", "-q")

    assert queuectl.must("logs", "1").out == b"2\n"


def test_dlq_show_is_for_dead_jobs_alone(queuectl: Program) -> None:
    queuectl.must("enqueue", "true")

    result = queuectl("dlq", "show", "1")

    assert result.code == 3
    assert "pending, not dead" in result.err


def test_ended_jobs_are_removed_with_their_output(queuectl: Program) -> None:
    queuectl.must("enqueue", "--from", "-", stdin=b"echo 1\necho 2\necho 3\n")
    queuectl.must("worker", "start", "--burst", "-q")
    queuectl.must("enqueue", "true")
    logs = [Path(queuectl.job(n)["log"]) for n in (1, 2, 3)]

    assert queuectl.must("rm", "--queue", "default", "--dry-run").out == b"1\n2\n3\n"
    assert all(log.exists() for log in logs)
    assert queuectl.must("rm", "1", "3-9", "--json").document == {
        "done": [1, 3],
        "refused": [
            {
                "id": 4,
                "error": "cannot remove job 4: it is pending;"
                " that works on cancelled, dead, succeeded jobs",
            }
        ],
    }

    assert [log.exists() for log in logs] == [False, True, False]
    assert states(queuectl) == ["succeeded", "pending"]
    assert queuectl("show", "1").code == 3
    assert queuectl.must("db", "check").code == 0


def test_what_cannot_be_removed_stays_and_says_why(queuectl: Program) -> None:
    queuectl.must("enqueue", "--from", "-", stdin=b"true\n")
    queuectl.must("worker", "start", "--burst", "-q")
    queuectl.must("enqueue", "--hold", "--after", "1", "true")

    needed, waiting, unknown = (queuectl("rm", each) for each in ("1", "2", "77"))

    assert [needed.code, waiting.code, unknown.code] == [4, 4, 3]
    assert "cannot remove job 1: job 2 depends on it and has not ended" in needed.err
    assert "cannot remove job 2: it is held" in waiting.err
    assert queuectl("rm").code == 2
    assert queuectl("rm", "--state", "dead").code == 3
    assert states(queuectl) == ["succeeded", "held"]
