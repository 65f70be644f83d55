"""Strikes every act of the store at every storage call, and checks each time what is left.

A program of its own, since it forks: reads the name of an act a line, writes what it found as a
line of JSON. `python -m tests.store.faults FOLDER`, or with an act after it for that one alone.
"""

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import alembic.command  # noqa: F401 (once here, and not again in each fork)

from queuectl_store import Store, StoreError
from queuectl_store.database import Database
from queuectl_store.engines import Engine
from queuectl_store.migrate import migrate
from tests.conformance.story import a_job
from tests.store.act import AFTERWARDS, Act, check, opened, set_up
from tests.store.acts import ACTS
from tests.store.strike import CALLS, KILLED, Child, Struck, in_a_fork, strike

MOST_POINTS = 1_000
FAULTS = {
    "EIO at a flush": "fdatasync,fsync:error=EIO",
    "EIO at a write": "pwrite64:error=EIO",
    "ENOSPC at a write": "pwrite64:error=ENOSPC",
    "EMFILE at an open": "openat:error=EMFILE",
}
KILL = "kill"
# What a caller may be told of each fault, besides that all went well.
TOLD = {
    KILL: set(),
    "EIO at a flush": {"DiskFailed"},
    "EIO at a write": {"OutcomeUnknown", "StoreUnreachable"},
    "ENOSPC at a write": {"StoreFull", "StoreUnreachable"},
    "EMFILE at an open": {"StoreUnreachable"},
}


class Lane:
    """One act in one folder, again and again from the same beginning."""

    def __init__(self, act: Act, folder: Path) -> None:
        self._act, self._template, self._place = act, folder / "template", folder / "place"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        set_up(act, self._template)
        self._start_over()
        self._engine = self._warm_engine()

    def _warm_engine(self) -> Engine:
        """Give an engine that has compiled the act's statements, and holds no connection.

        The forks inherit it: compiling takes them three times as long as all the rest.
        """
        said: list[str] = []
        with opened(self._place, later_ms=self._act.later_ms) as store:
            self._act.perform(store, said.append)
            wrong = check(self._act, store, said)
        assert not wrong, f"without any fault: {wrong}"
        return store._database.engine

    def _start_over(self) -> None:
        shutil.rmtree(self._place, ignore_errors=True)
        shutil.copytree(self._template, self._place)

    def kill_everywhere(self) -> dict[str, Any]:
        """Kill the act at each of its storage calls in turn."""
        return self._strike_everywhere(KILL, f"{CALLS}:signal=KILL")

    def fail_everywhere(self, kind: str) -> dict[str, Any]:
        """Fail each call of that kind in turn; the store must work once it is over."""
        return self._strike_everywhere(kind, FAULTS[kind])

    def _strike_everywhere(self, kind: str, fault: str) -> dict[str, Any]:
        violations: list[str] = []
        said: set[str] = set()
        for n in range(1, MOST_POINTS):
            struck = self.strike(f"{fault}:when={n}", goes_on=kind != KILL)
            violations += [f"call {n}, {struck}: {wrong}" for wrong in self._wrong(struck, kind)]
            said |= set(struck.said)
            if not struck.met:
                return {"points": n - 1, "violations": violations, "said": sorted(said)}
        raise AssertionError(f"{MOST_POINTS} calls, and no end of them")

    def strike(self, fault: str, *, goes_on: bool) -> Struck:
        """Run the act once with *fault*."""
        self._start_over()
        names = ("", "-wal", "-shm", "-journal", ".wake")
        files = [self._place, *(self._place / f"queue.db{name}" for name in names)]
        files += [self._place / name for name in self._act.files]
        return strike(lambda child: self._perform(child, goes_on=goes_on), files, fault)

    def _perform(self, child: Child, *, goes_on: bool) -> None:
        store = None if self._act.opens else self._ready()
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
            (store or opened(self._place)).enqueue([a_job(queue=AFTERWARDS)])
            child.say("works")

    def _ready(self) -> Store:
        store = Store(Database(self._engine))
        store.settings.unset("queue")  # opens the connection that writes, and writes nothing
        return store

    def _wrong(self, struck: Struck, kind: str) -> Iterator[str]:
        code = KILLED if kind == KILL and struck.met else 0
        if struck.code != code:
            yield f"ended with {struck.code}"
        errors = {word for word in struck.said if word[0].isupper()}
        if not errors <= TOLD[kind]:
            yield f"says {errors}"
        if kind != KILL and "works" not in struck.said:
            yield "the store does not work once the fault is over"
        yield from self._wrong_with_the_store(struck)

    def _wrong_with_the_store(self, struck: Struck) -> list[str]:
        """Look at the store as the next process finds it."""

        def look() -> str:
            with Store(Database(self._engine)) as store:
                migrate(store._database)
                return json.dumps(check(self._act, store, struck.said))

        wrong: list[str] = json.loads(in_a_fork(look) or '["the checker itself ended"]')
        return wrong


def strike_everything(name: str, folder: Path) -> dict[str, Any]:
    """Return what was found by kind of fault."""
    lane = Lane(ACTS[name], folder)
    found = {kind: lane.fail_everywhere(kind) for kind in FAULTS}
    return {KILL: lane.kill_everywhere(), **found}


def main() -> None:
    folder = Path(sys.argv[1])
    names = sys.argv[2:] or (line.strip() for line in sys.stdin)
    for name in names:
        print(json.dumps(strike_everything(name, folder)), flush=True)


if __name__ == "__main__":
    main()
