"""What runs claimed jobs, as the runner sees it; commands today, Python functions beside them later.

Runs are named by their claim: (job id, token). No two claims ever share one.
"""

from queuectl_worker.executors.command import CommandExecutor
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

__all__ = [
    "CommandExecutor",
    "Completed",
    "Ending",
    "Executor",
    "RunEnded",
    "RunKey",
    "RunRecalled",
    "RunReport",
    "RunStarted",
    "Stopped",
    "Unserved",
    "Unstartable",
    "key_of",
]
