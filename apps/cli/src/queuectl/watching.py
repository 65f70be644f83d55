"""Following jobs to their end, woken by the store instead of asking it in a loop."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing

from queuectl.exits import Exit
from queuectl.safe import safe_text
from queuectl_store import FINAL, Attempt, Job, JobId, JobState, Look, Stream, UnknownJob
from queuectl_worker import LogFolder, RunOutput

# The store's wake-ups tell of jobs that can be claimed. Whether one started or ended is looked for
# after a fifth of the time that it has been waited for: what is short is soon noticed, and what
# takes long is seldom asked for.
_SHORTEST_LOOK_S, _LOOK_SHARE = 0.02, 0.2
_LONGEST_LOOK_S, _LONGEST_LOOK_AT_ONE_S = 0.5, 0.2
_ERROR_CODES = (("timed out after", Exit.TIMED_OUT), ("no program named", Exit.NO_PROGRAM))


def code_of_job(job: Job) -> int:
    """Return the exit code that stands for a finished job: its own where it has one."""
    if job.state is JobState.SUCCEEDED:
        return Exit.DONE
    if job.state is JobState.CANCELLED:
        return Exit.CANCELLED
    ended = job.last
    if ended is None:
        return Exit.FAILED
    for beginning, code in _ERROR_CODES:
        if (ended.error or "").startswith(beginning):
            return code
    if ended.signal is not None:
        return 128 + ended.signal
    return ended.exit_code or Exit.FAILED


def until_finished(
    store: Look, ids: Sequence[JobId], *, timeout_s: float | None, is_any: bool
) -> Iterator[Job]:
    """Yield each of the jobs as it becomes final, or only the first if *is_any*.

    Raises:
        TimeoutError: *timeout_s* passed first.
        UnknownJob: One of them does not exist.
    """
    deadline = None if timeout_s is None else time.monotonic() + timeout_s
    left = list(dict.fromkeys(ids))
    began = time.monotonic()
    with closing(store.listen()) as listener:
        while left:
            for job in _found(store, left):
                if job.state in FINAL:
                    left.remove(job.id)
                    yield job
                    if is_any:
                        return
            pause = _pause_since(began, _LONGEST_LOOK_S)
            if deadline is not None:
                pause = min(pause, deadline - time.monotonic())
            if left and pause <= 0:
                raise TimeoutError
            if left:
                listener.wait(pause)


def follow_output(
    store: Look,
    logs: LogFolder,
    job_id: JobId,
    *,
    since: int,
    notify: Callable[[Attempt], None],
    tail: int | None = None,
    while_waiting: Callable[[Job], None] = lambda _job: None,
) -> Iterator[tuple[Stream, bytes]]:
    """Yield a job's output as it comes, run after run, until the job is final and all was read.

    Args:
        since: Begin with the run after the one of this token.
        notify: Called with each run that is over and has another one after it.
        tail: Begin with the last *tail* lines of what is there already.
        while_waiting: Called again and again with the job while none of its runs goes on.
    """
    began = time.monotonic()
    with closing(store.listen()) as listener:
        while True:
            job = store.reader.get(job_id)
            run = _next_run(store, job, since)
            if run is not None:
                yield from _follow_run(store, logs, job, run, tail=tail)
                since, tail, began = run.token, None, time.monotonic()
                _tell_if_more(store, job_id, since, notify)
            elif job.state in FINAL:
                return
            else:
                while_waiting(job)
                listener.wait(_pause_since(began, _LONGEST_LOOK_AT_ONE_S))


def _pause_since(began: float, longest_s: float) -> float:
    return min(longest_s, max(_SHORTEST_LOOK_S, (time.monotonic() - began) * _LOOK_SHARE))


def _next_run(store: Look, job: Job, since: int) -> Attempt | Job | None:
    """Return the run after the token *since*: an ended one, the job itself if it runs, or None.

    Quick runs may have come and gone between two looks, so the ended ones come first.
    """
    for attempt in store.reader.attempts(job.id):
        if attempt.token > since:
            return attempt
    return job if job.state is JobState.RUNNING and job.token > since else None


def _follow_run(
    store: Look, logs: LogFolder, job: Job, run: Attempt | Job, *, tail: int | None
) -> Iterator[tuple[Stream, bytes]]:
    ended = run if isinstance(run, Attempt) else None
    output = RunOutput(store, logs, job, ended)
    return output.follow(lambda: ended is not None or _is_run_over(store, job), tail=tail)


def _tell_if_more(
    store: Look, job_id: JobId, token: int, notify: Callable[[Attempt], None]
) -> None:
    job = store.reader.get(job_id)
    if job.state in FINAL and job.token == token:
        return
    for attempt in store.reader.attempts(job_id):
        if attempt.token == token:
            notify(attempt)


def _is_run_over(store: Look, run: Job) -> bool:
    job = store.reader.get(run.id)
    return job.state is not JobState.RUNNING or job.token != run.token


def run_note(run: Attempt, *, next_step: str) -> str:
    """Return what to tell a person between two runs."""
    return safe_text(f"attempt {run.number}: {run.error or run.state}; {next_step}")


def _found(store: Look, ids: Sequence[JobId]) -> list[Job]:
    jobs = store.reader.find(ids)
    missing = set(ids) - {job.id for job in jobs}
    if missing:
        raise UnknownJob(min(missing))
    return jobs
