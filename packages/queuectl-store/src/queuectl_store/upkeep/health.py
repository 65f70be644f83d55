"""What commonly goes wrong with workers and queues, each with its remedy. Pure."""

from collections.abc import Iterator, Sequence

from queuectl_store.engines.symptoms import Level, Symptom
from queuectl_store.hooks.hook import Hook
from queuectl_store.job import HOOK_QUEUE, Worker
from queuectl_store.limits.queues import Queue, QueueState
from queuectl_store.states import JobState


def of_workers(
    workers: Sequence[Worker], queues: Sequence[Queue], *, version: str
) -> Iterator[Symptom]:
    """Yield what is to be said of workers and of queues that nobody serves.

    Args:
        workers: All that there ever were.
        version: This program's.
    """
    alive = [each for each in workers if each.alive]
    waiting = [queue for queue in queues if queue.counts.get(JobState.PENDING)]
    yield _living(alive, waiting)
    yield from _unserved(alive, waiting)
    yield from _paused(waiting)
    if stale := [each for each in workers if not each.alive and each.running]:
        yield Symptom(
            name="stale workers",
            level=Level.OK if alive else Level.WARNING,
            text=f"{_many(len(stale), 'worker')} vanished with jobs that they ran",
            remedy="the next worker that runs takes them over: `queuectl worker start`",
        )
    if others := sorted({each.version for each in alive} - {version}):
        yield Symptom(
            name="versions",
            level=Level.WARNING,
            text=f"workers of the versions {', '.join(others)} run beside this one, {version}",
            remedy="restart them when it suits: `queuectl worker stop`, then start them anew",
        )


def of_hooks(hooks: Sequence[Hook], workers: Sequence[Worker]) -> Iterator[Symptom]:
    """Yield whether somebody runs the deliveries of hooks: all workers make them.

    Args:
        workers: All that there ever were.
    """
    active = [hook for hook in hooks if not hook.paused]
    takes = [each for each in workers if each.alive and each.state == "running"]
    if not active or not takes:
        return
    if any(each.queues is None or HOOK_QUEUE in each.queues for each in takes):
        text = f"{_many(len(active), 'hook')} told by a worker"
        yield Symptom(name="hooks", level=Level.OK, text=text)
        return
    yield Symptom(
        name="hooks",
        level=Level.WARNING,
        text=f"{_many(len(active), 'hook')} told of nothing: each worker serves other queues only",
        remedy=f"`queuectl worker start --queue {HOOK_QUEUE}`",
    )


def _living(alive: Sequence[Worker], waiting: Sequence[Queue]) -> Symptom:
    if alive:
        slots = sum(each.concurrency for each in alive)
        text = f"{_many(len(alive), 'worker')} with {_many(slots, 'slot')}"
        return Symptom(name="workers", level=Level.OK, text=text)
    return Symptom(
        name="workers",
        level=Level.WARNING if waiting else Level.OK,
        text="no worker runs" + (", and jobs wait" if waiting else "; no job waits for one"),
        remedy="`queuectl worker start`, or `queuectl service install` for always",
    )


def _unserved(alive: Sequence[Worker], waiting: Sequence[Queue]) -> Iterator[Symptom]:
    takes = [each for each in alive if each.state == "running"]
    for name in [queue.name for queue in waiting] if takes else ():
        if not any(each.queues is None or name in each.queues for each in takes):
            yield Symptom(
                name="queues",
                level=Level.WARNING,
                text=f"no worker serves {name}, where jobs wait",
                remedy=f"`queuectl worker start --queue {name}`",
            )


def _paused(waiting: Sequence[Queue]) -> Iterator[Symptom]:
    for queue in waiting:
        if queue.state is QueueState.PAUSED:
            yield Symptom(
                name="queues",
                level=Level.WARNING,
                text=f"the queue {queue.name} is paused, and jobs wait in it",
                remedy=f"`queuectl queue resume {queue.name}`",
            )


def _many(count: int, what: str) -> str:
    return f"{count} {what}" + ("" if count == 1 else "s")
