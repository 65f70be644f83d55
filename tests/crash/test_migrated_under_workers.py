"""A newer program migrates the store while workers of this one run jobs of it."""

import random
import sys
from pathlib import Path

import pytest

from queuectl_store import Job, JobFilter, JobState, Store, schema
from tests.crash.checker import complaints
from tests.crash.errands import nap
from tests.crash.farm import Farm
from tests.crash.history import Evidence, read_histories
from tests.crash.scale import PATIENCE_S
from tests.waiting import eventually

pytestmark = pytest.mark.not_on("win32")

SHORT, LONG = 20, 6
UNTIL_TOLD = "say begin; until [ -e go ]; do sleep 0.05; done; say end"
UNREACHABLE = 5
NEXT = f"{int(schema.HEAD) + 1:04}"
MIGRATION = f'''
import sqlalchemy as sa
from alembic import op

revision = "{NEXT}"
down_revision = "{schema.HEAD}"

def upgrade() -> None:
    op.add_column("queuectl_jobs", sa.Column("mood", sa.Text(), nullable=True))
'''


@pytest.fixture
def newer(tmp_path: Path) -> list[str]:
    """The command of a program that knows one more migration."""
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / f"{NEXT}.py").write_text(MIGRATION)
    return [sys.executable, "-m", "tests.crash.newer_program", str(folder)]


def test_workers_of_before_give_back_what_they_run_and_newer_ones_do_it_all(
    farm: Farm, store: Store, dice: random.Random, newer: list[str]
) -> None:
    short = [farm.job(nap(dice, longest=0.1), max_retries=0) for _ in range(SHORT)]
    long = [farm.job(UNTIL_TOLD, max_retries=0) for _ in range(LONG)]
    acknowledged = store.enqueue([*short, *long, *short])
    old = [farm.start("--concurrency", "2") for _ in range(2)]
    eventually(
        lambda: (
            len(running(store)) == 4
            and store.reader.counts()["default"].get(JobState.SUCCEEDED, 0) >= SHORT
        ),
        within=PATIENCE_S,
        what="the workers of before to run what lasts",
    )

    new = farm.start(program=newer)
    new.until_joined()
    late = farm.start()
    codes = [each.process.wait(timeout=PATIENCE_S) for each in (*old, late)]
    (farm.folder / "go").touch()
    eventually(lambda: not store.work_left(), within=PATIENCE_S, what="every job to end")
    ended = new.stop()

    histories = read_histories(store, farm.witness)
    assert (codes, ended) == ([UNREACHABLE] * 3, 0)
    assert f"schema {NEXT}" in late.err.read_text()
    assert farm.troubles() == []
    assert complaints(Evidence(histories=histories, acknowledged=acknowledged)) == []
    # They have no retries: one that was given back at the price of an attempt would be dead.
    assert {(each.job.state, each.job.attempt) for each in histories} == {(JobState.SUCCEEDED, 1)}
    released = [a for each in histories for a in each.attempts if a.state == "released"]
    assert len(released) >= 4


def running(store: Store) -> list[Job]:
    return store.reader.page(JobFilter(states=[JobState.RUNNING]))


def test_a_client_of_before_is_refused_in_one_line_once_the_store_is_newer(
    farm: Farm, store: Store, tmp_path: Path, newer: list[str]
) -> None:
    new = farm.start(program=newer)
    new.until_joined()

    client = farm.enqueue("true", to=tmp_path / "told")

    assert client.wait(timeout=PATIENCE_S) == UNREACHABLE
    assert (tmp_path / "told").read_text() == ""
    assert store.reader.counts() == {}
    assert new.stop() == 0
