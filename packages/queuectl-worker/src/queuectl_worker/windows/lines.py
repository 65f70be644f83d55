"""From a program and its arguments to the one line of text that Windows starts a process with.

Rules: a C program splits its line as `subprocess.list2cmdline` joins it. `cmd` does not: with /s it
takes off the outer quotes after /c and runs the rest as it is. A batch file is run by cmd, which
reads the arguments again by its own rules; no quoting holds against those (CVE-2024-24576), so
arguments that it would change are refused.
"""

import ntpath
import shutil
import subprocess
from collections.abc import Mapping, Sequence

from queuectl_worker.guardian import SpawnProblem

SHELL = ("cmd", "/d", "/s", "/c")
_READ_AGAIN = frozenset('"%&|<>^!\r\n')
# What programs cannot do without, whatever `env_pass` says; the PATH is not among them.
_NEEDED = ("SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT", "TEMP", "TMP")


class CannotRun(Exception):
    """The command can never start as it is; the message is for people."""

    def __init__(self, problem: SpawnProblem, message: str) -> None:
        super().__init__(message)
        self.problem, self.message = problem, message


def find(name: str, folder: str, variables: Mapping[str, str]) -> str:
    """Return the full path of the program *name*, found as a shell with *variables* would.

    Raises:
        CannotRun: There is none.
    """
    is_path = bool(ntpath.dirname(name))
    place = ntpath.join(folder, name) if is_path else name
    path = next((value for key, value in variables.items() if key.upper() == "PATH"), "")
    found = shutil.which(place, path=path)
    if found is None:
        where = "no such file" if is_path else "not on the job's PATH"
        raise CannotRun(SpawnProblem.NOT_FOUND, f"no program {name!r}: {where}")
    return found


def line(program: str, argv: Sequence[str]) -> str:
    """Return the command line that gives *program* exactly *argv*.

    Raises:
        CannotRun: *program* is a batch file, and would be given something else.
    """
    if tuple(argv[:4]) == SHELL and len(argv) == 5:
        return f'{subprocess.list2cmdline(argv[:4])} "{argv[4]}"'
    if program.lower().endswith((".bat", ".cmd")):
        changed = sorted(_READ_AGAIN.intersection("".join(argv[1:])))
        if changed:
            raise CannotRun(
                SpawnProblem.NOT_EXECUTABLE,
                f"{ntpath.basename(program)} is a batch file, and cmd would change the "
                f"{' '.join(map(repr, changed))} in its arguments; use a shell command",
            )
    return subprocess.list2cmdline(argv)


def complete(variables: Mapping[str, str], ours: Mapping[str, str]) -> dict[str, str]:
    """Return *variables*, and from *ours* what no program does without."""
    given = {name.upper() for name in variables}
    needed = {name: ours[name] for name in _NEEDED if name not in given and name in ours}
    return {**needed, **variables}
