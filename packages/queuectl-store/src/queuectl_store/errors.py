"""Everything that a caller of the store may have to catch.

StoreError
├── StoreUnreachable     the file or server cannot be used now
│   ├── NotAStore        the file or database belongs to something else
│   ├── StoreTooNew      a newer QueueCTL wrote it
│   └── MissingDriver    an optional package is not installed
├── StoreBusy            another process kept the write lock past the deadline
├── StoreFull            no space left; nothing was written
├── StoreDamaged         the database fails its own checks; stop using it
├── DiskFailed           the disk did not keep what was flushed to it; stop using the store
├── OutcomeUnknown       the reply to a COMMIT was lost; it may or may not be stored
├── InvalidJob           the job cannot be stored as asked
├── ResultTooLarge       a result is over the limit; nothing was recorded
├── QueueDraining        the queue takes no new jobs
├── InvalidSetting       no such setting, or not a value of its kind
├── DuplicateJob         another job has the unique key, and the new one may not stand beside it
├── InvalidSchedule      the schedule would never fire, or cannot be read
├── ScheduleExists       another schedule has this name
├── ScheduleOverlaps     its last job has not ended, and it may not run twice at once
├── UnknownSchedule      no schedule has this name
├── InvalidHook          the hook could never deliver, or cannot be read
├── HookExists           another hook has this name
├── UnknownHook          no hook has this name
├── InvalidCursor        no place in the event feed, or one in another store's
├── CopyRefused          a store or file that a copy or backup would not be right in
├── InvalidLimit         a limit, or the name of a queue or resource, makes no sense
├── UnknownResource      there is no resource of this name
├── LostClaim            the claim ran out; its result was not recorded
├── UnknownJob           no job has this id
├── UnknownGroup         no group has this name
├── UnknownWorker        no worker has this id, or its lease was taken
├── RefusedInState       the verb is not allowed in the job's state
├── KeyTaken             the job may not run again while another one has its unique key
└── StillNeeded          the job may not be deleted: something still needs it
"""

from collections.abc import Sequence

from queuectl_store.quoting import shown


class StoreError(Exception):
    """The root of the tree."""


class StoreUnreachable(StoreError):
    """The store cannot be opened, reached or written to now."""


class NotAStore(StoreUnreachable):
    """The file or database exists and is not a QueueCTL store."""


class StoreTooNew(StoreUnreachable):
    """The store's schema is newer than this program."""


class MissingDriver(StoreUnreachable):
    """The URL needs an optional package that is not installed."""


class StoreBusy(StoreError):
    """The store stayed locked past the deadline; nothing was changed."""


class StoreFull(StoreError):
    """The disk or quota is full; the transaction was rolled back."""


class StoreDamaged(StoreError):
    """The database reports corruption; nothing more may be read from or written to it."""


class DiskFailed(StoreError):
    """The disk refused a flush; the last change may or may not be stored.

    Not for another try: the system drops what it could not flush, so that a second flush that
    succeeds proves nothing of the first.
    """


class OutcomeUnknown(StoreError):
    """The connection or a write failed during COMMIT; the change may or may not be stored.

    The same call made again is safe where it carries its own key or token.
    """


class InvalidJob(StoreError):
    """The job, at place *index* of those given, cannot be stored as asked; nothing was stored."""

    index: int = 0


class DuplicateJob(StoreError):
    """Another job has the unique key; nothing of the call was stored.

    Attributes:
        index: The place of the refused job among those given.
        job_id: The job that has the key; None where it is another one of the same call.
    """

    index: int = 0

    def __init__(self, unique_key: str, job_id: int | None, state: str | None) -> None:
        other = (
            "another job of this call has it"
            if job_id is None
            else f"job {job_id} has it and is {state}; `queuectl show {job_id}` shows it"
        )
        super().__init__(f"the unique key {unique_key!r} is taken: {other}")
        self.unique_key, self.job_id, self.state = unique_key, job_id, state


class QueueDraining(StoreError):
    """The queue takes no new jobs until it is resumed; nothing was stored."""

    def __init__(self, queue: str) -> None:
        super().__init__(
            f"the queue {queue} is draining and takes no new jobs; `queuectl queue resume {queue}`"
            " opens it again"
        )
        self.queue = queue


class InvalidLimit(StoreError, ValueError):
    """A limit or a name makes no sense; nothing was changed."""


class UnknownResource(StoreError):
    """There is no resource of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"there is no resource {shown(name)}; `queuectl resource list` shows those there are"
        )
        self.name = name


class InvalidSetting(StoreError, ValueError):
    """There is no setting of that name, or the value does not fit it."""


class InvalidSchedule(StoreError):
    """The schedule cannot be read, or would never fire; nothing was stored."""


class ScheduleExists(StoreError):
    """Another schedule has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"there is a schedule {name!r} already; `queuectl schedule edit` changes it"
        )
        self.name = name


class ScheduleOverlaps(StoreError):
    """The schedule's last job has not ended, and its policy lets no second one begin."""

    def __init__(self, name: str, job_id: int, state: str) -> None:
        super().__init__(
            f"job {job_id} of schedule {name!r} is {state}; its overlap policy is skip:"
            " wait for the job, or edit the policy"
        )
        self.name, self.job_id, self.state = name, job_id, state


class UnknownSchedule(StoreError):
    """No schedule has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no schedule {shown(name)}; `queuectl schedule list` shows them")
        self.name = name


class InvalidHook(StoreError):
    """The hook could never deliver; nothing was stored."""


class HookExists(StoreError):
    """Another hook has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is a hook {name!r} already; `queuectl hook rm {name}` removes it")
        self.name = name


class UnknownHook(StoreError):
    """No hook has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no hook {name!r}; `queuectl hook list` shows them")
        self.name = name


class InvalidCursor(StoreError, ValueError):
    """The text is not a cursor of this store's event feed."""


class CopyRefused(StoreError):
    """A copy or a backup would be incomplete, or would overwrite something; nothing was done."""


class LostClaim(StoreError):
    """The claim ran out before its outcome was recorded; another worker may own the job now."""

    def __init__(self, job_ids: Sequence[int]) -> None:
        super().__init__(f"the claim on {_jobs(job_ids)} was lost; its result was not recorded")
        self.job_ids = tuple(job_ids)


class UnknownJob(StoreError):
    """No job has this id."""

    def __init__(self, job_id: int) -> None:
        super().__init__(f"there is no job {job_id}; `queuectl list` shows the jobs there are")
        self.job_id = job_id


class UnknownGroup(StoreError):
    """No group has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no group {shown(name)}; a job that names one makes it")
        self.name = name


class UnknownWorker(StoreError):
    """No live worker has this id."""

    def __init__(self, worker_id: int) -> None:
        super().__init__(f"there is no worker {worker_id}; `queuectl worker list` shows them")
        self.worker_id = worker_id


class RefusedInState(StoreError):
    """The verb is not allowed in the state that the job is in."""

    def __init__(self, job_id: int, verb: str, state: str, allowed: Sequence[str]) -> None:
        super().__init__(
            f"cannot {verb} job {job_id}: it is {state}; that works on {', '.join(allowed)} jobs"
        )
        self.job_id, self.verb, self.state = job_id, verb, state


class ResultTooLarge(StoreError):
    """A result of so many characters of JSON is not stored: it belongs elsewhere."""

    def __init__(self, size: int, limit: int) -> None:
        super().__init__(
            f"the result is {size:,} characters as JSON; the limit is {limit:,}:"
            " store it elsewhere and return where it is"
        )
        self.size, self.limit = size, limit


class KeyTaken(StoreError):
    """The job may not run again while another one has its unique key."""

    def __init__(self, job_id: int, verb: str, unique_key: str, holder: int) -> None:
        super().__init__(
            f"cannot {verb} job {job_id}: job {holder} has its unique key {unique_key!r};"
            f" wait for that one, or cancel it"
        )
        self.job_id, self.verb, self.holder = job_id, verb, holder


class StillNeeded(StoreError):
    """The job may not be deleted: a child, its group, a schedule or its unique key needs it."""

    def __init__(self, verb: str, job_id: int, why: str) -> None:
        super().__init__(f"cannot {verb} job {job_id}: {why}")
        self.verb, self.job_id, self.why = verb, job_id, why


def _jobs(job_ids: Sequence[int]) -> str:
    noun = "job" if len(job_ids) == 1 else "jobs"
    return f"{noun} {', '.join(map(str, job_ids))}"
