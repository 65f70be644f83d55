"""One call of a task: the arguments out of JSON, the result into it, errors as values."""

import asyncio
import logging
import os
import sys
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from typing import Any, NamedTuple

from queuectl_store import Claim, RunFacts, Task
from queuectl_store.bounds import MAX_WORDS
from queuectl_worker.context import (
    Context,
    Keep,
    Tell,
    deadline_after,
    enter,
    nothing_to_keep,
)
from queuectl_worker.executors.protocol import Completed, Ending, RunEnded, Stopped, key_of
from queuectl_worker.payload import result_text
from queuectl_worker.retry import AskedRetry, GaveUp, Raised, SnoozedItself, error_of
from queuectl_worker.tasks import TaskFunction
from queuectl_worker.wishes import GiveUp, Retry, Snooze

log = logging.getLogger(__name__)

MOST_TRACE = 8_000  # characters
_NO_FAULT = (Stopped, SnoozedItself)
_DONE = Completed()


class MustEnd(BaseException):
    """Raised in a task from outside, to end it. Not for catching."""


# Appends to the log of a run.
Note = Callable[[Claim, str], None]


class Call(NamedTuple):
    """A claimed task that is ready to be called."""

    claim: Claim
    task: TaskFunction[Any, Any]
    context: Context

    def arguments(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return what to call the function with.

        Raises:
            InvalidArguments: The stored arguments do not fit the function of this release.
        """
        work = self.claim.job.work
        assert isinstance(work, Task)
        signature = self.task.signature
        return signature.with_context(*signature.unpack(work.args, work.kwargs), self.context)

    def run(self, *, caught: type[BaseException] = BaseException) -> Ending:
        """Call the function here, and return how it ended.

        Args:
            caught: What of its exceptions is its end, `MustEnd` never; others are raised.
        """
        return self._ended(self._completed, caught)

    def _ended(self, call: Callable[[], Completed], caught: type[BaseException]) -> Ending:
        enter(self.context)
        try:
            return call()
        except MustEnd:
            raise
        except caught as error:  # whatever a task raises is its own outcome
            return ending_of(error)
        finally:
            enter(None)

    async def follow(self) -> Completed:
        """Run the coroutine on the loop that runs here.

        Raises:
            Exception: Whatever it raises.
        """
        args, kwargs = self.arguments()
        result, pid = None, os.getpid()
        try:
            with self.task.middleware.around(self.context):
                result = await self.task.function(*args, **kwargs)
        finally:
            _end_here_unless(pid)
        return Completed(result=result_text(result))

    def _completed(self) -> Completed:
        args, kwargs = self.arguments()
        result, pid = None, os.getpid()
        try:
            with self.task.middleware.around(self.context):
                result = self.task.function(*args, **kwargs)
        finally:
            _end_here_unless(pid)
        return _DONE if result is None else Completed(result=result_text(result))

    def run_anywhere(self, *, caught: type[BaseException] = BaseException) -> Ending:
        """Call the function or run the coroutine here, and return how it ended; see `run`."""
        if not self.task.is_coroutine:
            return self.run(caught=caught)
        return self._ended(self._completed_on_a_loop, caught)

    def _completed_on_a_loop(self) -> Completed:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return asyncio.run(self.follow())
        # A test of a coroutine: its thread has a loop, which cannot run another one inside.
        with ThreadPoolExecutor(max_workers=1) as aside:
            run = copy_context().run
            return aside.submit(run, lambda: asyncio.run(self.follow())).result()


def make_call(
    claim: Claim, task: TaskFunction[Any, Any], tell: Tell, keep: Keep = nothing_to_keep
) -> Call:
    """Return the call that *claim* asks for.

    Args:
        tell: Records progress: job id, token, text; False when the run is not the owner.
        keep: Spares the processes that were started here.
    """
    job = claim.job
    context = Context(
        job=job,
        token=claim.token,
        deadline=deadline_after(job.timeout_ms),
        tell=tell,
        keep=keep,
    )
    return Call(claim, task, context)


def ending_of(error: BaseException) -> Ending:
    """Say as a value what *error*, raised by a task, means for its job."""
    match error:
        case Retry(after_ms=after_ms, reason=reason):
            return AskedRetry(reason=_cut(reason), after_ms=after_ms)
        case GiveUp(reason=reason):
            return GaveUp(reason=_cut(reason))
        case Snooze(for_ms=for_ms):
            return SnoozedItself(for_ms=for_ms)
        case _:
            kinds = tuple(each.__name__ for each in type(error).__mro__)
            return Raised(kind=kinds[0], message=_message(error), trace=_trace(error), kinds=kinds)


def ended(call: Call, ending: Ending, *, started_ms: int, began: float, note: Note) -> RunEnded:
    """Return the report of a run that is over; its traceback goes to its log.

    Args:
        started_ms: UTC milliseconds.
        began: `time.monotonic()` at the start.
    """
    run_ms = round((time.monotonic() - began) * 1000)
    facts = RunFacts(started_ms, run_ms=run_ms)
    if isinstance(ending, Completed):
        return RunEnded(key_of(call.claim), facts, ending, run_ms)
    if not isinstance(ending, _NO_FAULT):
        facts = facts._replace(error=error_of(ending))  # type: ignore[arg-type]
    if isinstance(ending, Raised):
        try:
            note(call.claim, ending.trace)
            size = len(ending.trace.encode("utf-8", "backslashreplace"))
            facts = facts._replace(log_bytes=size)
        except OSError as problem:
            log.warning("a traceback was not kept", extra={"reason": problem})
    return RunEnded(key=key_of(call.claim), facts=facts, ending=ending, run_ms=run_ms)


def _end_here_unless(pid: int) -> None:
    """End a child that a task forked and let return: it would go on as a second worker."""
    if os.getpid() == pid:
        return
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):
            stream.flush()
    os._exit(0)


def _message(error: BaseException) -> str:
    try:
        return _cut(str(error))
    except Exception as problem:  # noqa: BLE001  # it is a task's own class, with its own __str__
        return f"its message cannot be told: {type(problem).__name__}"


def _cut(text: str) -> str:
    # One more than the store keeps, so that it can tell: a whole book need not come so far.
    return text[: MAX_WORDS + 1]


def _trace(error: BaseException) -> str:
    text = "".join(traceback.format_exception(error))
    # The end of a traceback names the error; the beginning where the task was called.
    return text if len(text) <= MOST_TRACE else f"… {text[-MOST_TRACE:]}"
