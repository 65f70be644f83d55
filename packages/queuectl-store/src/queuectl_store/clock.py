"""Where time comes from: a wall clock for `run_at`, and a lease clock that no step can move.

The lease clock is (boot id, milliseconds since that boot): equal in all processes of one host,
blind to NTP steps, and void as a whole after a reboot.
"""

import sys
import time
from pathlib import Path
from typing import Any, NamedTuple, Protocol

# What the statements of one transaction take for now, by parameter: `Engine.times`.
Times = dict[str, Any]


class LeaseTime(NamedTuple):
    """A reading of the lease clock; two readings compare only within one *boot_id*."""

    boot_id: str
    now_ms: int


class Clock(Protocol):
    """The two clocks that the store reads."""

    def wall_ms(self) -> int:
        """Return UTC milliseconds since 1970."""
        ...

    def lease(self) -> LeaseTime:
        """Return this host's boot id and monotonic milliseconds."""
        ...


class SystemClock:
    """This host's clocks."""

    def __init__(self) -> None:
        self._boot_id = _boot_id()

    def wall_ms(self) -> int:
        """Return UTC milliseconds since 1970."""
        return time.time_ns() // 1_000_000

    def lease(self) -> LeaseTime:
        """Return this host's boot id and monotonic milliseconds."""
        return LeaseTime(self._boot_id, time.monotonic_ns() // 1_000_000)


class ManualClock:
    """A clock that moves only when told to; for tests, on both databases alike."""

    def __init__(
        self,
        *,
        now_ms: int = 1_800_000_000_000,
        monotonic_ms: int = 1_000_000,
        boot_id: str = "boot-1",
    ) -> None:
        self.now_ms, self.monotonic_ms, self.boot_id = now_ms, monotonic_ms, boot_id

    def wall_ms(self) -> int:
        """Return the time that was set."""
        return self.now_ms

    def lease(self) -> LeaseTime:
        """Return the boot id and monotonic time that were set."""
        return LeaseTime(self.boot_id, self.monotonic_ms)

    def advance(self, *, ms: int) -> None:
        """Let *ms* milliseconds pass on both clocks."""
        self.now_ms += ms
        self.monotonic_ms += ms

    def step_wall(self, *, ms: int) -> None:
        """Step the wall clock alone, as NTP or a person does; *ms* may be negative."""
        self.now_ms += ms

    def reboot(self) -> None:
        """Start a new boot: monotonic time begins again under another id."""
        import uuid

        self.boot_id = f"boot-{uuid.uuid4().hex[:8]}"
        self.monotonic_ms = 1_000


def _boot_id() -> str:
    if sys.platform == "linux":
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    if sys.platform == "win32" and (counted := _windows_boot_id()) is not None:
        return counted
    # The kernel's start in wall time moves with the clock that measured it: round it to a minute.
    started = time.time() - time.monotonic()
    return f"up-since-{round(started / 60)}"


def _windows_boot_id() -> str | None:
    # Windows counts its starts in the registry, exact and blind to clock steps; not where
    # prefetching was never on.
    import winreg

    path = r"SYSTEM\CurrentControlSet\Control\Session Manager\Memory Management\PrefetchParameters"
    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, path) as key:  # type: ignore[attr-defined,unused-ignore]
            value, _ = winreg.QueryValueEx(key, "BootId")  # type: ignore[attr-defined,unused-ignore]
    except FileNotFoundError:
        return None
    return f"boot-{value}"
