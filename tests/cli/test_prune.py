"""`queuectl prune`: says what would go, deletes it, and nothing else."""

import pytest

from tests.cli.program import Program


@pytest.fixture
def pruned(queuectl: Program) -> Program:
    queuectl.must("enqueue", "--queue", "mail", "--", "echo", "out")
    queuectl.must("enqueue", "--", "true")
    queuectl.must("enqueue", "--hold", "--", "true")
    queuectl.must("worker", "start", "--burst", "--quiet")
    return queuectl


def test_a_dry_run_counts_and_deletes_nothing(pruned: Program) -> None:
    would = pruned.must("prune", "--older-than", "0", "--dry-run", "--json").document

    assert (would["dry_run"], would["jobs"], would["attempts"]) == (True, 2, 2)
    assert would["log_bytes"] == 4
    assert len(pruned.must("list", "--json").documents) == 3


def test_a_filter_chooses_and_the_output_goes_with_the_job(pruned: Program) -> None:
    log = pruned.job(1)["log"]

    deleted = pruned.must("prune", "--older-than", "0", "--queue", "mail", "--json").document

    assert (deleted["jobs"], deleted["logs"]) == (1, 1)
    assert [job["id"] for job in pruned.must("list", "--json").documents] == [3, 2]
    assert not pruned.folder.joinpath(log).exists()


def test_settings_say_what_goes(pruned: Program) -> None:
    pruned.must("config", "set", "keep_succeeded", "0s")

    told = pruned.must("prune").text

    assert told.startswith("deleted 2 jobs, 2 attempts")
    assert [job["id"] for job in pruned.must("list", "--json").documents] == [3]


def test_jobs_that_have_not_ended_cannot_be_chosen(pruned: Program) -> None:
    refused = pruned("prune", "--state", "held")

    assert refused.code == 2
    assert "held jobs have not ended" in refused.err
