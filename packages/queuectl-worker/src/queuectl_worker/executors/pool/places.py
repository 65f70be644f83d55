"""How a task process finds the program whose tasks it runs."""

import inspect
import json
import os
import sys
from pathlib import Path

from queuectl_worker.errors import InvalidTask
from queuectl_worker.executors.commandline import encode_variables
from queuectl_worker.executors.pool.link import PROGRAM, SETTING, Message
from queuectl_worker.guardian import Launch
from queuectl_worker.output import LogFolder
from queuectl_worker.tasks import Registry

LEAVE_MS = 5_000


def places_of(tasks: Registry) -> Message:
    """Return where the functions of *tasks* live: modules, and the main program if some do there.

    Raises:
        InvalidTask: One cannot be found again by another process.
    """
    modules: list[str] = []
    main: str | None = None
    for task in tasks:
        module = task.function.__module__
        if "<locals>" in task.function.__qualname__:
            raise InvalidTask(
                f"the task {task.name} is made inside a function, where another process cannot"
                " find it; move it to the top of its module, or use executor='thread'"
            )
        if module == "__main__":
            main = _main_file(task.name)
        elif module not in modules:
            modules.append(module)
    return {"path": [str(Path(each).absolute()) for each in sys.path], "modules": modules} | {
        "main": main
    }


def _main_file(name: str) -> str:
    main = sys.modules["__main__"]
    if (spec := getattr(main, "__spec__", None)) is not None and spec.origin:
        return str(Path(spec.origin).absolute())
    try:
        return str(Path(inspect.getfile(main)).absolute())
    except TypeError as error:
        raise InvalidTask(
            f"the task {name} was typed at a prompt, where another process cannot find it;"
            " put it into a file, or use executor='thread'"
        ) from error


def launch_of(number: int, setting: Message, *, env_ref: int, logs: LogFolder) -> Launch:
    """Return what the guardian needs to start the task process of that number."""
    name = f"{os.getpid()}-{number}.log"
    return Launch(
        key=number,
        argv=tuple(map(os.fsencode, (sys.executable, "-m", PROGRAM))),
        cwd=os.fsencode(os.getcwd()),
        env_ref=env_ref,
        env=encode_variables({SETTING: json.dumps(setting)}),
        log=os.fsencode(logs.root / "processes" / name),
        timeout_ms=None,
        kill_grace_ms=LEAVE_MS,
    )
