"""Claims on the counter: each is taken once, by a process or by the worker that laid it out."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from queuectl_store import Claim, JobId, Store
from queuectl_worker.executors import RunKey, RunRecalled, RunReport, RunStarted, key_of
from queuectl_worker.executors.pool.counter import MOST_BYTES, Counter, taken
from queuectl_worker.executors.pool.lobby import Lobby
from tests.worker.story import claim_one

pytestmark = pytest.mark.not_on("win32")
BODY = b"{}"


@pytest.fixture
def counter() -> Iterator[Counter]:
    made = Counter()
    yield made
    made.close()


@pytest.fixture
def told() -> list[RunReport]:
    return []


@pytest.fixture
def lobby(counter: Counter, told: list[RunReport]) -> Lobby:
    return Lobby(told.append, lambda claim: b"%d" % claim.job.id, counter)


@pytest.fixture
def claims(store: Store) -> list[Claim]:
    """Five claims, of jobs 1 to 5."""
    one = claim_one(store)
    return [Claim(replace(one.job, id=JobId(n)), one.token) for n in range(1, 6)]


def key(n: int) -> RunKey:
    return JobId(n), 1


def test_what_lies_there_is_taken_in_its_order_and_once(counter: Counter) -> None:
    assert all(counter.put(key(n), b"%d" % n) for n in (1, 2, 3))

    assert taken(counter.outlet) == b"1"
    assert counter.take() == (key(2), b"2")
    assert taken(counter.outlet) == b"3"
    assert taken(counter.outlet) is None
    assert counter.take() is None


def test_a_claim_that_is_too_long_for_a_message_goes_another_way(counter: Counter) -> None:
    assert not counter.put(key(1), bytes(MOST_BYTES + 1))
    assert counter.take() is None


def test_a_full_counter_takes_no_more_and_loses_nothing(counter: Counter) -> None:
    laid_out = 0
    while counter.put(key(laid_out + 1), BODY):
        laid_out += 1

    assert laid_out > 10
    assert [found[0] for found in iter(counter.take, None)] == [
        key(n) for n in range(1, laid_out + 1)
    ]


def test_a_recall_takes_back_what_lies_there_and_not_what_a_process_has(
    lobby: Lobby, counter: Counter, claims: list[Claim], told: list[RunReport]
) -> None:
    lobby.add(claims)
    lobby.lay_out()
    assert taken(counter.outlet) == b"1"

    lobby.give_back(map(key_of, claims[:3]))

    assert told == [RunRecalled(key_of(claim)) for claim in claims[1:3]]
    assert lobby.out == [key_of(claims[0])]
    assert lobby.begun(key_of(claims[0])) is claims[0]
    assert [lobby.take(), lobby.take(), lobby.take()] == [
        (claims[3], b"4"),
        (claims[4], b"5"),
        None,
    ]


def test_what_a_process_took_and_never_began_waits_again_before_the_others(
    lobby: Lobby, counter: Counter, claims: list[Claim]
) -> None:
    lobby.add(claims)
    lobby.lay_out()
    taken(counter.outlet)
    taken(counter.outlet)

    lobby.fetch()
    lobby.recover()

    assert lobby.keys() == [key_of(claim) for claim in claims]
    assert lobby.out == []


def test_those_that_are_promised_a_process_are_the_first_wherever_they_lie(
    lobby: Lobby, counter: Counter, claims: list[Claim], told: list[RunReport]
) -> None:
    lobby.add(claims[:2])
    lobby.lay_out()
    lobby.add(claims[2:])

    lobby.promise(3)
    lobby.promise(3)

    assert [each.key for each in told if isinstance(each, RunStarted)] == [
        key_of(claim) for claim in claims[:3]
    ]


def test_an_empty_lobby_without_a_counter_gives_nothing(told: list[RunReport]) -> None:
    assert Lobby(told.append, lambda _: BODY).take() is None
