"""Running claimed QueueCTL jobs; embeddable in other programs.

A name is imported when it is first asked for: who looks at one thing does not wait for the rest.
`__init__.pyi` tells type checkers the same names, and a test holds the two together.
"""

from importlib import import_module

_PLACES = {
    "context": "Context current",
    "environment": "pick_environment",
    "errors": (
        "InvalidArguments InvalidTask JobFailed TaskError UnknownPlugin UnknownTask WaitTimeout"
    ),
    "executors": "Executor Recycling",
    "fitting": "ExecutorFactory ExecutorParts TaskSide",
    "logkeeping": "LogsFreed copy_logs drop_logs keep_logs prune_logs",
    "middleware": "Middleware",
    "news": (
        "JobEnded JobStarted News OnNews ResultRefused"
        " WorkerJoined WorkerPaused WorkerQuiet WorkerStopping"
    ),
    "options": "Options",
    "output": "LogFolder log_root",
    "outputs": "RunOutput",
    "queue": "Queue",
    "queued": "QueuedJob",
    "retry": "RetryPolicy decide",
    "shipper": "store_logs",
    "sources": "follow read",
    "supervisor": "supervise",
    "tasks": "TaskFunction",
    "tracing": "Tracing",
    "wishes": "GiveUp Retry Snooze",
    "worker": "ExitReason Worker",
}
_PLACE_OF = {name: place for place, names in _PLACES.items() for name in names.split()}

__all__ = sorted(_PLACE_OF)


def __getattr__(name: str) -> object:
    if name not in _PLACE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{_PLACE_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*globals(), *__all__]
