"""What the API sends of jobs: the documents of docs/json.md, as shapes."""

from typing import Any

import msgspec

from queuectl_dashboard.api.kinds import Count, Id, Shape, Time
from queuectl_store import JobState


class Job(Shape):
    """A job."""

    id: Id
    state: JobState
    reason: str | None
    queue: str
    priority: int
    command: str | None
    argv: list[str] | None
    shell: bool | None
    task: str | None
    args: list[Any] | None
    kwargs: dict[str, Any] | None
    cwd: str | None
    name: str | None
    tags: dict[str, str]
    group: str | None
    unique_key: str | None
    after: list[Id]
    attempt: Count
    max_retries: Count
    timeout: float | None
    run_at: Time | None
    created_at: Time
    started_at: Time | None
    finished_at: Time | None
    duration: float | None
    worker: Id | None
    exit_code: int | None
    signal: int | None
    error: str | None
    result: Any
    progress: str | None
    log: str | None


class Attempt(Shape):
    """One ended run. `run` is its own number within the job, as in the addresses of its output."""

    run: Id
    number: Count
    state: str
    worker: Id | None
    started_at: Time | None
    finished_at: Time
    duration: float | None
    exit_code: int | None
    signal: int | None
    error: str | None
    max_rss: Count | None
    cpu_seconds: float | None
    log_bytes: Count | None
    log_lost: Count | None


class FullJob(Job):
    """A job with how its runs are limited, and its ended runs, oldest first.

    `run` is the number of its latest claim; 0 is none.
    """

    memory: Count | None
    warning: str | None
    split_output: bool
    run: Count
    fingerprint: str | None
    attempts: list[Attempt]


class JobPage(Shape):
    """Jobs, newest first. `next` goes into `before` for those that follow; null: there are none."""

    jobs: list[Job]
    next: Id | None


class Attempts(Shape):
    """The ended runs of a job, oldest first."""

    attempts: list[Attempt]


class Why(Shape):
    """Why a job is where it is, and what would change it."""

    id: Id
    state: JobState
    reason: str | None
    detail: str
    remedy: str | None
    blockers: list[Id]


class Event(Shape):
    """One change of a job's state; `state` is the one that it entered."""

    id: Id
    at: Time
    job: Id
    verb: str
    state: JobState
    attempt: Count
    worker: Id | None
    note: str | None


class JobEvents(Shape):
    """What happened to a job, oldest first. `next` goes into `after`; null: there is no more."""

    events: list[Event]
    next: Id | None


class Feed(Shape):
    """What happened, in the order of the feed; `cursor` goes into `after`.

    `is_pruned`: something between the given cursor and these was deleted unread.
    """

    events: list[Event]
    cursor: str
    is_pruned: bool


class Refused(Shape):
    """Why a job was not touched."""

    id: Id | None
    error: str


class Acted(Shape):
    """What became of the jobs that were chosen. Of the ids and refusals the first 1,000 are told.

    `dry_run`: all of it was undone. `others`: jobs that were moved along as a consequence, of
    which only a dry run tells.
    """

    verb: str
    dry_run: bool
    done: Count
    refused: Count
    others: Count
    ids: list[Id]
    refusals: list[Refused]


class Group(Shape):
    """Jobs that belong together. `halt` is its rule, `halted` why it stopped."""

    id: Id
    name: str
    counts: dict[JobState, Count]
    total: Count
    sealed: bool
    concurrency: Count | None
    halt: str | None
    halted: str | None
    finish_job: Id | None
    created_at: Time
    finished_at: Time | None


class Groups(Shape):
    """Groups, newest first. `next` goes into `before`."""

    groups: list[Group]
    next: Id | None


class Edge(Shape):
    """*child* waits, or waited, for *parent*."""

    parent: Id
    child: Id


class Graph(Shape):
    """A group's jobs, the jobs outside of it that they follow, and who follows whom.

    `is_cut`: the group has more jobs than are shown.
    """

    jobs: list[Job]
    edges: list[Edge]
    is_cut: bool


class Fault(Shape):
    """Dead jobs of one fault; `error` is that of the newest, `ids` are the first 1,000."""

    fingerprint: str | None
    error: str | None
    count: Count
    first_seen: Time
    last_seen: Time
    ids: list[Id]


class Faults(Shape):
    """Faults, the most frequent first."""

    groups: list[Fault]


class Output(Shape):
    """A stretch of a run's output as text, from byte `from` to `to` of `size`.

    `text` has what the run wrote, colours too; bytes that are no UTF-8 are U+FFFD. `is_over`: the
    run has ended, so that nothing is added. `run` is 0 before the first one.
    """

    job: Id
    run: Count
    stream: str
    start: Count = msgspec.field(name="from")
    end: Count = msgspec.field(name="to")
    size: Count
    is_over: bool
    text: str
