"""A process that runs tasks, one at a time, until its worker closes the link.

Started as `python -m queuectl_worker.taskprocess` under the guardian, which ends it and everything
below it. It imports the program whose tasks it runs, as that program names itself.
"""

import importlib
import json
import os
import runpy
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any, NoReturn

from queuectl_store import Task
from queuectl_worker.executors.calling import Call, MustEnd, make_call
from queuectl_worker.executors.pool import cargo
from queuectl_worker.executors.pool.doors import knock
from queuectl_worker.executors.pool.leftovers import Leftovers
from queuectl_worker.executors.pool.link import SETTING, Link, Message
from queuectl_worker.executors.pool.logwatch import LogWatch
from queuectl_worker.executors.pool.tasklog import TaskLog, TaskLogs
from queuectl_worker.executors.protocol import Ending
from queuectl_worker.queue import Queue
from queuectl_worker.retry import Raised
from queuectl_worker.tasks import Registry

if sys.platform == "win32":
    from queuectl_worker.windows import taskhost as host
else:
    from queuectl_worker.executors.pool import taskhost as host

_PROGRESS_S = 0.2


class TaskMustEnd(MustEnd):
    """Raised in the task that runs, by the signal that ends this process. Not for catching."""


class Child:
    """Runs what comes over the link."""

    def __init__(
        self, link: Link, tasks: Registry, *, logs: TaskLogs, leftovers: Leftovers
    ) -> None:
        self._link, self._tasks, self._logs = link, tasks, logs
        self._leftovers = leftovers
        self._watch = LogWatch()
        self._current: Call | None = None
        self._told_at = 0.0
        self._untold: str | None = None
        self._silent = (os.dup(1), os.dup(2))

    def serve(self) -> None:
        """Run tasks until the link is closed."""
        signal.signal(host.END, self._end)
        while not self._link.is_closed:
            for message in self._link.receive(wait=True):
                self._link.send(told := self._run(message))
                if told["left"]:
                    self._link.send({"said": "clear", "is_clear": self._leftovers.end()})

    def _end(self, _number: int, _frame: object) -> NoReturn:
        # Once: what the task still has to say is to be kept.
        signal.signal(host.END, signal.SIG_IGN)
        if self._current is not None:
            self._current.context.cancelled.set()
        raise TaskMustEnd

    def _run(self, message: Message) -> Message:
        claim = cargo.unpack_claim(message)
        work = claim.job.work
        assert isinstance(work, Task)
        self._leftovers.keep()
        task, keep = self._tasks.find(work.name), self._leftovers.keep
        call = self._current = make_call(claim, task, self._progress, keep)
        began, cpu = time.time_ns() // 1_000_000, _cpu_s()
        log = self._logs.open(message["log"])
        ending = self._kept(call, log)
        self._current = None
        if self._untold is not None:
            self._link.send({"said": "progress", "text": self._untold})
            self._untold = None
        return {
            "said": "ended",
            "of": [claim.job.id, claim.token],
            "ending": cargo.pack_ending(ending),
            "started_at": began,
            "cpu_ms": round((_cpu_s() - cpu) * 1000),
            "max_rss": host.peak_bytes(),
            "log_bytes": log.size,
            "log_problem": log.problem,
            "left": self._leftovers.count(),
        }

    def _kept(self, call: Call, log: TaskLog) -> Ending:
        try:
            with self._watch.over(log), _output_to(log.descriptor, self._silent):
                ending = call.run_anywhere()
                if isinstance(ending, Raised):
                    sys.stderr.write(ending.trace)
        finally:
            log.close(is_ours_alone=not self._leftovers.may_be_any())
        return ending

    def _progress(self, _job: int, _token: int, text: str) -> bool:
        now = time.monotonic()
        if now - self._told_at < _PROGRESS_S:
            self._untold = text  # the last word is told at the end at the latest
        else:
            self._told_at, self._untold = now, None
            self._link.send({"said": "progress", "text": text})
        return self._current is not None and not self._current.context.cancelled.is_set()


@contextmanager
def _output_to(target: int, silent: tuple[int, int]) -> Iterator[None]:
    """Send what the block prints to the run's log."""
    for descriptor in (1, 2):
        os.dup2(target, descriptor)
    try:
        yield
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        for kept, descriptor in zip(silent, (1, 2), strict=True):
            os.dup2(kept, descriptor)


def find_tasks(places: Message) -> Registry:
    """Import the modules that *places* names, and return the tasks of the queues in them."""
    sys.path[:] = places["path"]
    modules = [importlib.import_module(name) for name in places["modules"]]
    found = [vars(module) for module in modules]
    if main := places["main"]:
        # As multiprocessing does: under another name, so that its main part does not run.
        module = ModuleType("__queuectl_main__")
        module.__dict__.update(runpy.run_path(main, run_name="__queuectl_main__"))
        sys.modules["__queuectl_main__"] = module
        found.append(vars(module))
    registry = Registry()
    queues = {id(each): each for names in found for each in names.values() if _is_queue(each)}
    for queue in queues.values():
        for task in queue.tasks:
            if task.name not in registry:
                registry.add(task)
    return registry


def _is_queue(thing: Any) -> bool:
    return isinstance(thing, Queue)


def _cpu_s() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def main() -> int:
    """Greet the worker, import the program, and serve."""
    setting = json.loads(os.environ.pop(SETTING))
    host.prepare()
    end = knock(setting["address"])
    end.sendall(bytes.fromhex(setting["greeting"]))
    link = Link(end)
    leftovers = host.leftovers()
    try:
        tasks = find_tasks(setting["places"])
    except BaseException as error:  # noqa: BLE001  # a program may raise whatever it likes
        told = str(error).partition("\n")[0]
        link.send({"said": "broken", "message": f"{type(error).__name__}: {told}"})
        return 1
    link.send({"said": "ready"})
    prefix = f"task-{os.getpid()}-{setting['number']}"
    logs = host.Logs(setting["spool"], prefix=prefix, cap=setting["cap"])
    try:
        Child(link, tasks, logs=logs, leftovers=leftovers).serve()
    except TaskMustEnd:
        return 1
    finally:
        logs.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
