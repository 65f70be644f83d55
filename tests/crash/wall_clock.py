"""A wall clock that the workers of a farm see, and that a test steps while they run."""

import shutil
import struct
import subprocess
from pathlib import Path

import pytest

SOURCE = Path(__file__).with_name("stepclock.c")


class WallClock:
    """How far the workers' wall clock is from the host's. Their monotonic clocks do not move."""

    def __init__(self, folder: Path) -> None:
        self._library = folder / "stepclock.so"
        self._offset = folder / "offset"
        if shutil.which("cc") is None:
            pytest.skip("no C compiler, which builds what steps the clock")
        arguments = ["-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-ldl"]
        subprocess.run(["cc", SOURCE, "-o", self._library, *arguments], check=True)
        self.step_to(0)

    @property
    def environ(self) -> dict[str, str]:
        """What a process needs in its environment to see this clock."""
        return {"LD_PRELOAD": str(self._library), "CRASH_CLOCK": str(self._offset)}

    def step_to(self, offset_ms: int) -> None:
        """Let every process see the host's time plus *offset_ms* from now on."""
        # In place: the processes have mapped the file.
        with open(self._offset, "r+b" if self._offset.exists() else "w+b") as file:
            file.write(struct.pack("=q", offset_ms))
