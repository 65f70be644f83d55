"""The same store twice, on SQLite and on PostgreSQL: each call goes to both, and both agree."""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from queuectl_store import ManualClock, Store, StoreError, connect
from tests.properties.dump import (
    Dump,
    Peek,
    PostgresPeek,
    Raw,
    Row,
    SqlitePeek,
    commit_without_waiting_for_the_disk,
)

LONGER_THAN_ANY_LEASE_MS = 10_000_000
# What the store makes up: never the same twice.
MADE_UP = {
    "queuectl_jobs": {"key"},
    "queuectl_workers": {"key", "boot_id"},
    "queuectl_events": {"tx"},
    "queuectl_pruned": {"tx", "id"},
}
SUPPLIED = "given/"  # begins every key that a test gives
# Begin the keys that say for what a job was made; all others are made up.
TELLING = (SUPPLIED, "schedule.", "group.", "finish.")


@dataclass(frozen=True, slots=True)
class Refused:
    """An error of the store, as a value that can be compared."""

    kind: str
    text: str
    about: tuple[tuple[str, Any], ...]


class HostClock(ManualClock):
    """The clock of the SQLite store's host, whose lease clock begins again at every boot."""

    __slots__ = ("boots",)

    def begin_again(self) -> None:
        """Set both clocks to the first instant of the first boot."""
        first = ManualClock()
        self.now_ms, self.monotonic_ms = first.now_ms, first.monotonic_ms
        self.boot_id = first.boot_id
        # What monotonic time 0 of each boot is on the other clock, that never begins again.
        self.boots = {first.boot_id: 0}

    def reboot_at(self, lease_ms: int) -> None:
        self.reboot()
        self.boots[self.boot_id] = lease_ms - self.monotonic_ms

    def lease_on_server(self, boot_id: str, lease_until: int) -> int:
        return self.boots[boot_id] + lease_until


class Twin:
    """One of the two: a store with its clock, and a look at its rows."""

    def __init__(self, url: str, peek: Callable[[], Peek]) -> None:
        self.url, self.clock = url, HostClock()
        self.store = self._open()
        self.peek = peek()
        self.begin_again()

    def begin_again(self) -> None:
        """Delete every row, and go back to the first instant."""
        self.peek.empty()
        self.clock.begin_again()

    def reopen(self) -> None:
        self.store.close()
        self.store = self._open()

    def close(self) -> None:
        self.store.close()
        self.peek.close()

    def _open(self) -> Store:
        return connect(self.url, clock=self.clock, durability="normal")


class Twins:
    """Both stores. PostgreSQL's clock stands for its server's: no reboot of a host moves it."""

    def __init__(self, *, sqlite_url: str, postgres_url: str) -> None:
        path = sqlite_url.removeprefix("sqlite:///")
        commit_without_waiting_for_the_disk(postgres_url)
        with ExitStack() as stack:
            self.sqlite = Twin(sqlite_url, lambda: SqlitePeek(path))
            stack.callback(self.sqlite.close)
            self._counter = SqlitePeek(path)
            stack.callback(self._counter.close)
            self.postgres = Twin(postgres_url, lambda: PostgresPeek(postgres_url))
            stack.callback(self.postgres.close)
            self._closing = stack.pop_all()

    @property
    def both(self) -> tuple[Twin, Twin]:
        return self.sqlite, self.postgres

    def begin_again(self) -> None:
        for twin in self.both:
            twin.begin_again()

    def close(self) -> None:
        self._closing.close()

    def call(self, act: Callable[[Store], Any]) -> Any:
        """Let both stores *act*, and return what both answered: an error comes as a value."""
        answer = _answer(act, self.sqlite.store)
        other = _answer(act, self.postgres.store)
        assert told(answer) == told(other), f"SQLite answered {answer}, PostgreSQL {other}"
        return answer

    def advance(self, ms: int) -> None:
        for twin in self.both:
            twin.clock.advance(ms=ms)

    def step_wall(self, ms: int) -> None:
        for twin in self.both:
            twin.clock.step_wall(ms=ms)

    def reboot(self) -> None:
        """Restart the workers' host, which takes longer than any lease.

        SQLite's leases are void since the boot is another; those on the server's clock ran out.
        """
        server = self.postgres.clock
        server.monotonic_ms += LONGER_THAN_ANY_LEASE_MS
        self.sqlite.clock.reboot_at(server.monotonic_ms)

    def skip_an_id(self) -> None:
        """Let SQLite skip an id, as PostgreSQL did in a transaction that was rolled back."""
        self._counter.skip_an_id()

    def raw(self) -> tuple[Raw, Raw]:
        """Return what each database says of its tables; equal exactly when every byte is."""
        return self.sqlite.peek.look(), self.postgres.peek.look()

    def normal(self, raw: tuple[Raw, Raw]) -> Dump:
        """Return the rows that both have, leases on the server's clock; they must be equal."""
        mine, other = (
            self._normal(twin.peek.rows(each), twin.clock)
            for each, twin in zip(raw, self.both, strict=True)
        )
        for table, rows in mine.items():
            assert rows == other[table], _difference(table, rows, other[table])
        return mine

    def _normal(self, dump: Dump, clock: HostClock) -> Dump:
        on_host = clock is self.sqlite.clock
        tables: dict[str, list[Row]] = {}
        for table, rows in dump.items():
            hidden = MADE_UP.get(table, set())
            tables[table] = [
                {name: value for name, value in row.items() if name not in hidden} for row in rows
            ]
        for row, raw in zip(tables["queuectl_jobs"], dump["queuectl_jobs"], strict=True):
            row["key"] = raw["key"] if raw["key"].startswith(TELLING) else None
        for row, raw in zip(tables["queuectl_workers"], dump["queuectl_workers"], strict=True):
            if on_host:
                row["lease_until"] = clock.lease_on_server(raw["boot_id"], raw["lease_until"])
        tables["queuectl_tallies"] = _added_up(dump["queuectl_tallies"])
        # Rows of one statement come in any order; what happened to one job does not.
        tables["queuectl_events"] = sorted(
            ({**row, "id": 0} for row in tables["queuectl_events"]),
            key=lambda row: row["job_id"],
        )
        return tables


def told(value: Any) -> Any:
    """Return *value* without what differs between two stores by nature."""
    if is_dataclass(value):
        hidden = {"key"} if type(value).__name__ == "Job" else set()
        return {
            each.name: told(getattr(value, each.name))
            for each in fields(value)
            if each.name not in hidden
        }
    if isinstance(value, Mapping):
        return {key: told(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [told(each) for each in value]
    return value


def _answer(act: Callable[[Store], Any], store: Store) -> Any:
    try:
        return act(store)
    except StoreError as error:
        return refusal(error)


def refusal(error: StoreError) -> Refused:
    """Return *error* as a value."""
    return Refused(type(error).__name__, str(error), tuple(sorted(vars(error).items())))


def _difference(table: str, mine: list[Row], other: list[Row]) -> str:
    for left, right in zip(mine, other, strict=False):
        if left != right:
            return f"{table}: SQLite has {left}, PostgreSQL {right}"
    return f"{table}: SQLite has {len(mine)} rows, PostgreSQL {len(other)}"


def _added_up(tallies: Sequence[Row]) -> list[Row]:
    """Each connection of a server has rows of its own: which, nobody foretells."""
    sums: dict[str, Row] = {}
    for row in tallies:
        kind = {name: value for name, value in row.items() if name not in ("writer", "n", "ms")}
        known = sums.setdefault(json.dumps(kind), {**kind, "n": 0, "ms": 0})
        known["n"] += row["n"]
        known["ms"] += row["ms"]
    return [sums[kind] for kind in sorted(sums)]
