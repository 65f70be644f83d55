"""`kill -9` of a bulk enqueue at random moments: whole batches or nothing of them."""

import random
import subprocess
import time
from pathlib import Path

from queuectl_store import JobFilter, Store
from tests.crash.farm import Farm
from tests.crash.scale import scaled

LINES = 4_500
BATCH = 1_000
BATCH_ENDS = (*range(0, LINES, BATCH), LINES)
KILLS = 8


def test_a_killed_bulk_enqueue_leaves_whole_batches(
    farm: Farm, store: Store, dice: random.Random
) -> None:
    kills = scaled(KILLS, store)
    whole_s = run_whole(farm, store)

    found = []
    for number in range(kills):
        # The imports of the program take the first part, and a kill there shows little.
        at_s = whole_s * (0.45 + 0.55 * (number + dice.random()) / kills)
        code, printed = kill_after(farm, number, at_s)
        names = stored_names(store, number)
        found.append(len(names))

        assert names == [f"{number}/{line}" for line in range(len(names))]
        assert len(names) in BATCH_ENDS
        assert set(printed) <= ids_of(store, number)
        assert len(printed) == LINES or code != 0
    print(f"a whole enqueue takes {whole_s:.2f} s; killed ones left {found}")


def run_whole(farm: Farm, store: Store) -> float:
    """Enqueue every line without a kill, and return how long that takes."""
    began = time.monotonic()
    code = start(farm, "whole").wait()

    took = time.monotonic() - began
    assert code == 0
    assert len(stored_names(store, "whole")) == LINES
    return took


def kill_after(farm: Farm, number: int, seconds: float) -> tuple[int, list[int]]:
    """Kill an enqueue after *seconds*; return its exit code and the ids that it acknowledged."""
    client = start(farm, number)
    try:
        client.wait(seconds)
    except subprocess.TimeoutExpired:
        client.kill()
    code = client.wait()
    lines = printed_by(farm, number).read_bytes().split(b"\n")[:-1]
    return code, [int(line) for line in lines]


def start(farm: Farm, name: object) -> subprocess.Popen[bytes]:
    source = farm.folder / f"lines-{name}"
    source.write_text("".join(f": {name}/{line}\n" for line in range(LINES)))
    queue = f"round-{name}"
    return farm.enqueue("--queue", queue, "--from", str(source), to=printed_by(farm, name))


def printed_by(farm: Farm, name: object) -> Path:
    return farm.folder / f"printed-{name}"


def stored_names(store: Store, name: object) -> list[str]:
    """Return which lines are stored, in the order of their ids."""
    jobs = store.reader.page(JobFilter(queues=[f"round-{name}"]), limit=LINES + 1)
    return [str(job.command).removeprefix(": ") for job in reversed(jobs)]


def ids_of(store: Store, name: object) -> set[int]:
    return {
        job.id for job in store.reader.page(JobFilter(queues=[f"round-{name}"]), limit=LINES + 1)
    }
