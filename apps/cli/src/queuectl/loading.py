"""Finds the queue that `--app MODULE:NAME` names, in the caller's own code."""

import importlib
import sys
import traceback
from pathlib import Path

from queuectl.exits import UsageProblem
from queuectl_worker import Queue


def load_app(place: str) -> Queue:
    """Import the module of *place* and return its queue; modules are looked for here too.

    Raises:
        UsageProblem: There is no such module or name, it fails to import, or is no queue.
    """
    module_name, colon, name = place.partition(":")
    if not module_name or not colon or not name:
        raise UsageProblem(f"--app takes MODULE:NAME, such as shop.jobs:queue, got {place!r}")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    found = _imported(module_name, place)
    for part in name.split("."):
        found = getattr(found, part, None)
    if isinstance(found, Queue):
        return found
    what = "nothing" if found is None else f"a {type(found).__name__}"
    raise UsageProblem(f"{place} is {what}, not a queue; write queue = queuectl_worker.Queue(…)")


def _imported(name: str, place: str) -> object:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name and (name == error.name or name.startswith(f"{error.name}.")):
            raise UsageProblem(
                f"there is no module {error.name!r} here; start the worker in the folder that"
                " holds it, or install it"
            ) from error
        raise _failed(place, error) from error
    except Exception as error:  # a module may raise whatever it likes
        raise _failed(place, error) from error


def _failed(place: str, error: Exception) -> UsageProblem:
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(last.filename).name}:{last.lineno}"
    said = str(error).partition("\n")[0]
    return UsageProblem(f"{place} cannot be imported: {type(error).__name__}: {said} ({where})")
