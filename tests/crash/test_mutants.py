"""The checker of the crash tests, tested: it must find the defect of every store that has one."""

import shutil
from pathlib import Path

import pytest

from queuectl_store import ManualClock, connect
from tests.crash.checker import complaints
from tests.crash.mutants import MUTANTS, Mutant
from tests.crash.workload import Workload, faulty_commits

SEEDS = range(1, 11)


@pytest.fixture
def blank(tmp_path: Path) -> Path:
    """An empty store, to be copied: making one takes longer than the workload on it."""
    path = tmp_path / "blank"
    connect(str(path)).close()
    return path


def test_the_true_store_gives_no_cause_for_complaint(blank: Path) -> None:
    for seed in SEEDS:
        assert (seed, found(blank, seed)) == (seed, [])


def test_every_mutant_is_found(blank: Path) -> None:
    caught = {name: first_find(blank, mutant) for name, mutant in MUTANTS.items()}

    for name, (seed, text) in caught.items():
        print(f"{name}: seed {seed}: {text}")
    missed = [name for name, (seed, _) in caught.items() if seed is None]
    print(f"{len(caught) - len(missed)} of {len(caught)} mutants caught")
    assert missed == []
    assert len(caught) >= 12


def first_find(blank: Path, mutant: Mutant) -> tuple[int | None, str]:
    """Return the first seed under which the checker complains, and its first complaint."""
    for seed in SEEDS:
        if texts := found(blank, seed, mutant):
            return seed, texts[0]
    return None, ""


def found(blank: Path, seed: int, mutant: Mutant | None = None) -> list[str]:
    """Run the workload of *seed* on a new store, and return the complaints."""
    path = shutil.copy(blank, blank.with_name("tried"))
    clock = ManualClock()
    with connect(str(path), clock=clock, durability="normal") as store:
        workload = Workload(store, clock, seed)
        with faulty_commits(workload) as patch:
            if mutant is not None:
                mutant(patch)
            return complaints(workload.run())
