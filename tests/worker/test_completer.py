"""Ends of runs wait for company, and none is let go of before it is recorded."""

import pytest

from queuectl_store import Claim, Finish, Store, Succeeded
from queuectl_worker.completer import BACK_PRESSURE, FULL, LATEST_MS, Completer
from tests.worker.story import claim_one


@pytest.fixture
def finish(store: Store) -> Finish:
    claim: Claim = claim_one(store)
    return Finish(claim=claim, outcome=Succeeded())


def test_nothing_waiting_is_never_due() -> None:
    assert Completer().due_in_ms(0, more_soon=False) is None


def test_single_end_is_due_at_once_when_no_other_comes_soon(finish: Finish) -> None:
    completer = Completer()
    completer.add(finish, now_ms=100)

    assert completer.due_in_ms(100, more_soon=False) == 0


def test_end_waits_a_few_milliseconds_for_others_that_come_soon(finish: Finish) -> None:
    completer = Completer()
    completer.add(finish, now_ms=100)

    assert completer.due_in_ms(101, more_soon=True) == LATEST_MS - 1
    assert completer.due_in_ms(100 + LATEST_MS, more_soon=True) == 0


def test_full_batch_waits_for_nobody(finish: Finish) -> None:
    completer = Completer()
    for _ in range(FULL):
        completer.add(finish, now_ms=100)

    assert completer.due_in_ms(100, more_soon=True) == 0


def test_unanswered_ends_are_kept_and_tried_again_after_growing_pauses(finish: Finish) -> None:
    completer = Completer()
    completer.add(finish, now_ms=0)

    first = completer.unanswered(0)
    second = completer.unanswered(first)

    assert 0 < first < second
    assert completer.waiting() == (finish,)
    assert completer.due_in_ms(first, more_soon=False) == second


def test_pause_is_over_once_the_store_answers(finish: Finish) -> None:
    completer = Completer()
    completer.add(finish, now_ms=0)
    completer.unanswered(0)

    completer.recorded(completer.waiting(), refused=[])

    assert len(completer) == 0
    assert completer.pause_left_ms(0) == 0


def test_ends_that_came_during_the_commit_stay_for_the_next(finish: Finish) -> None:
    completer = Completer()
    completer.add(finish, now_ms=0)
    sent = completer.waiting()
    completer.add(finish, now_ms=1)

    completer.recorded(sent, refused=[finish])

    assert len(completer) == 1
    assert completer.refused == 1


def test_too_many_unrecorded_ends_stop_claims(finish: Finish) -> None:
    completer = Completer()
    for _ in range(BACK_PRESSURE):
        completer.add(finish, now_ms=0)

    assert completer.is_overfull


def test_dropped_ends_are_counted_as_refused(finish: Finish) -> None:
    completer = Completer()
    completer.add(finish, now_ms=0)

    assert completer.drop() == 1
    assert completer.refused == 1
    assert completer.due_in_ms(0, more_soon=False) is None
