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

from queuectl_store import Claim, Task
from queuectl_worker.executors.calling import Call, MustEnd, make_call
from queuectl_worker.executors.pool import cargo
from queuectl_worker.executors.pool.desk import Desk
from queuectl_worker.executors.pool.doors import knock
from queuectl_worker.executors.pool.leftovers import Leftovers
from queuectl_worker.executors.pool.link import SETTING, Link, Message
from queuectl_worker.executors.pool.logwatch import LogWatch
from queuectl_worker.executors.pool.recycling import Recycling
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
    """Runs what the worker sends, and what lies on its counter."""

    def __init__(
        self,
        desk: Desk,
        tasks: Registry,
        *,
        logs: TaskLogs,
        leftovers: Leftovers,
        recycling: Recycling,
    ) -> None:
        self._desk, self._tasks, self._logs = desk, tasks, logs
        self._leftovers, self._recycling = leftovers, recycling
        self._watch = LogWatch(each_look=desk.remind)
        self._current: Call | None = None
        self._told_at = 0.0
        self._untold: str | None = None
        self._silent = (os.dup(1), os.dup(2))
        self._runs, self._since = 0, time.monotonic()
        self._cpu_s, _ = host.usage()

    def serve(self) -> None:
        """Run tasks until the worker wants no more."""
        signal.signal(host.END, self._end)
        message = self._desk.wait()
        while message is not None:
            told = self._run(message)
            message = self._next_after(told) or self._desk.wait()

    def _next_after(self, told: Message) -> Message | None:
        """Say how a run ended, and return the next claim if there is one to be taken."""
        then = self._then(told)
        self._desk.say({**told, "then": then}, soon=then != "takes")
        if then == "clears":
            self._desk.say({"said": "clear", "is_clear": self._leftovers.end()})
            self._cpu_s, _ = host.usage()
        if then != "takes":
            return None
        if (message := self._desk.take()) is None:
            self._desk.say({"said": "idle"})
        else:
            of = [message["job"]["id"], message["token"]]
            at_ms, began = time.time_ns() // 1_000_000, time.monotonic()
            self._desk.say({"said": "began", "of": of, "at_ms": at_ms, "began": began}, soon=False)
        return message

    def _then(self, told: Message) -> str:
        age_s = time.monotonic() - self._since
        if self._recycling.is_due(runs=self._runs, rss=told["max_rss"], age_s=age_s):
            return "leaves"
        if told["left"]:
            return "clears"
        return "takes" if self._desk.may_take() else "idle"

    def _end(self, _number: int, _frame: object) -> NoReturn:
        # Once: what the task still has to say is to be kept.
        signal.signal(host.END, signal.SIG_IGN)
        if self._current is not None:
            self._current.context.cancelled.set()
        raise TaskMustEnd

    def _run(self, message: Message) -> Message:
        claim = cargo.unpack_claim(message)
        call = self._current = self._call_of(claim)
        self._leftovers.keep()
        self._runs += 1
        began = time.monotonic()
        log = self._logs.open(message["log"])
        ending = self._kept(call, log)
        self._current = None
        if self._untold is not None:
            self._desk.say({"said": "progress", "text": self._untold}, soon=False)
            self._untold = None
        # From the end of the run before: two calls less, and what lies between is no millisecond.
        before_s, (self._cpu_s, peak) = self._cpu_s, host.usage()
        return {
            "said": "ended",
            "of": [claim.job.id, claim.token],
            "ending": cargo.pack_ending(ending),
            "run_ms": round((time.monotonic() - began) * 1000),
            "cpu_ms": round((self._cpu_s - before_s) * 1000),
            "max_rss": peak,
            "log_bytes": log.size,
            "log_problem": log.problem,
            "left": self._leftovers.count(),
        }

    def _call_of(self, claim: Claim) -> Call:
        work = claim.job.work
        assert isinstance(work, Task)
        task = self._tasks.find(work.name)
        return make_call(claim, task, self._progress, self._leftovers.keep)

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
            self._desk.say({"said": "progress", "text": text})
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
    desk = Desk(link)
    try:
        if setting["helps_itself"]:
            desk.be_handed()
    except ConnectionError:  # the worker has gone meanwhile
        return 0
    return _serve(setting, desk, tasks, leftovers)


def _serve(setting: Message, desk: Desk, tasks: Registry, leftovers: Leftovers) -> int:
    desk.say({"said": "ready"})
    recycling = Recycling(**setting["recycling"])
    prefix = f"task-{os.getpid()}-{setting['number']}"
    logs = host.Logs(setting["spool"], prefix=prefix, cap=setting["cap"])
    try:
        Child(desk, tasks, logs=logs, leftovers=leftovers, recycling=recycling).serve()
    except TaskMustEnd:
        return 1
    finally:
        logs.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
