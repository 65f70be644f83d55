"""Strikes every act of the store at every storage call, and checks each time what is left.

A program of its own, since it forks: reads the name of an act a line, writes what it found as a
line of JSON. `python -m tests.store.faults FOLDER enqueue` strikes that one alone.
"""

import gc
import json
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import alembic.command  # noqa: F401 (once here, and not again in each fork)

from queuectl_store import Store, StoreError
from queuectl_store.database import Database
from queuectl_store.engines.engine import Engine
from queuectl_store.migrate import migrate
from tests.conformance.story import a_job
from tests.store.act import AFTERWARDS, Act, check, opened, set_up
from tests.store.acts import ACTS
from tests.store.strike import CALLS, KILLED, Child, Struck, in_a_fork, strike

MOST_POINTS = 1_000
THOROUGH = os.environ.get("QUEUECTL_TEST_FAULTS") == "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of fault.

    Attributes:
        calls: strace's names of the calls that it may hit.
        ways: What happens to the first, the second, and so on, in turns.
        told: What a caller may be told, besides that all went well.
    """

    calls: str
    ways: tuple[str, ...]
    told: frozenset[str] = frozenset()

    def at(self, n: int) -> str:
        """Say in strace's words that it happens at call *n*."""
        return f"{self.calls}:{self.ways[n % len(self.ways)]}:when={n}"


EIO_TOLD = frozenset({"OutcomeUnknown", "StoreUnreachable"})
ENOSPC_TOLD = frozenset({"StoreFull", "StoreUnreachable"})  # the latter where memory is mapped
KILL = Kind(calls=CALLS, ways=("signal=KILL",))
FLUSH = Kind(calls="fdatasync,fsync", ways=("error=EIO",), told=frozenset({"DiskFailed"}))
OPEN = Kind(calls="openat", ways=("error=EMFILE",), told=frozenset({"StoreUnreachable"}))
WRITE = Kind(calls="pwrite64", ways=("error=EIO",), told=EIO_TOLD)
FULL = Kind(calls="pwrite64", ways=("error=ENOSPC",), told=ENOSPC_TOLD)
WRITE_OR_FULL = Kind(
    calls="pwrite64", ways=("error=EIO", "error=ENOSPC"), told=EIO_TOLD | ENOSPC_TOLD
)


def kinds_for(act: Act) -> dict[str, Kind]:
    """Name the kinds of fault that *act* is struck with.

    To open a store is a hundred writes and as many milliseconds: there each write fails once.
    """
    kinds = {"kill": KILL, "EIO at a flush": FLUSH, "EMFILE at an open": OPEN}
    if act.opens and not THOROUGH:
        return {**kinds, "EIO or ENOSPC at a write": WRITE_OR_FULL}
    return {**kinds, "EIO at a write": WRITE, "ENOSPC at a write": FULL}


class Lane:
    """One act in one folder, again and again from the same beginning."""

    def __init__(self, act: Act, folder: Path) -> None:
        self._act, self._template, self._place = act, folder / "template", folder / "place"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        set_up(act, self._template)
        self._start_over()
        self._engine = self._warm_engine()

    def strike_everywhere(self, kind: Kind) -> dict[str, Any]:
        """Strike the act at its first call, its second, until it no longer meets the fault."""
        violations: list[str] = []
        said: set[str] = set()
        for n in range(1, MOST_POINTS):
            struck = self.strike(kind.at(n), goes_on=kind is not KILL)
            wrong = [*self._wrong_with_the_process(struck, kind)]
            wrong += self._wrong_with_the_store(struck)
            violations += [f"{kind.at(n)}, {struck}: {each}" for each in wrong]
            said |= set(struck.said)
            if not struck.met:
                return {"points": n - 1, "violations": violations, "said": sorted(said)}
        raise AssertionError(f"{MOST_POINTS} calls, and no end of them")

    def strike(self, fault: str, *, goes_on: bool) -> Struck:
        """Run the act once with *fault*; if it *goes_on*, use the store when the fault is over."""
        self._start_over()
        names = ("", "-wal", "-shm", "-journal", ".wake")
        files = [self._place, *(self._place / f"queue.db{name}" for name in names)]
        files += [self._place / name for name in self._act.files]
        return strike(lambda child: self._perform(child, goes_on=goes_on), files, fault)

    def _warm_engine(self) -> Engine:
        """Give an engine that has compiled the act's statements, and holds no connection.

        The forks inherit it: compiling takes them three times as long as all the rest.
        """
        said: list[str] = []
        with opened(self._place, later_ms=self._act.later_ms) as store:
            self._act.perform(store, said.append)
            wrong = check(self._act, store, said, goes_on=True)
        assert not wrong, f"without any fault: {wrong}"
        return store._database.engine

    def _start_over(self) -> None:
        shutil.rmtree(self._place, ignore_errors=True)
        shutil.copytree(self._template, self._place)

    def _perform(self, child: Child, *, goes_on: bool) -> None:
        store = None if self._act.opens else self._ready()
        used = store and connection_of(store)
        child.say("ready")
        child.wait()
        try:
            store = store or opened(self._place)
            self._act.perform(store, child.say)
        except StoreError as error:
            child.say(type(error).__name__)
        child.say("acted")
        child.wait()
        if goes_on:
            store = store or opened(self._place)
            store.enqueue([a_job(queue=AFTERWARDS)])
            child.say("works")
            child.say("again" if connection_of(store) is used else "anew")

    def _ready(self) -> Store:
        store = Store(Database(self._engine))
        store.settings.unset("queue")  # opens the connection that writes, and writes nothing
        return store

    def _wrong_with_the_process(self, struck: Struck, kind: Kind) -> Iterator[str]:
        code = KILLED if kind is KILL and struck.met else 0
        if struck.code != code:
            yield f"ended with {struck.code}"
        errors = {word for word in struck.said if word[0].isupper()}
        if not errors <= kind.told | {self._act.told}:
            yield f"says {errors}"
        if kind is not KILL and "works" not in struck.said:
            yield "the store does not work once the fault is over"
        if "DiskFailed" in errors and "again" in struck.said and not self._act.flushes_elsewhere:
            yield "a connection whose flush failed is used again"

    def _wrong_with_the_store(self, struck: Struck) -> list[str]:
        """Look at the store as the next process finds it."""

        def look() -> str:
            with Store(Database(self._engine)) as store:
                migrate(store._database)
                goes_on = struck.code == KILLED  # else the process itself has shown it
                return json.dumps(check(self._act, store, struck.said, goes_on=goes_on))

        wrong: list[str] = json.loads(in_a_fork(look) or '["the checker itself ended"]')
        return wrong


def connection_of(store: Store) -> object:
    """Return the connection that writes, as the driver has it."""
    with store._database.engine.begin_write() as connection:
        return connection.raw


def strike_everything(name: str, folder: Path) -> dict[str, Any]:
    """Return what was found by kind of fault."""
    kinds = kinds_for(ACTS[name])
    try:
        lane = Lane(ACTS[name], folder)
    except AssertionError as error:  # of this act alone: the others are still to be struck
        nothing_struck = {"points": 0, "violations": [f"{error}"], "said": []}
        return dict.fromkeys(kinds, nothing_struck)
    return {word: lane.strike_everywhere(kind) for word, kind in kinds.items()}


def main() -> None:
    folder = Path(sys.argv[1])
    gc.disable()  # a collection in a fork copies every page that it looks at
    names = sys.argv[2:] or (line.strip() for line in sys.stdin)
    for name in names:
        print(json.dumps(strike_everything(name, folder)), flush=True)


if __name__ == "__main__":
    main()
