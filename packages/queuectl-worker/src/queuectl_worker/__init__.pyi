from queuectl_worker.context import Context as Context, current as current
from queuectl_worker.environment import pick_environment as pick_environment
from queuectl_worker.errors import (
    InvalidArguments as InvalidArguments,
    InvalidTask as InvalidTask,
    JobFailed as JobFailed,
    TaskError as TaskError,
    UnknownPlugin as UnknownPlugin,
    UnknownTask as UnknownTask,
    WaitTimeout as WaitTimeout,
)
from queuectl_worker.executors import Executor as Executor, Recycling as Recycling
from queuectl_worker.fitting import (
    ExecutorFactory as ExecutorFactory,
    ExecutorParts as ExecutorParts,
    TaskSide as TaskSide,
)
from queuectl_worker.logkeeping import (
    LogsFreed as LogsFreed,
    copy_logs as copy_logs,
    drop_logs as drop_logs,
    keep_logs as keep_logs,
    prune_logs as prune_logs,
)
from queuectl_worker.middleware import Middleware as Middleware
from queuectl_worker.news import (
    JobEnded as JobEnded,
    JobStarted as JobStarted,
    News as News,
    OnNews as OnNews,
    ResultRefused as ResultRefused,
    WorkerJoined as WorkerJoined,
    WorkerPaused as WorkerPaused,
    WorkerQuiet as WorkerQuiet,
    WorkerStopping as WorkerStopping,
)
from queuectl_worker.options import Options as Options
from queuectl_worker.output import LogFolder as LogFolder, log_root as log_root
from queuectl_worker.outputs import RunOutput as RunOutput
from queuectl_worker.queue import Queue as Queue
from queuectl_worker.queued import QueuedJob as QueuedJob
from queuectl_worker.retry import RetryPolicy as RetryPolicy, decide as decide
from queuectl_worker.shipper import store_logs as store_logs
from queuectl_worker.sources import follow as follow, read as read
from queuectl_worker.supervisor import supervise as supervise
from queuectl_worker.tasks import TaskFunction as TaskFunction
from queuectl_worker.tracing import Tracing as Tracing
from queuectl_worker.wishes import GiveUp as GiveUp, Retry as Retry, Snooze as Snooze
from queuectl_worker.worker import ExitReason as ExitReason, Worker as Worker
