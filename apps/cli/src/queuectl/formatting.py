"""`--format`: columns (`id,state`) or a template (`{id} {state}`) of a job's JSON fields."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from queuectl.config import nearest
from queuectl.exits import UsageProblem
from queuectl.safe import safe_text
from queuectl_store.values import dataclass

FIELDS = (
    *("id", "state", "reason", "queue", "priority", "command", "argv", "shell", "task", "args"),
    *("kwargs", "cwd", "name", "tags", "group", "unique_key", "after", "attempt", "max_retries"),
    *("timeout", "run_at", "created_at", "started_at", "finished_at", "duration", "worker"),
    *("exit_code", "signal", "error", "result", "progress", "log"),
)
_PLACE = re.compile(r"\{(\w*)\}")
_WRITTEN = {"\\t": "\t", "\\n": "\n", "\\0": "\0", "\\\\": "\\"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """What is printed of a job; a template where *template* is there, else the columns."""

    columns: Sequence[str]
    template: str | None = None

    def cells(self, document: Mapping[str, Any]) -> list[str]:
        """Return the columns of a JSON job as text."""
        return [shown(document[name]) for name in self.columns]

    def line(self, document: Mapping[str, Any]) -> str:
        """Return the template filled from a JSON job; what is stored is made safe to print."""
        assert self.template is not None
        return _PLACE.sub(lambda place: safe_text(shown(document[place[1]])), self.template)


def parse_format(text: str) -> Format:
    """Read columns or a template.

    Raises:
        UsageProblem: It names no field, or one that a job has not.
    """
    if "{" in text:
        names = [found[1] for found in _PLACE.finditer(text)]
        template = re.sub(r"\\[tn0\\]", lambda found: _WRITTEN[found[0]], text)
        return Format(columns=_known(names), template=template)
    return Format(columns=_known([name.strip() for name in text.split(",")]))


def shown(value: Any) -> str:
    """Return a JSON value as text: nothing for null, texts as they are, JSON for the rest."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)


def _known(names: Sequence[str]) -> Sequence[str]:
    if not any(names):
        raise UsageProblem("--format takes columns such as id,state,command or '{id} {command}'")
    for name in names:
        if name not in FIELDS:
            hint = nearest(name, FIELDS) or f"the fields are {', '.join(FIELDS)}"
            raise UsageProblem(f"a job has no field {name!r}; {hint}")
    return names
