"""Where task processes come in: only who knows the secret is heard, by either kind of door."""

import select
import socket
from collections.abc import Callable, Iterator

import pytest

from queuectl_worker.executors.pool import entrance as module
from queuectl_worker.executors.pool.doors import Door, FolderDoor, LoopbackDoor, knock
from queuectl_worker.executors.pool.entrance import Entrance, Newcomer
from queuectl_worker.executors.pool.link import Link
from tests.waiting import eventually

WITHIN_S = 20.0


@pytest.fixture(
    params=[
        pytest.param(FolderDoor, marks=pytest.mark.not_on("win32"), id="folder"),
        pytest.param(LoopbackDoor, id="loopback"),
    ]
)
def entrance(request: pytest.FixtureRequest) -> Iterator[Entrance]:
    make_door: Callable[[], Door] = request.param
    entrance = Entrance(make_door())
    yield entrance
    entrance.close()


def come(entrance: Entrance, *, greeting: bytes | None = None) -> socket.socket:
    """Connect as a process with number 7 does, or with another greeting."""
    invitation = entrance.invitation(7)
    end = knock(invitation["address"])
    end.settimeout(WITHIN_S)
    end.sendall(bytes.fromhex(invitation["greeting"]) if greeting is None else greeting)
    return end


def newcomer(entrance: Entrance) -> Newcomer:
    """Wait for one to be let in, as the hot loop does: by the descriptors."""

    def look() -> list[Newcomer]:
        select.select(entrance.filenos(), [], [], WITHIN_S)
        return entrance.newcomers()

    (found,) = eventually(look, within=WITHIN_S, what="a newcomer")
    return found


def is_shut(entrance: Entrance, end: socket.socket) -> bool:
    """Tell whether the entrance has hung up on *end*, after it looked."""
    assert entrance.newcomers() == []
    if not select.select([end], [], [], 0)[0]:
        return False
    try:
        return end.recv(1) == b""
    except ConnectionError:
        return True


def test_who_greets_with_the_secret_is_let_in_and_heard(entrance: Entrance) -> None:
    with come(entrance) as end:
        theirs = Link(end)
        number, ours = newcomer(entrance)

        theirs.send({"said": "ready"})
        ours.send({"log": "x" * 50_000})

        assert number == 7
        assert ours.receive(wait=True) == [{"said": "ready"}]
        assert [len(each["log"]) for each in theirs.receive(wait=True)] == [50_000]
        assert ours.receive(wait=False) == []
        assert not ours.is_closed
    eventually(lambda: ours.receive(wait=False) == [] and ours.is_closed, within=5, what="its end")
    ours.close()


def test_more_than_may_wait_are_all_let_in_when_they_come_at_once(
    entrance: Entrance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_STRANGERS", 2)
    ends = [come(entrance) for _ in range(6)]
    links: list[Link] = []

    def all_are_in() -> bool:
        links.extend(link for _, link in entrance.newcomers())
        return len(links) == 6

    eventually(all_are_in, within=WITHIN_S, what="six newcomers")

    for each in [*ends, *links]:
        each.close()


@pytest.mark.parametrize(
    "greeting", [bytes(40), b'\xff\xff\x00\x00{"said": "hello"}' + bytes(80)], ids=["zeros", "text"]
)
def test_who_does_not_know_the_secret_is_shut_out(entrance: Entrance, greeting: bytes) -> None:
    with come(entrance, greeting=greeting) as end:
        eventually(lambda: is_shut(entrance, end), within=WITHIN_S, what="the door to shut")


def test_who_leaves_without_a_greeting_is_forgotten(entrance: Entrance) -> None:
    come(entrance, greeting=b"half").close()

    eventually(
        lambda: not entrance.newcomers() and len(entrance.filenos()) == 1,
        within=WITHIN_S,
        what="nobody at the door",
    )


def test_the_oldest_of_too_many_silent_strangers_has_to_go(
    entrance: Entrance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stranger of this host can reach the loopback, and must not use up our descriptors."""
    monkeypatch.setattr(module, "MOST_STRANGERS", 2)
    silent = []
    for count in range(1, 4):
        silent.append(come(entrance, greeting=b""))
        eventually(
            lambda count=count: (
                not entrance.newcomers()  # type: ignore[misc]
                and len(entrance.filenos()) == 1 + min(count, 2)
            ),
            within=WITHIN_S,
            what="the stranger to be seen",
        )

    eventually(lambda: is_shut(entrance, silent[0]), within=WITHIN_S, what="the oldest to go")
    with come(entrance):
        number, link = newcomer(entrance)
    assert number == 7

    link.close()
    for end in silent:
        end.close()
