"""The store, on both databases at once, against a plain model of it, through random steps."""

import faulthandler
import itertools
import os
import secrets
from collections.abc import Iterator

import hypothesis
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.properties.coverage import missing, scarce
from tests.properties.everything import Everything
from tests.properties.machine import Tally
from tests.properties.twins import Twins

STEPS_AN_EXAMPLE = 50
ENOUGH = 10_000
STEPS = int(os.environ.get("QUEUECTL_TEST_STEPS", ENOUGH))
# The same steps every time, so that a change is judged by what it changed; 0 looks for new ones.
SEED = int(os.environ.get("QUEUECTL_TEST_SEED", "20261129"))

ROUND = settings(
    max_examples=min(40, -(-STEPS // STEPS_AN_EXAMPLE)),
    stateful_step_count=STEPS_AN_EXAMPLE,
    deadline=None,
    database=None,
    derandomize=False,
    print_blob=True,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def twins(sqlite_url: str, postgres_url: str) -> Iterator[Twins]:
    both = Twins(sqlite_url=sqlite_url, postgres_url=postgres_url)
    yield both
    both.close()


def test_both_stores_do_what_the_model_does(twins: Twins) -> None:
    seed = SEED or secrets.randbelow(10**9)
    print(f"to see this run again: QUEUECTL_TEST_SEED={seed} QUEUECTL_TEST_STEPS={STEPS}")
    # It may take longer than a test that hangs, above all while it makes an example shorter.
    faulthandler.cancel_dump_traceback_later()
    tally = Tally()

    class Machine(Everything):
        pass

    Machine.twins, Machine.tally = twins, tally
    rounds = itertools.count(seed)
    while tally.steps < STEPS:
        run_state_machine_as_test(hypothesis.seed(next(rounds))(Machine), settings=ROUND)

    print(f"{tally.steps} steps; scarce were {scarce(tally, most=STEPS // 500)}")
    # A shorter run, while rules are written, only says what it missed.
    assert STEPS < ENOUGH or missing(tally) == []
