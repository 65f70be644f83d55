"""A worker that the system starts: the text of a systemd user unit, or of a Windows task. Pure."""

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from queuectl.exits import UsageProblem
from queuectl_store.values import dataclass

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
# Beyond the grace itself: the time to kill what is left and to write it down.
_SPARE_S = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A worker as a service.

    Attributes:
        command: What starts it: the program first.
        store: The store's address; it may hold a password.
        folder: Where it runs; queuectl.toml is looked for from there.
        stop_s: Seconds that it may take to stop.
    """

    name: str
    command: Sequence[str]
    store: str
    folder: Path
    stop_s: int

    @property
    def title(self) -> str:
        """What the system calls it."""
        return f"queuectl-{self.name}"


def check_name(name: str) -> str:
    """Return *name* if a service can have it.

    Raises:
        UsageProblem: It cannot.
    """
    if _NAME.fullmatch(name):
        return name
    raise UsageProblem(f"{name!r} cannot be a service's name; use letters, digits, _ and -")


def stop_seconds(*, grace_ms: int, kill_grace_ms: int) -> int:
    """Return how long a worker with these settings may take to stop."""
    return (grace_ms + kill_grace_ms) // 1_000 + _SPARE_S


def unit_folder(environ: Mapping[str, str]) -> Path:
    """Return where a user's systemd units lie."""
    base = environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
    return Path(base) / "systemd" / "user"


def unit_text(service: Service) -> str:
    """Return a systemd user unit.

    The worker divides the unit's control group among its commands; it has a part of its own (from
    systemd 254 on), so that the kernel may keep their memory limits.

    It is ended with SIGTERM to the worker alone, which then lets its jobs finish; what is left of
    them afterwards systemd kills. A damaged store (78) is not tried again and again.
    """
    # Of the two only the command line is expanded for $ (systemd.service(5)).
    words = " ".join(_quoted(word).replace("$", "$$") for word in service.command)
    return f"""\
[Unit]
Description=QueueCTL worker {service.name}
After=network-online.target

[Service]
Type=exec
ExecStart={words}
Environment={_quoted(f"QUEUECTL_DB={service.store}")}
WorkingDirectory={_escaped(str(service.folder))}
KillMode=mixed
TimeoutStopSec={service.stop_s}
Restart=on-failure
RestartSec=5
RestartPreventExitStatus=78
SuccessExitStatus=75
Delegate=yes
DelegateSubgroup=worker
UMask=0077

[Install]
WantedBy=default.target
"""


def task_text(service: Service) -> str:
    """Return a task for the Windows Task Scheduler: from the user's next logon on, for ever."""
    # The scheduler gives no variables, so the address is an option.
    program, *words = [*service.command[:1], *_with_store(service)]
    arguments = subprocess.list2cmdline(words)
    return f"""\
<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>QueueCTL worker {_xml(service.name)}</Description>
  </RegistrationInfo>
  <Triggers><LogonTrigger><Enabled>true</Enabled></LogonTrigger></Triggers>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <RestartOnFailure><Interval>PT1M</Interval><Count>999</Count></RestartOnFailure>
  </Settings>
  <Actions>
    <Exec>
      <Command>{_xml(program)}</Command>
      <Arguments>{_xml(arguments)}</Arguments>
      <WorkingDirectory>{_xml(str(service.folder))}</WorkingDirectory>
    </Exec>
  </Actions>
</Task>
"""


def _with_store(service: Service) -> list[str]:
    # After the module, before the command: --db is an option of the whole program.
    words = list(service.command[1:])
    at = words.index("worker")
    return [*words[:at], "--db", service.store, *words[at:]]


def _quoted(word: str) -> str:
    """Quote a word of a unit (systemd.syntax(7)), in which a % would be expanded."""
    inside = _escaped(word).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{inside}"'


def _xml(text: str) -> str:
    # Imported here: doctor looks where services lie, and needs none of their text.
    from html import escape

    return escape(text, quote=False)


def _escaped(text: str) -> str:
    if any(ord(letter) < 0x20 for letter in text):
        raise UsageProblem(f"{text!r} holds a control character, which no unit can carry")
    return text.replace("%", "%%")
