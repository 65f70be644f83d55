"""Options behind a shell command: what was meant for this program would be a job's argument."""

import re
import shutil
from collections.abc import Sequence

from queuectl.exits import UsageProblem
from queuectl.fields import FIELDS
from queuectl_store.quoting import shown

_OPTIONS = frozenset(
    [
        *(f"--{name.replace('_', '-')}" for name in FIELDS),
        *("--tag", "--wait", "--json", "--quiet", "-q", "--db", "--env-all", "--array", "--cron"),
        *("--every", "--dry-run", "-n", "--yes", "-y", "--retry", "--no-color"),
    ]
)


def check_place_of_options(words: Sequence[str]) -> None:
    """Refuse `'sleep 2 && date' --priority high`, which is a program of that name with arguments.

    A program whose name has a blank in it and that is found is taken as it is.

    Raises:
        UsageProblem: The first of *words* is no program, and the second an option of a command.
    """
    if len(words) < 2 or not re.search(r"\s", words[0]):
        return
    option = words[1].partition("=")[0]
    if option in _OPTIONS and shutil.which(words[0]) is None:
        raise UsageProblem(
            f"options come before the command, and {option} stands behind {shown(words[0])},"
            " which is no program; write the command last"
        )


def check_items(items: Sequence[str]) -> None:
    """Refuse `--each T a b --dry-run`, where the option would be an item.

    Raises:
        UsageProblem: One of *items* is an option of a command.
    """
    for item in items:
        if item.partition("=")[0] in _OPTIONS:
            raise UsageProblem(
                f"options come before the items, and {shown(item)} stands among them; put it in"
                " front, or -- before the items if it is one"
            )
