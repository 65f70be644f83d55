"""Running claimed QueueCTL jobs; embeddable in other programs."""

from queuectl_worker.context import Context, current
from queuectl_worker.environment import pick_environment
from queuectl_worker.errors import (
    InvalidArguments,
    InvalidTask,
    JobFailed,
    TaskError,
    UnknownPlugin,
    UnknownTask,
    WaitTimeout,
)
from queuectl_worker.executors import Executor, Recycling
from queuectl_worker.fitting import ExecutorFactory, ExecutorParts, TaskSide
from queuectl_worker.logkeeping import LogsFreed, copy_logs, drop_logs, keep_logs, prune_logs
from queuectl_worker.middleware import Middleware
from queuectl_worker.news import (
    JobEnded,
    JobStarted,
    News,
    OnNews,
    ResultRefused,
    WorkerJoined,
    WorkerPaused,
    WorkerStopping,
)
from queuectl_worker.options import Options
from queuectl_worker.output import LogFolder, log_root
from queuectl_worker.outputs import RunOutput
from queuectl_worker.queue import Queue
from queuectl_worker.queued import QueuedJob
from queuectl_worker.retry import RetryPolicy, decide
from queuectl_worker.shipper import store_logs
from queuectl_worker.sources import follow, read
from queuectl_worker.supervisor import supervise
from queuectl_worker.tasks import TaskFunction
from queuectl_worker.tracing import Tracing
from queuectl_worker.wishes import GiveUp, Retry, Snooze
from queuectl_worker.worker import ExitReason, Worker

__all__ = [
    "Context",
    "Executor",
    "ExecutorFactory",
    "ExecutorParts",
    "ExitReason",
    "GiveUp",
    "InvalidArguments",
    "InvalidTask",
    "JobEnded",
    "JobFailed",
    "JobStarted",
    "LogFolder",
    "LogsFreed",
    "Middleware",
    "News",
    "OnNews",
    "Options",
    "Queue",
    "QueuedJob",
    "Recycling",
    "ResultRefused",
    "Retry",
    "RetryPolicy",
    "RunOutput",
    "Snooze",
    "TaskError",
    "TaskFunction",
    "TaskSide",
    "Tracing",
    "UnknownPlugin",
    "UnknownTask",
    "WaitTimeout",
    "Worker",
    "WorkerJoined",
    "WorkerPaused",
    "WorkerStopping",
    "copy_logs",
    "current",
    "decide",
    "drop_logs",
    "follow",
    "keep_logs",
    "log_root",
    "pick_environment",
    "prune_logs",
    "read",
    "store_logs",
    "supervise",
]
