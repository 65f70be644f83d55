"""The checker of the crash tests, tested: it must find the defect of every store that has one."""

from pathlib import Path

from queuectl_store import ManualClock, connect
from tests.crash.checker import complaints
from tests.crash.mutants import MUTANTS, Mutant
from tests.crash.workload import Workload, faulty_commits

SEEDS = range(1, 11)


def test_the_true_store_gives_no_cause_for_complaint(tmp_path: Path) -> None:
    for seed in SEEDS:
        assert (seed, found(tmp_path, seed)) == (seed, [])


def test_every_mutant_is_found(tmp_path: Path) -> None:
    caught = {name: first_find(tmp_path, mutant) for name, mutant in MUTANTS.items()}

    for name, (seed, text) in caught.items():
        print(f"{name}: seed {seed}: {text}")
    missed = [name for name, (seed, _) in caught.items() if seed is None]
    print(f"{len(caught) - len(missed)} of {len(caught)} mutants caught")
    assert missed == []
    assert len(caught) >= 12


def first_find(folder: Path, mutant: Mutant) -> tuple[int | None, str]:
    """Return the first seed under which the checker complains, and its first complaint."""
    for seed in SEEDS:
        if texts := found(folder, seed, mutant):
            return seed, texts[0]
    return None, ""


def found(folder: Path, seed: int, mutant: Mutant | None = None) -> list[str]:
    """Run the workload of *seed* on a new store, and return the complaints."""
    path = folder / f"{len(list(folder.iterdir()))}.db"
    clock = ManualClock()
    with connect(str(path), clock=clock, durability="normal") as store:
        workload = Workload(store, clock, seed)
        with faulty_commits(workload) as patch:
            if mutant is not None:
                mutant(patch)
            return complaints(workload.run())
