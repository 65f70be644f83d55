"""An output on its way into the store: nothing twice, nothing out of place, never over its cap."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from queuectl_store import OutputOf, Store
from queuectl_worker.guardian.marks import PRESSED_END, PRESSED_MARK
from queuectl_worker.shipment import MOST_BEHIND, Shipment
from queuectl_worker.sources import BLOCK, EMPTIED_NOTE, StoredSource, pieces
from tests.worker.story import enqueue, shell

MB = 1 << 20
CAP = 4 * MB
ROOM = 1 << 30


@pytest.fixture
def of(store: Store) -> OutputOf:
    return OutputOf(enqueue(store, shell("true"))[0], 1)


@pytest.fixture
def write(tmp_path: Path) -> Callable[[bytes], None]:
    def write(body: bytes) -> None:
        with (tmp_path / "a.log").open("ab") as file:
            file.write(body)

    return write


def ship(store: Store, shipment: Shipment, *, room: int = ROOM) -> None:
    cuts, taken = shipment.take(room)
    for start, end in cuts:
        store.outputs.cut(shipment.of, start, end)
    store.outputs.add(taken)


def stored(store: Store, of: OutputOf) -> bytes:
    source = StoredSource(store.outputs, of)
    return b"".join(pieces(source, 0, source.size()))


def kept(store: Store, of: OutputOf) -> int:
    source = StoredSource(store.outputs, of)
    return sum(len(body) for _, body in source.blocks(0, source.size()))


def numbers(first: int, last: int) -> bytes:
    """Return lines of eight bytes, so that a byte out of place shows."""
    return b"".join(b"%07d\n" % n for n in range(first, last))


def test_what_grows_arrives_byte_for_byte(
    store: Store, of: OutputOf, tmp_path: Path, write: Callable[[bytes], None]
) -> None:
    shipment = Shipment(of, tmp_path / "a.log", cap=CAP)
    ship(store, shipment)  # the file is not there yet
    for n in range(20):
        write(numbers(n * 1_000, (n + 1) * 1_000))
        ship(store, shipment)

    shipment.has_ended = True
    ship(store, shipment)

    assert shipment.is_done
    assert stored(store, of) == numbers(0, 20_000)


def test_no_more_than_there_is_room_for_is_taken_at_once(
    store: Store, of: OutputOf, tmp_path: Path, write: Callable[[bytes], None]
) -> None:
    write(numbers(0, 100_000))
    shipment = Shipment(of, tmp_path / "a.log", cap=CAP, has_ended=True)

    _, taken = shipment.take(1_000)

    assert sum(len(piece.body) for piece in taken) <= 65_536
    assert not shipment.is_done


def test_a_silent_run_is_done_at_its_end(store: Store, of: OutputOf, tmp_path: Path) -> None:
    shipment = Shipment(of, tmp_path / "a.log", cap=CAP)
    ship(store, shipment)
    assert not shipment.is_done

    shipment.has_ended = True
    ship(store, shipment)

    assert shipment.is_done
    assert store.outputs.size(of) == 0


def test_both_ends_of_a_flood_are_kept_and_its_middle_is_stated(
    store: Store, of: OutputOf, tmp_path: Path, write: Callable[[bytes], None]
) -> None:
    shipment, lines = Shipment(of, tmp_path / "a.log", cap=CAP), 0
    for _ in range(6):
        write(numbers(lines, lines + 3 * MOST_BEHIND // 8))
        lines += 3 * MOST_BEHIND // 8
        ship(store, shipment)
        assert kept(store, of) <= CAP + 2 * MB

    shipment.has_ended = True
    while not shipment.is_done:
        ship(store, shipment)

    whole, text = numbers(0, lines), stored(store, of)
    cut = len(whole) - CAP
    note = f"\n[queuectl: {cut:,} bytes cut here, the log reached its cap]\n".encode()
    assert text == whole[: CAP // 2] + note + whole[-CAP // 2 :]
    assert store.outputs.size(of) == len(whole)


def test_a_long_output_that_comes_slowly_is_held_under_the_cap_too(
    store: Store, of: OutputOf, tmp_path: Path, write: Callable[[bytes], None]
) -> None:
    shipment, lines = Shipment(of, tmp_path / "a.log", cap=CAP), 0
    for _ in range(24):
        write(numbers(lines, lines + MB // 16))
        lines += MB // 16
        ship(store, shipment)
        assert kept(store, of) <= CAP + 2 * MB

    shipment.has_ended = True
    while not shipment.is_done:
        ship(store, shipment)

    assert stored(store, of).endswith(numbers(lines - CAP // 16, lines))
    assert kept(store, of) <= CAP + 2 * MB


@pytest.mark.not_on("win", "darwin")
@pytest.mark.parametrize("is_late", [False, True])
def test_what_a_full_disk_cost_is_stated_in_the_store_too(
    store: Store, of: OutputOf, tmp_path: Path, is_late: bool
) -> None:
    """Also where the beginning was stored before the file had its mark."""
    path, hole = tmp_path / "a.log", 100 * BLOCK
    head, end = numbers(0, PRESSED_END // 8), numbers(7, 107)
    shipment = Shipment(of, path, cap=CAP)
    if is_late:
        path.write_bytes(head)
        ship(store, shipment)
    with path.open("wb") as file:
        file.write(head[: -len(PRESSED_MARK)] + PRESSED_MARK)
        file.seek(hole, os.SEEK_CUR)
        file.write(end)

    shipment.has_ended = True
    ship(store, shipment)

    lost = hole - (len(PRESSED_MARK) if is_late else 0)
    note = f"\n[queuectl: {lost:,} bytes lost here, the disk was full]\n".encode()
    kept = head if is_late else head[: -len(PRESSED_MARK)]
    assert stored(store, of) == kept + PRESSED_MARK + note + end


@pytest.mark.parametrize("left", [0, 500])
def test_what_is_printed_after_somebody_emptied_the_file_comes_after_a_note(
    store: Store, of: OutputOf, tmp_path: Path, write: Callable[[bytes], None], left: int
) -> None:
    shipment = Shipment(of, tmp_path / "a.log", cap=CAP)
    write(numbers(0, 1_000))
    ship(store, shipment)

    os.truncate(tmp_path / "a.log", left)
    write(b"new\n")
    ship(store, shipment)
    write(b"newer\n")
    shipment.has_ended = True
    ship(store, shipment)

    assert shipment.is_done
    kept = numbers(0, 1_000)
    assert stored(store, of) == kept + EMPTIED_NOTE + kept[:left] + b"new\nnewer\n"


def test_a_flood_into_an_emptied_file_is_cut_without_what_was_before_it(
    store: Store, of: OutputOf, tmp_path: Path, write: Callable[[bytes], None]
) -> None:
    shipment = Shipment(of, tmp_path / "a.log", cap=CAP)
    write(numbers(0, MB // 16))
    ship(store, shipment)
    os.truncate(tmp_path / "a.log", 0)
    ship(store, shipment)
    write(numbers(0, 10 * MB // 8))
    ship(store, shipment)

    shipment.has_ended = True
    while not shipment.is_done:
        ship(store, shipment)

    text = stored(store, of)
    assert text.startswith(numbers(0, MB // 16) + EMPTIED_NOTE)
    assert text.endswith(numbers(9 * MB // 8, 10 * MB // 8))
    assert kept(store, of) <= CAP + 2 * MB
