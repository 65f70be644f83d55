"""A notification on the desktop of the host: by the program that each system has for it."""

import os
import subprocess
import sys
from collections.abc import Sequence

TITLE = "QueueCTL"
LIMIT_S = 10.0
_SCRIPT = (
    "on run argv",
    "display notification (item 1 of argv) with title (item 2 of argv)",
    "end run",
)
# The text comes by the environment: nothing of it is read as PowerShell or XML.
_TOAST = (
    "$m = [Windows.UI.Notifications.ToastNotificationManager,"
    " Windows.UI.Notifications, ContentType = WindowsRuntime];"
    "$x = $m::GetTemplateContent([Windows.UI.Notifications.ToastTemplateType]::ToastText02);"
    "$t = $x.GetElementsByTagName('text');"
    "$null = $t.Item(0).AppendChild($x.CreateTextNode($env:QUEUECTL_TITLE));"
    "$null = $t.Item(1).AppendChild($x.CreateTextNode($env:QUEUECTL_TEXT));"
    "$m::CreateToastNotifier('QueueCTL').Show("
    "[Windows.UI.Notifications.ToastNotification]::new($x))"
)


class NoNotifier(Exception):
    """This host has no program that shows notifications; the text says which is missing."""


class NotShown(Exception):
    """The program refused; the text is what it said."""


def notify(text: str) -> None:
    """Show *text*.

    Raises:
        NoNotifier: There is nothing here to show it with.
        NotShown: It could not be shown now.
    """
    line = "".join(char if char.isprintable() else " " for char in text)[:300]
    words = notifier(line, platform=sys.platform)
    env = {**os.environ, "QUEUECTL_TITLE": TITLE, "QUEUECTL_TEXT": line}
    try:
        done = subprocess.run(
            words,
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=LIMIT_S,
            check=False,
        )
    except FileNotFoundError as error:
        raise NoNotifier(f"{words[0]} is not installed on this host, and shows them") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotShown(f"{words[0]}: {type(error).__name__}") from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise NotShown(f"{words[0]}: {said[-1][:200] if said else f'exit code {done.returncode}'}")


def notifier(text: str, *, platform: str) -> Sequence[str]:
    """Return the command that shows *text* on *platform*."""
    match platform:
        case "win32":
            return ("powershell", "-NoProfile", "-NonInteractive", "-Command", _TOAST)
        case "darwin":
            lines = [word for line in _SCRIPT for word in ("-e", line)]
            return ("osascript", *lines, text, TITLE)
        case _:
            return ("notify-send", "--app-name", TITLE, "--", TITLE, text)
