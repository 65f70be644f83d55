"""What runs claimed jobs, as the runner sees it: commands, functions, coroutines.

Runs are named by their claim: (job id, token). No two claims ever share one.
"""

from queuectl_worker.executors.aside import AsideExecutor
from queuectl_worker.executors.command import CommandExecutor
from queuectl_worker.executors.coroutine import CoroutineExecutor
from queuectl_worker.executors.mixed import MixedExecutor
from queuectl_worker.executors.pool.member import Recycling
from queuectl_worker.executors.pool.process import ProcessExecutor
from queuectl_worker.executors.protocol import (
    Completed,
    Ending,
    Executor,
    RunEnded,
    RunKey,
    RunRecalled,
    RunReport,
    RunStarted,
    Stopped,
    Unserved,
    Unstartable,
    key_of,
)
from queuectl_worker.executors.thread import ThreadExecutor

__all__ = [
    "AsideExecutor",
    "CommandExecutor",
    "Completed",
    "CoroutineExecutor",
    "Ending",
    "Executor",
    "MixedExecutor",
    "ProcessExecutor",
    "Recycling",
    "RunEnded",
    "RunKey",
    "RunRecalled",
    "RunReport",
    "RunStarted",
    "Stopped",
    "ThreadExecutor",
    "Unserved",
    "Unstartable",
    "key_of",
]
