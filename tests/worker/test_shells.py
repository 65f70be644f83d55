"""Shell commands whose program is missing: told from programs that end with the same code."""

from pathlib import Path

import pytest

from queuectl_store import JobState, Store
from tests.worker.story import attempts, burst, enqueue, job, shell

pytestmark = pytest.mark.not_on("win")


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("nosuchprogram", "no program named 'nosuchprogram' on the PATH of the job"),
        ("  nosuchprogram --flag > out 2>&1", "no program named 'nosuchprogram'"),
        ("nosuchprogram && true", "no program named 'nosuchprogram'"),
        ("./missing", "the program './missing' does not exist"),
        ("./plain x", "'./plain' is not executable (chmod +x makes it so)"),
        ("./folder", "'./folder' is a folder, not a program"),
        ("./odd", "'./odd' names an interpreter in its first line that does not exist"),
    ],
)
def test_a_program_that_the_shell_cannot_run_is_dead_at_once(
    store: Store, tmp_path: Path, script: str, reason: str
) -> None:
    (tmp_path / "plain").write_text("x")
    (tmp_path / "folder").mkdir()
    (tmp_path / "odd").write_text("#!/no/such/interpreter\n")
    (tmp_path / "odd").chmod(0o755)
    (job_id,) = enqueue(store, shell(script, cwd=str(tmp_path), max_retries=3))

    burst(store)

    found = job(store, job_id)
    assert found.state is JobState.DEAD
    assert reason in (found.note or "")
    [attempt] = attempts(store, job_id)
    assert attempt.exit_code in (126, 127)
    assert reason in (attempt.error or "")


@pytest.mark.parametrize(
    "script",
    [
        "exit 127",
        "./there",
        "true; nosuchprogram",
        "true | nosuchprogram",
        "cd . && nosuchprogram",
        "$NOTHING nosuchprogram",
        "nosuchprogram & exit 127",
    ],
)
def test_the_same_code_for_another_reason_is_a_failure_as_any(
    store: Store, tmp_path: Path, script: str
) -> None:
    (tmp_path / "there").write_text("#!/bin/sh\nexit 126\n")
    (tmp_path / "there").chmod(0o755)
    (job_id,) = enqueue(store, shell(script, cwd=str(tmp_path), max_retries=0))

    burst(store)

    assert (job(store, job_id).note or "").startswith("attempt 1 of 1 failed: exit code 12")


def test_the_path_of_the_job_is_searched_and_not_that_of_the_worker(
    store: Store, tmp_path: Path
) -> None:
    (tmp_path / "mine").write_text("#!/bin/sh\nexit 127\n")
    (tmp_path / "mine").chmod(0o755)
    env = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    (job_id,) = enqueue(store, shell("mine", env=env, max_retries=0))

    burst(store)

    assert job(store, job_id).note == "attempt 1 of 1 failed: exit code 127"


def test_a_job_that_wants_a_retry_by_that_code_gets_it(store: Store) -> None:
    (job_id,) = enqueue(store, shell("nosuchprogram", max_retries=0, exit_retry=frozenset({127})))

    burst(store)

    assert job(store, job_id).note == "attempt 1 of 1 failed: exit code 127"
