"""A task that is enqueued by its name alone, where its function is not at hand."""

from queuectl_store.job import Task, Work


def left_to_task(work: Work, **said: object) -> tuple[str, ...]:
    """Return what a job of *work* is to have from its task: the names of what is None in *said*.

    Of a command nothing. What is left is the task's, where its decorator says it, from the first
    run on; until then what stands in for it (fallbacks.py).

    Args:
        said: `max_retries`, `timeout_ms` and `backoff` of the `NewJob`.
    """
    if not isinstance(work, Task):
        return ()
    return tuple(name for name, value in said.items() if value is None)
