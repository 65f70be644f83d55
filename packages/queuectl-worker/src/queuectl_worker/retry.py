"""What becomes of a job after an attempt that did not succeed.

Pure, and the only rule book: the runner feeds it what the guardian saw, the rescuer what a
vanished worker left behind.
"""

import signal as signals
from collections.abc import Sequence
from typing import assert_never

from queuectl_store import Backoff, Cancelled, Dead, Job, Outcome, Retry, Snoozed, bytes_text
from queuectl_store.values import dataclass

EX_TEMPFAIL = 75
DO_NOT_RETRY = 100
CRASH_LIMIT = 3

# Ten years: a backoff that a person mistyped must still fit the database's integers.
LONGEST_DELAY_MS = 10 * 365 * 24 * 3_600_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Exited:
    """The command ended by itself with a code that is not 0."""

    code: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Signalled:
    """A signal that we did not send ended the command."""

    signal: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedOut:
    """The attempt reached its time limit."""

    after_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OverMemory:
    """The attempt had more memory than it may, and was killed for it."""

    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CannotStart:
    """The command can never start as it was enqueued: no such program, folder or permission."""

    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Crashed:
    """What ran the attempt died with it: the worker, or the guardian of its processes."""

    reason: str = "its worker vanished"


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """A task raised an exception that asks for nothing.

    Attributes:
        trace: Its traceback as text.
        kinds: The names of the classes that its own is derived from, for rules by exception.
    """

    kind: str
    message: str
    trace: str = ""
    kinds: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedRetry:
    """The work asked to be tried again; None *after_ms* is the job's backoff."""

    reason: str = ""
    after_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GaveUp:
    """The work said that trying again is of no use."""

    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SnoozedItself:
    """The work asked to be run later; not a failure, and no attempt is used."""

    for_ms: int


Failure = (
    Exited
    | Signalled
    | TimedOut
    | OverMemory
    | CannotStart
    | Crashed
    | Raised
    | AskedRetry
    | GaveUp
    | SnoozedItself
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """The rules in force where a job does not carry its own: its queue's, or the store's.

    Attributes:
        exit_retry: Codes that ask for a retry, even where *exit_dead* names them too.
        exit_dead: Codes that ask never to be retried.
        raise_dead: Exceptions that are never retried, by the names of their classes.
        crash_limit: Crashes after which a job is dead, whatever its allowance.
    """

    backoff: Backoff = Backoff()  # frozen, so sharing it is safe
    exit_retry: frozenset[int] = frozenset({EX_TEMPFAIL})
    exit_dead: frozenset[int] = frozenset({DO_NOT_RETRY})
    raise_dead: frozenset[str] = frozenset()
    crash_limit: int = CRASH_LIMIT


def decide(job: Job, failure: Failure, *, policy: RetryPolicy, jitter: float) -> Outcome:
    """Say what becomes of *job* after *failure* ended its current attempt.

    Args:
        jitter: A number drawn from [0, 1); 0.5 leaves the delay as the backoff says.
    """
    if job.cancel_requested:
        return Cancelled()
    if isinstance(failure, SnoozedItself):
        return Snoozed(delay_ms=_within_reason(failure.for_ms))
    if reason := _hopeless(job, failure, policy):
        return Dead(reason=reason)
    reason, used = error_of(failure), job.attempt - job.attempt_base
    if job.attempts_left == 0:
        return Dead(reason=f"attempt {used} of {job.max_retries + 1} failed: {reason}")
    if isinstance(failure, AskedRetry) and failure.after_ms is not None:
        return Retry(delay_ms=_within_reason(failure.after_ms), reason=reason)
    delay_ms = retry_delay_ms(used, job.backoff or policy.backoff, jitter=jitter)
    return Retry(delay_ms=delay_ms, reason=reason)


def error_of(failure: Failure) -> str:
    """Say in a few words what ended the attempt."""
    match failure:
        case Exited(code=code):
            return f"exit code {code}"
        case Signalled(signal=number):
            return f"killed by {_signal_name(number)}"
        case TimedOut(after_ms=after_ms):
            return f"timed out after {after_ms / 1000:g}s"
        case OverMemory(limit=limit):
            return f"killed: over {bytes_text(limit)}"
        case CannotStart(message=text) | Crashed(reason=text):
            return text
        case Raised(kind=kind, message=text):
            return f"{kind}: {text}" if text else kind
        case AskedRetry(reason=text):
            return text or "it asked for a retry"
        case GaveUp(reason=text):
            return text or "it gave up"
        case SnoozedItself(for_ms=for_ms):
            return f"snoozed for {for_ms / 1000:g}s"
        case _:
            assert_never(failure)


def retry_delay_ms(retry: int, backoff: Backoff, *, jitter: float) -> int:
    """Return how long to wait before the *retry*-th retry, counted from 1; never negative."""
    try:
        seconds = min(float(backoff.base) ** retry, backoff.max_s)
    except OverflowError:
        seconds = backoff.max_s
    factor = 1 + backoff.jitter * (2 * jitter - 1)
    return _within_reason(seconds * factor * 1000)


def _within_reason(delay_ms: float) -> int:
    return int(max(0.0, min(delay_ms, LONGEST_DELAY_MS)))


def _hopeless(job: Job, failure: Failure, policy: RetryPolicy) -> str | None:
    match failure:
        case CannotStart() | GaveUp():
            return error_of(failure)
        case Exited(code=code) if _forbids_retry(job, code, policy):
            return f"exit code {code} asks for no retry"
        case Raised(kind=kind, kinds=kinds) if policy.raise_dead & {kind, *kinds}:
            return error_of(failure)
        case Crashed() if job.crashes + 1 >= policy.crash_limit:
            return "crashed worker"
        case _:
            return None


def _forbids_retry(job: Job, code: int, policy: RetryPolicy) -> bool:
    dead = policy.exit_dead if job.exit_dead is None else job.exit_dead
    again = policy.exit_retry if job.exit_retry is None else job.exit_retry
    return code in dead and code not in again


def _signal_name(number: int) -> str:
    try:
        return f"{signals.Signals(number).name} ({number})"
    except ValueError:  # real-time signals have no name of their own
        return f"signal {number}"
