"""Output of a run on one host, read on another that shares nothing with it but the server."""

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from queuectl_store import JobId, JobState, OutputOf, Piece, Store, Stream, connect
from queuectl_worker import LogFolder, RunOutput, Worker, outputs, store_logs
from queuectl_worker.sources import EMPTIED_NOTE
from tests.worker.story import job, reaches, running, shell

pytestmark = pytest.mark.not_on("win")


@pytest.fixture
def server(postgres_url: str) -> Iterator[Store]:
    with closing(connect(postgres_url)) as store:
        yield store


def on_host_a(tmp_path: Path, **settings: str) -> dict[str, Any]:
    return {"concurrency": 2, "settings": {"log_dir": str(tmp_path / "host-a"), **settings}}


def elsewhere(server: Store, job_id: JobId, tmp_path: Path) -> RunOutput:
    return RunOutput(server, LogFolder(tmp_path / "host-b"), job(server, job_id))


def burst(server: Store, tmp_path: Path, **settings: str) -> None:
    Worker(server, burst=True, **on_host_a(tmp_path, **settings)).run()


def test_output_is_read_on_another_host_byte_for_byte(server: Store, tmp_path: Path) -> None:
    loud, silent = server.enqueue([shell("printf 'a\\000b\\377'; printf c >&2"), shell("true")])

    burst(server, tmp_path)

    assert elsewhere(server, loud, tmp_path).read() == b"a\0b\xffc"
    assert elsewhere(server, silent, tmp_path).read() == b""
    assert not (tmp_path / "host-b").exists()


def test_last_words_that_come_slowly_are_waited_for(
    server: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A busy host sends the end of a flood bit by bit; silence alone is the end of it."""
    (job_id,) = server.enqueue([shell("printf 0123456789")])
    burst(server, tmp_path)
    ended = job(server, job_id)
    of = OutputOf(job_id, ended.token, Stream.OUT)
    server.outputs.cut(of, 0, 10)
    slow = SlowTime(lambda n: server.outputs.add([Piece(of, n, b"%d" % n)] if n < 8 else []))
    monkeypatch.setattr(outputs, "time", slow)
    monkeypatch.setattr(type(server.reader), "now_ms", lambda _: ended.finished_at + 60_000)
    server.outputs.add([Piece(of, 0, b"0")])

    found = b"".join(piece for _, piece in elsewhere(server, job_id, tmp_path).follow(lambda: True))

    assert found == b"01234567"
    assert slow.sleeps == 7 + 2  # twice after the last one: more than ten seconds without a word


class SlowTime:
    """A time in which each pause takes nine seconds, and *during* it something happens."""

    def __init__(self, during: Callable[[int], object]) -> None:
        self._during, self.sleeps = during, 0

    def monotonic(self) -> float:
        return 1_000 + 9.0 * self.sleeps

    def sleep(self, _: float) -> None:
        self.sleeps += 1
        self._during(self.sleeps)


def test_output_is_followed_on_another_host_while_the_run_goes_on(
    server: Store, tmp_path: Path
) -> None:
    script = f"echo one; while [ ! -e {tmp_path}/go ]; do sleep 0.05; done; seq 1 20000"
    (job_id,) = server.enqueue([shell(script)])
    with running(server, **on_host_a(tmp_path)):
        reaches(server, job_id, JobState.RUNNING)
        output = elsewhere(server, job_id, tmp_path)
        found = output.follow(lambda: job(server, job_id).state is JobState.SUCCEEDED)

        assert next(found) == (Stream.OUT, b"one\n")
        (tmp_path / "go").touch()
        rest = b"".join(piece for _, piece in found)

    assert rest == b"".join(b"%d\n" % n for n in range(1, 20_001))


def test_a_log_that_somebody_emptied_is_followed_on_another_host_all_the_same(
    server: Store, tmp_path: Path
) -> None:
    script = f"echo one; while [ ! -e {tmp_path}/go ]; do sleep 0.05; done; echo two"
    (job_id,) = server.enqueue([shell(script)])
    with running(server, **on_host_a(tmp_path)):
        reaches(server, job_id, JobState.RUNNING)
        output = elsewhere(server, job_id, tmp_path)
        found = output.follow(lambda: job(server, job_id).state is JobState.SUCCEEDED)
        assert next(found) == (Stream.OUT, b"one\n")

        here = LogFolder(tmp_path / "host-a").for_run(job(server, job_id))
        assert here is not None
        os.truncate(here, 0)
        assert next(found) == (Stream.OUT, EMPTIED_NOTE)
        (tmp_path / "go").touch()
        reaches(server, job_id, JobState.SUCCEEDED)

    assert elsewhere(server, job_id, tmp_path).read() == b"one\n" + EMPTIED_NOTE + b"two\n"


def test_streams_that_are_apart_stay_apart(server: Store, tmp_path: Path) -> None:
    (job_id,) = server.enqueue([shell("echo out; echo err >&2", split_output=True)])

    burst(server, tmp_path)

    output = elsewhere(server, job_id, tmp_path)
    assert [output.read(stream) for stream in Stream] == [b"out\n", b"err\n"]
    assert sorted(output.follow(lambda: True)) == [(Stream.OUT, b"out\n"), (Stream.ERR, b"err\n")]


def test_the_end_of_a_flood_arrives_and_the_store_stays_small(
    server: Store, tmp_path: Path
) -> None:
    (job_id,) = server.enqueue([shell("seq 1 3000000; echo last words")])

    burst(server, tmp_path, stored_log_cap="1M")

    text = elsewhere(server, job_id, tmp_path).read()
    assert text.startswith(b"1\n2\n3\n")
    assert text.endswith(b"2999999\n3000000\nlast words\n")
    assert b" bytes cut here" in text
    assert len(text) < 1_100_000
    assert elsewhere(server, job_id, tmp_path).read(tail=2) == b"3000000\nlast words\n"


@pytest.mark.not_on("darwin")
def test_output_lost_to_a_full_disk_is_not_said_to_be_over_its_cap(
    server: Store, tmp_path: Path
) -> None:
    """More is to be kept free than any disk has, so every disk is full."""
    (job_id,) = server.enqueue([shell("seq 1 300000; echo last words")])

    burst(server, tmp_path, log_reserve=str(2**50))

    text = elsewhere(server, job_id, tmp_path).read()
    (run,) = server.reader.attempts(job_id)
    assert text.endswith(b"300000\nlast words\n")
    assert (run.log_lost or 0) > 1_000_000
    assert b"reached its cap" not in text
    # What reached the store before there was a hole in the file is whole.
    assert len(text) == run.log_bytes or b"bytes lost here, the disk was full" in text


def test_each_of_many_short_runs_has_its_output(server: Store, tmp_path: Path) -> None:
    ids = server.enqueue([shell(f"echo {n}") for n in range(60)])

    burst(server, tmp_path)

    texts = [elsewhere(server, job_id, tmp_path).read() for job_id in ids]
    assert texts == [b"%d\n" % n for n in range(60)]


def test_beside_a_sqlite_store_nothing_goes_into_it(store: Store, tmp_path: Path) -> None:
    (job_id,) = store.enqueue([shell("echo out")])

    burst(store, tmp_path)

    assert store.outputs.size(OutputOf(job_id, 1)) == 0
    assert RunOutput(store, LogFolder(tmp_path / "host-a"), job(store, job_id)).read() == b"out\n"


def test_files_are_put_into_a_server_when_a_store_moves_there(
    store: Store, server: Store, tmp_path: Path
) -> None:
    (job_id,) = store.enqueue([shell("echo out; echo err >&2", split_output=True)])
    burst(store, tmp_path)
    store.maintenance.copy_to(server.maintenance)

    count = store_logs(server, LogFolder(tmp_path / "host-a"), cap=1 << 20)

    output = elsewhere(server, job_id, tmp_path)
    assert count == 2
    assert [output.read(stream) for stream in Stream] == [b"out\n", b"err\n"]
