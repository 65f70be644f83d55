"""The pruner's tick: small steps with rests between them, and a long one when nothing is left."""

import os
from pathlib import Path

import pytest

from queuectl_store import Freed, JobFilter, Store
from queuectl_worker import LogFolder, log_root
from queuectl_worker.pruner import EACH_S, FIRST_S, LEAST_REST_S, pruner, rest_after
from queuectl_worker.tuning import Tuner
from tests.waiting import eventually
from tests.worker.story import burst, enqueue, running, shell


def test_a_worker_prunes_jobs_and_their_output(store: Store) -> None:
    enqueue(store, shell("echo out"), shell("echo out"))
    burst(store)
    root = log_root(store)
    assert len(list(root.glob("*/*.log"))) == 2

    store.settings.set("keep_succeeded", "0")
    with running(store):
        eventually(
            lambda: not store.reader.page(JobFilter()) and not list(root.glob("*/*.log")),
            within=20,
            what="jobs and output to be pruned",
        )


def test_the_tick_rests_longer_than_it_works_and_long_at_the_end(
    store: Store, tmp_path: Path
) -> None:
    store.settings.set("keep_succeeded", "0")
    enqueue(store, shell("true"), shell("true"))
    burst(store)
    tick = pruner(store, Tuner(store, {}), LogFolder(tmp_path / "none"))

    pauses = [tick()]
    while pauses[-1] < EACH_S:
        pauses.append(tick())

    assert len(pauses) > 1
    assert not store.reader.page(JobFilter())


def test_a_setting_of_the_worker_wins_over_the_store(store: Store, tmp_path: Path) -> None:
    enqueue(store, shell("true"))
    burst(store)
    tick = pruner(store, Tuner(store, {"keep_succeeded": "0"}), LogFolder(tmp_path / "none"))

    while tick() < EACH_S:
        pass

    assert not store.reader.page(JobFilter())


def test_a_setting_that_makes_no_sense_prunes_nothing(store: Store, tmp_path: Path) -> None:
    text = "INSERT INTO queuectl_settings VALUES ('keep_succeeded', 'soon')"
    tuner = Tuner(store, {})
    store._database.write(lambda c: c.exec_driver_sql(text))
    tuner.refresh()

    tick = pruner(store, tuner, LogFolder(tmp_path / "none"))

    assert [tick(), tick()] == [FIRST_S, EACH_S]
    assert os.path.exists(str(store.path))


def test_a_step_that_only_looked_is_followed_by_a_longer_rest() -> None:
    """Measuring what is kept goes on as long as much is kept, and must not cost a core."""
    assert rest_after(Freed(jobs=1), took_s=0.5) == 1.0
    assert rest_after(Freed(), took_s=0.5) == 5.0
    assert rest_after(Freed(), took_s=0.0) == LEAST_REST_S


def test_a_folder_that_cannot_be_read_is_told_once_and_ends_no_worker(
    store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    logs = LogFolder(tmp_path / "a-file" / "logs")
    logs.root.parent.touch()
    tick = pruner(store, Tuner(store, {}), logs)

    pauses = [tick()]
    while pauses.count(EACH_S) < 2:
        pauses.append(tick())

    (told,) = [each for each in caplog.records if each.message == "output is not pruned"]
    assert "a-file" in told.__dict__["reason"]
