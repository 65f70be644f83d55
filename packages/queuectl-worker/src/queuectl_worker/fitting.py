"""Which executors a worker gets: commands alone, or with them the tasks of a program."""

import sys
from collections.abc import Callable
from dataclasses import field
from typing import TYPE_CHECKING, Literal

from queuectl_store import Claim, JobId, Store, Task
from queuectl_store.hooks.hook import DESKTOP_TASK, WEBHOOK_TASK
from queuectl_store.job import HOOK_QUEUE
from queuectl_store.values import dataclass
from queuectl_worker.context import Tell
from queuectl_worker.errors import InvalidTask
from queuectl_worker.executors import AsideExecutor, CommandExecutor, Executor, Recycling
from queuectl_worker.guardian import Guardian
from queuectl_worker.output import LogFolder
from queuectl_worker.producer import DELIVERIES
from queuectl_worker.tracing import Tracing
from queuectl_worker.tuning import Tuner

if TYPE_CHECKING:
    # What runs commands alone starts without what runs functions: it checks arguments, makes
    # event loops and speaks HTTP, which took half of a worker's start.
    from queuectl_worker.executors.calling import Note
    from queuectl_worker.executors.commandguardian import CommandGuardian
    from queuectl_worker.tasks import Registry

_HOOKS = frozenset({WEBHOOK_TASK, DESKTOP_TASK})
Kind = Literal["thread", "process"]
# `select` of Windows waits for 512 sockets: each process has one, strangers at the entrance may
# have 64, the worker has some of its own.
_MOST_PROCESSES_ON_WINDOWS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutorParts:
    """What an executor for tasks is made of.

    Attributes:
        slots: How many runs at a time it is given.
        tell: Records progress: job id, token, text; False once the run is not the owner.
        note: Appends text to the log of a run.
        kill_grace_ms: How long a run that must end may take, as the settings say now.
    """

    tasks: "Registry"
    slots: int
    tell: Tell
    note: "Note"
    kill_grace_ms: Callable[[], int]


# Makes an executor (`executors/protocol.py`) that runs every task, coroutines too.
ExecutorFactory = Callable[[ExecutorParts], Executor]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSide:
    """The tasks that a worker runs, and in what.

    Attributes:
        executor: `thread` runs plain functions in threads and coroutines on an event loop;
            `process` runs both in processes, which can be killed; a factory makes another one.
        recycling: When a task process is replaced.
    """

    tasks: "Registry"
    executor: Kind | ExecutorFactory = "thread"
    recycling: Recycling = field(default_factory=Recycling)


def fit(
    store: Store,
    tuner: Tuner,
    logs: LogFolder,
    side: TaskSide | None,
    tracing: Tracing | None = None,
) -> Executor:
    """Return the executor of a worker.

    Args:
        tracing: What follows the runs of commands.

    Raises:
        InvalidTask: A task cannot run in a process, or Windows has no room for so many.
    """
    slots = tuner.current.concurrency
    # First of all: it may refuse the tasks, and what is made before would have to be closed.
    parts = None if side is None else _for_tasks(store, tuner, logs, side)
    main = commands = _commands(store, tuner, logs, tracing, slots=slots)
    if side is not None and parts is not None:
        from queuectl_worker.executors.mixed import MixedExecutor

        functions, coroutines = parts
        main = MixedExecutor(
            side.tasks, slots=slots, commands=commands, functions=functions, coroutines=coroutines
        )
    # Beside the slots, with a guardian of its own: neither a command that tells somebody nor a
    # receiver that hangs holds up a job.
    main = AsideExecutor(
        main,
        is_ours=lambda claim: (
            claim.job.queue == HOOK_QUEUE and not isinstance(claim.job.work, Task)
        ),
        make=lambda: _commands(store, tuner, logs, tracing, slots=DELIVERIES),
    )
    return AsideExecutor(main, is_ours=_is_message, make=lambda: _for_hooks(store, tuner, logs))


def _is_message(claim: Claim) -> bool:
    work = claim.job.work
    return isinstance(work, Task) and work.name in _HOOKS


def _commands(
    store: Store, tuner: Tuner, logs: LogFolder, tracing: Tracing | None, *, slots: int
) -> Executor:
    commands = CommandExecutor(
        _guardian(tuner, logs, slots=slots),
        slots=slots,
        logs=logs,
        stored=store.environment,
        store_path=store.path,
        tuning=lambda: tuner.current,
    )
    return commands if tracing is None else tracing.around(commands)


def _for_hooks(store: Store, tuner: Tuner, logs: LogFolder) -> Executor:
    from queuectl_worker.hooks.deliveries import deliveries

    return _threads(
        ExecutorParts(
            tasks=deliveries(store),
            slots=DELIVERIES,
            tell=lambda *_: True,
            note=logs.add,
            kill_grace_ms=lambda: tuner.current.kill_grace_ms,
        )
    )


def _threads(parts: ExecutorParts) -> Executor:
    from queuectl_worker.executors.thread import ThreadExecutor

    return ThreadExecutor(
        parts.tasks,
        slots=parts.slots,
        tell=parts.tell,
        note=parts.note,
        kill_grace_ms=parts.kill_grace_ms,
    )


def _for_tasks(
    store: Store, tuner: Tuner, logs: LogFolder, side: TaskSide
) -> tuple[Executor, Executor | None]:
    slots = tuner.current.concurrency

    def tell(job_id: int, token: int, text: str) -> bool:
        return store.set_progress(JobId(job_id), token, text)

    def grace_ms() -> int:
        return tuner.current.kill_grace_ms

    parts = ExecutorParts(
        tasks=side.tasks, slots=slots, tell=tell, note=logs.add, kill_grace_ms=grace_ms
    )
    if callable(side.executor):
        return side.executor(parts), None
    if side.executor == "thread":
        from queuectl_worker.executors.coroutine import CoroutineExecutor

        return _threads(parts), CoroutineExecutor(side.tasks, slots=slots, tell=tell, note=logs.add)
    return _processes(tuner, logs, side, parts), None


def _processes(tuner: Tuner, logs: LogFolder, side: TaskSide, parts: ExecutorParts) -> Executor:
    if sys.platform == "win32" and parts.slots > _MOST_PROCESSES_ON_WINDOWS:
        raise InvalidTask(
            f"a worker has at most {_MOST_PROCESSES_ON_WINDOWS} task processes on Windows, not"
            f" {parts.slots}; lower its concurrency and start several"
        )
    from queuectl_worker.executors.pool.doors import FolderDoor, LoopbackDoor
    from queuectl_worker.executors.pool.places import places_of
    from queuectl_worker.executors.pool.process import ProcessExecutor

    return ProcessExecutor(
        places_of(side.tasks),
        _guardian(tuner, logs, slots=parts.slots),
        slots=parts.slots,
        door=LoopbackDoor() if sys.platform == "win32" else FolderDoor(),
        helps_itself=sys.platform != "win32",
        logs=logs,
        log_cap=tuner.current.log_cap,
        tell=parts.tell,
        kill_grace_ms=parts.kill_grace_ms,
        recycling=side.recycling,
    )


def _guardian(tuner: Tuner, logs: LogFolder, *, slots: int) -> "CommandGuardian":
    settings = tuner.current
    if sys.platform == "win32":
        from queuectl_worker.windows import WindowsGuardian
        from queuectl_worker.windows.kernel32 import Kernel32

        system = Kernel32()
        return WindowsGuardian(slots=slots, log_cap=settings.log_cap, calls=system, disk=system)
    return Guardian(
        slots=slots,
        spool=logs.spool,
        log_cap=settings.log_cap,
        log_reserve=settings.log_reserve,
    )
