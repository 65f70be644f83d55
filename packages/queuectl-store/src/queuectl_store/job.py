"""A job as it is asked for, as it is stored, and as a worker holds it. Knows nothing of storage."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any, NamedTuple, NewType

from queuectl_store.quoting import quoted_words
from queuectl_store.relations import Clause, OnDependencyFailure, Unique
from queuectl_store.states import JobState
from queuectl_store.trace import Trace
from queuectl_store.unread import Unread
from queuectl_store.values import dataclass

JobId = NewType("JobId", int)
WorkerId = NewType("WorkerId", int)

DEFAULT_QUEUE = "default"
HOOK_QUEUE = "queuectl.hooks"  # of deliveries; no hook is told of them: it would never end


@dataclass(frozen=True, slots=True, kw_only=True)
class Argv:
    """A program and its arguments, run without a shell; bytes not UTF-8 are surrogate escapes."""

    argv: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """One string for the platform's shell."""

    script: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A registered Python function by name, with arguments that JSON can carry."""

    name: str
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)


Work = Argv | Shell | Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """Delay before retry n: min(base ** n, max) seconds, times a factor from 1 -+ jitter."""

    base: float = 2.0
    max_s: float = 21_600.0
    jitter: float = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Warn:
    """A signal that a command gets *before_ms* ahead of its time limit, such as `USR1`."""

    signal: str
    before_ms: int

    def __str__(self) -> str:
        return f"{self.signal}@{self.before_ms / 1000:g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """A job that a caller wants stored.

    Attributes:
        environment: The caller's variables that the job runs with; equal ones are stored once.
            None means that the worker's own, filtered, are used.
        env: Variables set for this job on top of *environment*.
        input: What a command finds on its standard input; None is nothing.
        delay_ms: Milliseconds from the enqueue until it may run; excludes *run_at*.
        run_at: UTC milliseconds before which it does not run.
        max_retries: None means its queue's setting, else the store's, when it is enqueued.
        timeout_ms: 0 means no limit; None as for *max_retries*.
        backoff: None means the settings in force when an attempt fails.
        exit_retry, exit_dead: Exit codes that ask for a retry, or to be dead at once; None as for
            *backoff*.
        key: Makes the enqueue repeatable: a second one with the same key finds the first one's
            job. None lets the store make one.
        memory: Bytes that a command's whole process tree may have resident; None is no limit.
        warn: A signal ahead of its time limit, for a command.
        split_output: Keep stdout and stderr of a command apart.
        slots: Slots of its worker that a run takes.
        concurrency_key: Jobs of a queue with the same key share the queue's limits for a key.
        resources: How much a run takes of each named resource.
        group: The name of the group that it belongs to.
        after: It runs once all of these clauses hold.
        trace: What asked for it, for distributed tracing.
        left_to_task: What nobody said of a task that is enqueued by its name; see byname.py.
    """

    work: Work
    queue: str = DEFAULT_QUEUE
    priority: int = 0
    name: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    cwd: str | None = None
    environment: Mapping[str, str] | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    input: str | None = None
    delay_ms: int | None = None
    run_at: int | None = None
    hold: bool = False
    max_retries: int | None = None
    timeout_ms: int | None = None
    backoff: Backoff | None = None
    exit_retry: frozenset[int] | None = None
    exit_dead: frozenset[int] | None = None
    memory: int | None = None
    warn: Warn | None = None
    split_output: bool = False
    key: str | None = None
    slots: int = 1
    concurrency_key: str | None = None
    resources: Mapping[str, int] = field(default_factory=dict)
    group: str | None = None
    after: tuple[Clause, ...] = ()
    on_dep_failure: OnDependencyFailure = OnDependencyFailure.CANCEL
    unique: Unique | None = None
    trace: Trace | None = None
    left_to_task: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One ended run of a job.

    Attributes:
        number: Counts the attempts that were used; a run that was given back shares its number
            with the one that follows it.
        token: The fence under which it ran; unique within the job.
        state: How it ended: succeeded, failed, cancelled, released, snoozed or crashed.
        started_at, finished_at: UTC milliseconds, of the run: its end may have been recorded later.
        log_lost: Bytes of output that could not be kept; None where all was.
        max_rss: Peak memory of the process tree in bytes. cpu_ms: its user and system time.
    """

    number: int
    token: int
    state: str
    worker_id: WorkerId | None
    started_at: int | None
    finished_at: int
    exit_code: int | None = None
    signal: int | None = None
    error: str | None = None
    max_rss: int | None = None
    cpu_ms: int | None = None
    log_bytes: int | None = None
    log_lost: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job(Unread):
    """A stored job. Times are UTC milliseconds.

    Attributes:
        attempt: Attempts used so far, the running one included; never reset.
        attempt_base: Attempts used before a person last retried it: the allowance counts from here.
        token: Claims so far; never lowered.
        crashes: Workers that vanished while running it, since a person last retried it.
        note: Why it is held, dead or cancelled, where the state alone does not say.
        environment_id: Which stored environment it runs with.
        guarded: Limits of its own, or of its group, may hold it back.
        allotted: Which indexes of each named resource its run has.
        waits_for: The limit that it waits for while pending, such as `key:mail/alice`.
        unmet: Clauses of its dependencies that are still open.
        cancelled_for: The parent whose end cancelled or held it.
        fingerprint: What its error has in common with others, where it is dead.
        last: The latest ended attempt, where the reader was asked for it.
        group, after: The name of its group and the ids of its parents, of a job that was read.
        trace: What asked for it; a command finds it in TRACEPARENT.
        left_to_task: See `NewJob`.
    """

    id: JobId
    key: str
    state: JobState
    queue: str
    priority: int
    work: Work
    name: str | None
    tags: Mapping[str, str]
    cwd: str | None
    env: Mapping[str, str]
    environment_id: int | None
    attempt: int
    attempt_base: int
    token: int
    crashes: int
    max_retries: int
    timeout_ms: int | None
    backoff: Backoff | None
    created_at: int
    run_at: int | None
    started_at: int | None
    finished_at: int | None
    worker_id: WorkerId | None
    cancel_requested: bool
    note: str | None
    exit_retry: frozenset[int] | None = None
    exit_dead: frozenset[int] | None = None
    memory: int | None = None
    warn: Warn | None = None
    split_output: bool = False
    input: str | None = None
    slots: int = 1
    guarded: bool = False
    concurrency_key: str | None = None
    resources: Mapping[str, int] = field(default_factory=dict)
    allotted: Mapping[str, Sequence[int]] = field(default_factory=dict)
    waits_for: str | None = None
    group_id: int | None = None
    unique_key: str | None = None
    unmet: int = 0
    on_dep_failure: OnDependencyFailure = OnDependencyFailure.CANCEL
    cancelled_for: JobId | None = None
    fingerprint: str | None = None
    result: str | None = None
    progress: str | None = None
    last: Attempt | None = None
    group: str | None = None
    after: tuple[JobId, ...] = ()
    trace: Trace | None = None
    left_to_task: tuple[str, ...] = ()

    @property
    def attempts_left(self) -> int:
        """Attempts that the allowance still has after the current one; never negative."""
        return max(0, self.max_retries + 1 - (self.attempt - self.attempt_base))

    @property
    def command(self) -> str | None:
        """The command as a person would type it; None for a task."""
        return command_text(self.work)


class Claim(NamedTuple):
    """A job with the token that entitles its holder to finish it.

    Attributes:
        ready_at: Since when it could have been claimed, UTC milliseconds; known of new claims.
    """

    job: Job
    token: int
    ready_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWorker:
    """A worker that introduces itself; it may be silent for *lease_ms*. None *queues* is all."""

    host: str
    pid: int
    concurrency: int
    queues: tuple[str, ...] | None
    lease_ms: int
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A worker as the store knows it. Times are UTC milliseconds.

    Attributes:
        state: `running`, `stopping` (asked to drain), `stopped` or `gone` (its lease ran out).
        running: Jobs that it holds now, but for deliveries of hooks.
        alive: Its lease has not run out.
    """

    id: WorkerId
    host: str
    pid: int
    state: str
    concurrency: int
    queues: tuple[str, ...] | None
    version: str
    started_at: int
    seen_at: int
    running: int
    alive: bool


def command_text(work: Work) -> str | None:
    """Return the command as a person would type it; None for a task."""
    match work:
        case Shell(script=script):
            return script
        case Argv(argv=argv):
            return quoted_words(argv)
        case Task():
            return None
