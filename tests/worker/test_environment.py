"""Which variables a command sees."""

from queuectl_store import SETTINGS, Store
from queuectl_worker.environment import pick_environment, run_variables, without_private
from tests.worker.story import claim_one


def test_only_variables_that_a_pattern_names_are_picked() -> None:
    environ = {"PATH": "/bin", "LC_ALL": "C", "AWS_SECRET_ACCESS_KEY": "s", "path": "no"}

    assert pick_environment(environ, ("PATH", "LC_*")) == {"PATH": "/bin", "LC_ALL": "C"}


def test_no_pattern_picks_nothing() -> None:
    assert pick_environment({"PATH": "/bin"}, ()) == {}


def test_even_a_pattern_for_everything_leaves_our_own_settings_out() -> None:
    environ = {"QUEUECTL_DB": "postgresql://u:secret@h/d", "HOME": "/h"}

    assert pick_environment(environ, ("*",)) == {"HOME": "/h"}
    assert without_private(environ) == {"HOME": "/h"}


def test_default_patterns_keep_programs_working_and_leave_secrets_out() -> None:
    patterns = SETTINGS["env_pass"].parse(SETTINGS["env_pass"].default)
    environ = {"PATH": "", "HOME": "", "VIRTUAL_ENV": "", "GITHUB_TOKEN": "", "DB_PASSWORD": ""}

    assert set(pick_environment(environ, patterns)) == {"PATH", "HOME", "VIRTUAL_ENV"}


def test_run_is_told_its_job_attempt_queue_token_and_key(store: Store) -> None:
    claim = claim_one(store)

    assert run_variables(claim) == {
        "QUEUECTL_JOB_ID": str(claim.job.id),
        "QUEUECTL_ATTEMPT": "1",
        "QUEUECTL_QUEUE": "default",
        "QUEUECTL_TOKEN": "1",
        "QUEUECTL_IDEMPOTENCY_KEY": claim.job.key,
    }
