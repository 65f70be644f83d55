"""What `doctor` finds, and what it says to do."""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from queuectl.exits import Exit
from queuectl.surroundings import (
    group_symptoms,
    login_symptoms,
    name_symptom,
    output_symptom,
    programs_on_path,
)
from queuectl_store import JobState, Level, ManualClock, Symptom, Worker, WorkerId, connect
from queuectl_store.engines.postgres_health import (
    bloat_symptom,
    clock_symptom,
    transaction_symptom,
)
from queuectl_store.engines.sqlite_health import clock, disk, library, pages, symptoms
from queuectl_store.limits.queues import Queue, QueueState
from queuectl_store.upkeep.health import of_hooks, of_workers
from tests.cli.inprocess import Inside
from tests.conformance.story import enqueue_one


def checks(home: Inside, *words: str) -> Mapping[str, Mapping[str, str]]:
    return {each["name"]: each for each in home("doctor", "--json", *words).document["checks"]}


def test_a_new_store_is_well(inside: Inside) -> None:
    found = checks(inside)

    assert {"store", "writable", "journal", "wal", "sqlite", "disk", "workers"} <= found.keys()
    assert {"settings", "output", "name"} <= found.keys()
    assert all(each["level"] != "failure" for each in found.values())
    assert inside("doctor", "-q", "--strict").code in (0, 1)


@pytest.mark.parametrize("line", ["max_retris = 4", 'durability = "x"', "max_retries ="])
def test_a_settings_file_that_cannot_be_read_is_told_as_such(inside: Inside, line: str) -> None:
    inside.must("db", "init")
    (inside.folder / "queuectl.toml").write_text(line)

    told = inside("doctor", "--json")

    found = {each["name"]: each for each in told.document["checks"]}
    assert told.code == 1
    assert found["settings"]["level"] == "failure"
    assert "queuectl.toml" in found["settings"]["text"]
    assert "config path" in found["settings"]["remedy"]


def test_jobs_without_a_worker_are_a_warning_with_a_remedy(inside: Inside) -> None:
    inside.must("enqueue", "true")

    told = inside("doctor")

    assert told.code == 0
    assert "no worker runs, and jobs wait" in told.text
    assert "`queuectl worker start`" in told.text
    assert inside("doctor", "--strict").code == 1


def test_a_store_that_is_not_there_is_told_beside_the_rest(tmp_path: Path) -> None:
    inside = Inside(folder=tmp_path)

    told = inside("doctor", "--json")

    assert told.code == 5
    found = {each["name"]: each for each in told.document["checks"]}
    assert found["store"]["level"] == "failure"
    assert "there is no store" in found["store"]["text"]
    assert "db init" in found["store"]["remedy"]
    assert "name" in found


def test_a_setting_that_cannot_be_read_is_a_failure(inside: Inside) -> None:
    told = inside("doctor", "--json", QUEUECTL_LEASE="soon")

    assert told.code == 1
    [settings] = [each for each in told.document["checks"] if each["name"] == "settings"]
    assert "lease from QUEUECTL_LEASE" in settings["text"]
    assert "config list" in settings["remedy"]


@pytest.mark.not_on("win32")
def test_a_store_that_others_may_open_is_a_warning(inside: Inside) -> None:
    inside.db.chmod(0o644)

    assert checks(inside)["permissions"]["remedy"] == f"chmod 600 {inside.db}*"


def test_a_journal_of_another_mode_is_a_failure(inside: Inside) -> None:
    found = {each.name: each for each in symptoms(inside.db, journal_mode="delete")}

    assert found["journal"].level is Level.FAILURE


def test_a_large_log_is_a_warning(inside: Inside) -> None:
    with open(f"{inside.db}-wal", "wb") as log:
        log.truncate(65 * 2**20)

    found = {each.name: each for each in symptoms(inside.db, journal_mode="wal")}

    assert found["wal"].level is Level.WARNING
    assert "65 MiB" in found["wal"].text


@pytest.mark.parametrize(
    ("free", "level"), [(2**31, Level.OK), (2**29, Level.WARNING), (2**20, Level.FAILURE)]
)
def test_a_disk_is_judged_by_what_is_free(free: int, level: Level) -> None:
    assert disk(Path("/x"), free=free).level is level


@pytest.mark.parametrize(
    ("behind_s", "level"), [(-5, Level.OK), (30, Level.OK), (3_600, Level.WARNING)]
)
def test_a_clock_is_judged_by_the_newest_event(behind_s: float, level: Level) -> None:
    assert clock(behind_s=behind_s).level is level


def test_a_clock_that_was_set_back_is_found(inside: Inside) -> None:
    with connect(str(inside.db), clock=ManualClock(now_ms=4_000_000_000_000)) as store:
        enqueue_one(store)

    assert checks(inside)["clock"]["level"] == "warning"


def test_an_old_sqlite_is_told_with_what_keeps_it_safe() -> None:
    assert "keeps it from that" in library((3, 40, 1)).text
    assert library((3, 51, 3)).text == "SQLite 3.51.3"


@pytest.mark.not_on("win32", "darwin")
def test_a_worker_without_a_control_group_is_told_and_no_warning() -> None:
    here = worker(1, host="here", pid=os.getpid())
    there = worker(2, host="elsewhere", pid=os.getpid())
    gone = worker(3, host="here", alive=False)

    found = list(group_symptoms([here, there, gone], host="here"))

    assert [(each.name, each.level) for each in found] == [("groups", Level.OK)]
    assert "no control group was delegated to the worker" in found[0].text
    assert "service install" in str(found[0].remedy)


def worker(number: int, **more: object) -> Worker:
    facts: dict[str, object] = {
        "host": "h",
        "pid": 1,
        "state": "running",
        "concurrency": 2,
        "queues": None,
        "version": "1",
        "started_at": 0,
        "seen_at": 0,
        "running": 0,
        "alive": True,
    }
    return Worker(id=WorkerId(number), **{**facts, **more})  # type: ignore[arg-type]


WAITING = {JobState.PENDING: 3}


@pytest.mark.parametrize(
    ("workers", "queues", "text"),
    [
        ([], [Queue(name="a", counts=WAITING)], "no worker runs, and jobs wait"),
        (
            [worker(1, queues=("b",))],
            [Queue(name="a", counts=WAITING)],
            "no worker serves a, where jobs wait",
        ),
        (
            [worker(1)],
            [Queue(name="a", counts=WAITING, state=QueueState.PAUSED)],
            "the queue a is paused, and jobs wait in it",
        ),
        ([worker(1, alive=False, running=2)], [], "1 worker vanished with jobs that they ran"),
        (
            [worker(1, version="0.9")],
            [],
            "workers of the versions 0.9 run beside this one, 1",
        ),
    ],
)
def test_workers_and_queues_are_judged(
    workers: list[Worker], queues: list[Queue], text: str
) -> None:
    found = list(of_workers(workers, queues, version="1"))

    assert [each.level for each in found if each.text == text] == [Level.WARNING]
    assert all(each.remedy for each in found if each.level is Level.WARNING)


def test_hooks_that_no_worker_tells_are_a_warning(inside: Inside) -> None:
    inside.must("hook", "add", "pager", "--command", "true")
    with connect(str(inside.db)) as store:
        hooks = store.hooks.all()

    (told,) = of_hooks(hooks, [worker(1, queues=("video",)), worker(2, alive=False)])
    (well,) = of_hooks(hooks, [worker(1, queues=("video",)), worker(2)])

    assert (told.level, well.level) == (Level.WARNING, Level.OK)
    assert "1 hook told of nothing" in told.text
    assert told.remedy == "`queuectl worker start --queue queuectl.hooks`"
    assert list(of_hooks(hooks, [])) == []  # without any worker that is what is said
    assert list(of_hooks([replace(hooks[0], paused=True)], [worker(1, queues=("a",))])) == []


def test_all_is_well_with_a_worker_that_serves_all() -> None:
    found = list(of_workers([worker(1)], [Queue(name="a", counts=WAITING)], version="1"))

    assert [(each.level, each.text) for each in found] == [(Level.OK, "1 worker with 2 slots")]


@pytest.mark.parametrize(
    ("symptom", "level"),
    [
        (clock_symptom(0.2), Level.OK),
        (clock_symptom(-9.0), Level.WARNING),
        (transaction_symptom(3.0), Level.OK),
        (transaction_symptom(4_000.0), Level.WARNING),
        (bloat_symptom([("queuectl_jobs", 10, 90_000)]), Level.OK),
        (bloat_symptom([("queuectl_jobs", 10, 200_000)]), Level.WARNING),
    ],
)
def test_a_server_is_judged(symptom: Symptom, level: Level) -> None:
    assert symptom.level is level
    assert bool(symptom.remedy) is (level is Level.WARNING)


def test_a_real_server_shows_its_symptoms(postgres_url: str) -> None:
    with connect(postgres_url) as store:
        found = {each.name: each.level for each in store.maintenance.symptoms()}

    assert found == dict.fromkeys(
        ("writable", "server", "clock", "transactions", "bloat"), Level.OK
    )


@pytest.mark.not_on("win32")
def test_another_program_of_the_name_is_found(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("a", "b")]
    for folder in folders:
        folder.mkdir()
        (folder / "queuectl").write_text("#!/bin/sh\n")
        (folder / "queuectl").chmod(0o755)

    programs = programs_on_path(os.pathsep.join(map(str, folders)))

    assert programs == [folder / "queuectl" for folder in folders]
    assert name_symptom(programs, own=folders[0] / "queuectl").level is Level.OK
    shadowed = name_symptom(programs, own=folders[1] / "queuectl")
    assert shadowed.level is Level.WARNING
    assert str(folders[1]) in (shadowed.remedy or "")
    assert name_symptom([], own=folders[0] / "queuectl").level is Level.OK


@pytest.mark.not_on("win32", "darwin")
@pytest.mark.parametrize(
    ("says", "level"), [("yes", Level.OK), ("no", Level.WARNING), (None, None)]
)
def test_a_service_that_ends_at_logout_is_a_warning(
    tmp_path: Path, says: str | None, level: Level | None
) -> None:
    units = tmp_path / "systemd" / "user"
    units.mkdir(parents=True)
    (units / "queuectl-worker.service").touch()

    found = list(login_symptoms({"XDG_CONFIG_HOME": str(tmp_path)}, lambda _: says))

    assert [each.level for each in found] == ([] if level is None else [level])


@pytest.mark.not_on("win32")
def test_a_folder_without_the_right_to_write_is_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may write everywhere

    assert output_symptom(tmp_path / "not" / "there").level is Level.FAILURE


def test_a_file_where_the_folder_of_the_output_should_be_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()

    assert output_symptom(tmp_path / "taken" / "logs").level is Level.FAILURE
    assert output_symptom(tmp_path / "free" / "logs").level is Level.OK


def test_overwritten_pages_are_told_as_damage(inside: Inside) -> None:
    inside.must("enqueue", "--from", "-", stdin=b"true\n" * 600)
    page, content = 4096, bytearray(inside.db.read_bytes())
    # The later half: the pages of the schema come first, and without them nothing opens.
    for start in range(len(content) // page // 2 * page, len(content) - page, 3 * page):
        content[start + 100 : start + 400] = b"\xff" * 300
    inside.db.write_bytes(content)

    told = inside("doctor")

    assert told.code == Exit.DAMAGED
    assert "is damaged (" in told.text
    assert "restore a backup" in told.text


def test_a_large_file_is_left_to_the_check(tmp_path: Path) -> None:
    def look() -> list[str]:
        raise AssertionError("it takes too long")

    found = pages(1 << 30, look, tmp_path / "queue.db")

    assert (found.level, found.remedy) == (Level.OK, "`queuectl db check` reads them all")
