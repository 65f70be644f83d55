"""What other installed packages add to a worker, found by their entry points.

`queuectl.executors`: a function that makes an executor (`ExecutorFactory`), by the name that
`--executor` takes. `queuectl.listeners`: a function that is told a worker's news (`OnNews`).
"""

import logging
from collections.abc import Callable
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from queuectl_worker.errors import UnknownPlugin
from queuectl_worker.fitting import ExecutorFactory
from queuectl_worker.news import OnNews

log = logging.getLogger(__name__)

EXECUTORS, LISTENERS = "queuectl.executors", "queuectl.listeners"


def executor_names() -> list[str]:
    """Return the names of the executors that are installed."""
    return sorted(entry_points(group=EXECUTORS).names)


def load_executor(name: str) -> ExecutorFactory:
    """Return what makes the executor of that name.

    Raises:
        UnknownPlugin: There is none, or it cannot be imported.
    """
    found = sorted(entry_points(group=EXECUTORS, name=name))
    if not found:
        known = ", ".join(executor_names()) or "none"
        raise UnknownPlugin(f"no installed package has an executor {name!r}; there are: {known}")
    try:
        return _loaded(found[0])
    except Exception as error:  # a package may raise whatever it likes
        raise UnknownPlugin(f"the executor {name!r} cannot be loaded: {_said(error)}") from error


def load_listeners() -> list[OnNews]:
    """Return every listener that is installed; one that cannot be loaded is logged and left out."""
    found = []
    for point in sorted(entry_points(group=LISTENERS)):
        try:
            found.append(_loaded(point))
        except Exception as error:  # noqa: BLE001  # jobs must run without it
            facts = {"listener": point.name, "reason": _said(error)}
            log.warning("a listener cannot be loaded", extra=facts)
    return found


def _loaded(point: EntryPoint) -> Callable[[Any], Any]:
    loaded: Callable[[Any], Any] = point.load()
    if not callable(loaded):
        raise TypeError(f"{point.value} is not a function")
    return loaded


def _said(error: Exception) -> str:
    text = str(error).partition("\n")[0]
    return f"{type(error).__name__}: {text}"
