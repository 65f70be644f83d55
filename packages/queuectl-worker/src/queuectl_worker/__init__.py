"""Running claimed QueueCTL jobs; embeddable in other programs."""

from queuectl_worker.environment import pick_environment
from queuectl_worker.logkeeping import LogsFreed, copy_logs, keep_logs, prune_logs
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
from queuectl_worker.output import LogFolder, follow, log_root, read
from queuectl_worker.retry import RetryPolicy, decide
from queuectl_worker.supervisor import supervise
from queuectl_worker.worker import ExitReason, Worker

__all__ = [
    "ExitReason",
    "JobEnded",
    "JobStarted",
    "LogFolder",
    "LogsFreed",
    "News",
    "OnNews",
    "ResultRefused",
    "RetryPolicy",
    "Worker",
    "WorkerJoined",
    "WorkerPaused",
    "WorkerStopping",
    "copy_logs",
    "decide",
    "follow",
    "keep_logs",
    "log_root",
    "pick_environment",
    "prune_logs",
    "read",
    "supervise",
]
