"""What runs printed, kept in the store in pieces."""

import os

from queuectl_store import (
    PIECE_BYTES,
    JobId,
    ManualClock,
    OutputOf,
    Piece,
    Store,
    Stream,
    Succeeded,
)
from tests.conformance.story import a_worker, claim_one, ended, enqueue_one

BYTES = bytes(range(256)) * 16


def pieces(of: OutputOf, body: bytes, *, start: int = 0, size: int = 1_000) -> list[Piece]:
    return [Piece(of, start + at, body[at : at + size]) for at in range(0, len(body), size)]


def text_of(store: Store, of: OutputOf) -> bytes:
    found, position = b"", 0
    while more := store.outputs.since(of, position):
        found += b"".join(body for _, body in more)
        position = more[-1][0] + len(more[-1][1])
    return found


def a_run(store: Store) -> OutputOf:
    return OutputOf(enqueue_one(store), 1)


def test_any_bytes_come_back_in_order_however_many_pieces_they_are(store: Store) -> None:
    of, body = a_run(store), os.urandom(3 * PIECE_BYTES) + BYTES
    store.outputs.add(pieces(of, body, size=PIECE_BYTES // 8)[::-1])

    assert text_of(store, of) == body
    assert store.outputs.size(of) == len(body)


def test_runs_and_streams_are_kept_apart(store: Store) -> None:
    of = a_run(store)
    others = [of._replace(token=2), of._replace(stream=Stream.ERR), a_run(store)]
    for number, each in enumerate([of, *others]):
        store.outputs.add(pieces(each, b"%d" % number))

    assert [text_of(store, each) for each in (of, *others)] == [b"0", b"1", b"2", b"3"]
    assert store.outputs.size(OutputOf(of.job_id, 9)) == 0


def test_a_reader_gets_the_piece_that_reaches_beyond_where_it_is(store: Store) -> None:
    of = a_run(store)
    store.outputs.add(pieces(of, BYTES))

    assert store.outputs.since(of, 1_000)[0] == (1_000, BYTES[1_000:2_000])
    assert store.outputs.since(of, 1_999)[0] == (1_000, BYTES[1_000:2_000])
    assert store.outputs.since(of, len(BYTES)) == []


def test_a_piece_that_is_written_twice_is_there_once(store: Store) -> None:
    of = a_run(store)
    for _ in range(2):
        store.outputs.add(pieces(of, BYTES))

    assert text_of(store, of) == BYTES


def test_the_middle_can_be_cut(store: Store) -> None:
    of = a_run(store)
    store.outputs.add(pieces(of, BYTES))

    store.outputs.cut(of, 1_000, 3_000)

    assert [start for start, _ in store.outputs.since(of, 0)] == [0, 3_000, 4_000]


def test_output_of_a_job_that_is_gone_is_not_stored(store: Store) -> None:
    store.outputs.add(pieces(OutputOf(JobId(77), 1), BYTES))

    assert store.outputs.size(OutputOf(JobId(77), 1)) == 0


def test_output_goes_with_its_job(store: Store) -> None:
    of = a_run(store)
    worker = a_worker(store)
    store.finish(worker, [ended(claim_one(store, worker), Succeeded())])
    store.outputs.add(pieces(of, BYTES))

    store.admin.remove([of.job_id])

    assert store.outputs.size(of) == 0


def test_old_output_is_pruned_in_steps_and_newer_output_stays(
    store: Store, clock: ManualClock
) -> None:
    old, new = a_run(store), a_run(store)
    store.outputs.add(pieces(old, BYTES, size=10))
    clock.advance(ms=60_000)
    store.outputs.add(pieces(new, BYTES))

    gone = list(store.outputs.prune(older_than_ms=30_000))

    assert (sum(gone), max(gone)) == (410, 200)
    assert store.outputs.size(old) == 0
    assert text_of(store, new) == BYTES
