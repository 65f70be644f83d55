"""What commonly goes wrong around the program: its name, settings, output folder, logins."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from queuectl.config import Settings
from queuectl.exits import CommandError
from queuectl.service import unit_folder
from queuectl_store import Level, Symptom, Worker


def settings_symptom(settings: Settings) -> Symptom:
    """Judge whether every setting can be read."""
    wrong = []
    for value in settings.all():
        try:
            settings.typed(value.name)
        except CommandError as error:
            wrong.append(str(error))
    if not wrong:
        return Symptom(name="settings", level=Level.OK, text="every setting can be read")
    return Symptom(
        name="settings",
        level=Level.FAILURE,
        text="; ".join(wrong),
        remedy="`queuectl config list` shows where each comes from, `config set` changes it",
    )


def programs_on_path(path: str) -> list[Path]:
    """Return every program of our name that a shell could start, the first one first."""
    found = (shutil.which("queuectl", path=folder) for folder in path.split(os.pathsep) if folder)
    return list(dict.fromkeys(Path(each) for each in found if each))


def own_program() -> Path:
    """Return this program, as a shell would start it: it lies beside the interpreter."""
    beside = shutil.which("queuectl", path=str(Path(sys.executable).parent))
    return Path(beside or sys.argv[0])


def name_symptom(programs: Sequence[Path], *, own: Path) -> Symptom:
    """Judge whether the name means this program; another project on the index has it too."""
    first = programs[0] if programs else None
    if first is None or first.resolve() == own.resolve():
        where = "is not on the PATH" if first is None else f"is {first}"
        return Symptom(name="name", level=Level.OK, text=f"`queuectl` {where}")
    return Symptom(
        name="name",
        level=Level.WARNING,
        text=f"`queuectl` starts {first}, not this program ({own})",
        remedy=f"put {own.parent} first on the PATH, or remove the other one",
    )


def plugin_symptom(hidden: Mapping[str, str]) -> Symptom:
    """Judge whether commands of other packages can be reached: *hidden* have names of ours."""
    if not hidden:
        return Symptom(name="plugins", level=Level.OK, text="no other package takes a name of ours")
    said = ", ".join(f"{name!r} of {package}" for name, package in hidden.items())
    return Symptom(
        name="plugins",
        level=Level.WARNING,
        text=f"these commands cannot be reached, since queuectl has them itself: {said}",
        remedy="ask whoever makes the package for another name, or uninstall it",
    )


def output_symptom(folder: Path) -> Symptom:
    """Judge whether the output of jobs can be written into *folder*, which may not be there yet."""
    there = next(each for each in (folder, *folder.parents) if each.exists())
    inside = [each for each in (there, folder / "spool") if each.exists()]
    if there.is_dir() and all(os.access(each, os.W_OK | os.X_OK) for each in inside):
        return Symptom(name="output", level=Level.OK, text=f"output goes to {folder}")
    return Symptom(
        name="output",
        level=Level.FAILURE,
        text=f"output cannot be written to {folder}",
        remedy="give yourself the right to write there, or set log_dir to another folder",
    )


def login_symptoms(
    environ: Mapping[str, str], ask: Callable[[Sequence[str]], str | None] | None = None
) -> Iterator[Symptom]:
    """Yield what systemd does with a user's worker when that user logs out."""
    if not sys.platform.startswith("linux") or not list(unit_folder(environ).glob("queuectl*")):
        return
    lingers = (ask or _output)(["loginctl", "show-user", "--value", "--property=Linger"])
    if lingers is None:
        return
    if lingers == "yes":
        yield Symptom(name="linger", level=Level.OK, text="the service outlives your login")
        return
    yield Symptom(
        name="linger",
        level=Level.WARNING,
        text="the worker's service ends when you log out",
        remedy="loginctl enable-linger",
    )


def group_symptoms(workers: Sequence[Worker], *, host: str) -> Iterator[Symptom]:
    """Yield whether the commands of this host's living workers have control groups (Linux)."""
    if sys.platform != "linux":
        return
    from queuectl_worker.guardian.delegation import group_in_use

    groups = {w.id: group_in_use(w.pid) for w in workers if w.alive and w.host == host}
    for group in sorted({group for group in groups.values() if group}):
        text = f"commands run in control groups below {group}"
        yield Symptom(name="groups", level=Level.OK, text=text)
    if without := sorted(worker for worker, group in groups.items() if group is None):
        which = "the worker" if len(groups) == 1 else f"worker {', '.join(map(str, without))}"
        yield Symptom(
            name="groups",
            level=Level.OK,
            text=f"no control group was delegated to {which}: docs/commands.md says what for",
            remedy="`queuectl service install`, or `systemd-run --user -p Delegate=yes`",
        )


def _output(command: Sequence[str]) -> str | None:
    try:
        ended = subprocess.run(command, capture_output=True, timeout=5, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return ended.stdout.decode().strip() if ended.returncode == 0 else None
