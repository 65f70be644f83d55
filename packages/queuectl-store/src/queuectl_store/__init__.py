"""What a QueueCTL job is, and where it is kept.

Open a store with `connect(url)`; everything else hangs on it.
"""

from queuectl_store.admin import Admin
from queuectl_store.checking import Finding
from queuectl_store.clock import Clock, LeaseTime, ManualClock, SystemClock
from queuectl_store.connect import connect
from queuectl_store.dead import DeadGroup, DeadLetters
from queuectl_store.document import attempt_document, instant, job_document, why_document
from queuectl_store.editing import Edit
from queuectl_store.errors import (
    CopyRefused,
    DuplicateJob,
    InvalidCursor,
    InvalidJob,
    InvalidLimit,
    InvalidSetting,
    KeyTaken,
    LostClaim,
    MissingDriver,
    NotAStore,
    OutcomeUnknown,
    QueueDraining,
    RefusedInState,
    StillNeeded,
    StoreBusy,
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreTooNew,
    StoreUnreachable,
    UnknownGroup,
    UnknownJob,
    UnknownResource,
    UnknownWorker,
)
from queuectl_store.events import Event
from queuectl_store.explanation import Explanation
from queuectl_store.feed import Cursor, Page
from queuectl_store.groups import Group, NewGroup
from queuectl_store.halting import Halt, HaltOn, parse_halt
from queuectl_store.job import (
    DEFAULT_QUEUE,
    Argv,
    Attempt,
    Backoff,
    Claim,
    Job,
    JobId,
    NewJob,
    NewWorker,
    Shell,
    Task,
    Work,
    Worker,
    WorkerId,
)
from queuectl_store.maintenance import Maintenance, Stats
from queuectl_store.moving import Moved
from queuectl_store.notifier import Listener
from queuectl_store.outcome import (
    Cancelled,
    Dead,
    Exchange,
    Finish,
    Outcome,
    Released,
    Renewal,
    Retry,
    RunFacts,
    Snoozed,
    StopRequest,
    Succeeded,
    verb_of,
)
from queuectl_store.queue_admin import KEEP, Keep
from queuectl_store.queues import Queue, QueueLimits, QueueState, ResourceUse
from queuectl_store.rates import Rate
from queuectl_store.reader import JobFilter, Reader
from queuectl_store.relations import (
    Clause,
    Dependency,
    Needs,
    OnDependencyFailure,
    OnDuplicate,
    Unique,
    UniqueScope,
)
from queuectl_store.retention import Freed, Kept, Rules
from queuectl_store.settings import (
    QUEUE_SETTINGS,
    SETTINGS,
    Setting,
    parse_bytes,
    parse_duration_ms,
    setting,
)
from queuectl_store.shared import Settings
from queuectl_store.states import FINAL, TRANSITIONS, WAITING, JobState, Move, Verb
from queuectl_store.store import Store
from queuectl_store.sweeping import Swept

__version__ = "0.1.0"

__all__ = [
    "DEFAULT_QUEUE",
    "FINAL",
    "KEEP",
    "QUEUE_SETTINGS",
    "SETTINGS",
    "TRANSITIONS",
    "WAITING",
    "Admin",
    "Argv",
    "Attempt",
    "Backoff",
    "Cancelled",
    "Claim",
    "Clause",
    "Clock",
    "CopyRefused",
    "Cursor",
    "Dead",
    "DeadGroup",
    "DeadLetters",
    "Dependency",
    "DuplicateJob",
    "Edit",
    "Event",
    "Exchange",
    "Explanation",
    "Finding",
    "Finish",
    "Freed",
    "Group",
    "Halt",
    "HaltOn",
    "InvalidCursor",
    "InvalidJob",
    "InvalidLimit",
    "InvalidSetting",
    "Job",
    "JobFilter",
    "JobId",
    "JobState",
    "Keep",
    "Kept",
    "KeyTaken",
    "LeaseTime",
    "Listener",
    "LostClaim",
    "Maintenance",
    "ManualClock",
    "MissingDriver",
    "Move",
    "Moved",
    "Needs",
    "NewGroup",
    "NewJob",
    "NewWorker",
    "NotAStore",
    "OnDependencyFailure",
    "OnDuplicate",
    "Outcome",
    "OutcomeUnknown",
    "Page",
    "Queue",
    "QueueDraining",
    "QueueLimits",
    "QueueState",
    "Rate",
    "Reader",
    "RefusedInState",
    "Released",
    "Renewal",
    "ResourceUse",
    "Retry",
    "Rules",
    "RunFacts",
    "Setting",
    "Settings",
    "Shell",
    "Snoozed",
    "Stats",
    "StillNeeded",
    "StopRequest",
    "Store",
    "StoreBusy",
    "StoreDamaged",
    "StoreError",
    "StoreFull",
    "StoreTooNew",
    "StoreUnreachable",
    "Succeeded",
    "Swept",
    "SystemClock",
    "Task",
    "Unique",
    "UniqueScope",
    "UnknownGroup",
    "UnknownJob",
    "UnknownResource",
    "UnknownWorker",
    "Verb",
    "Work",
    "Worker",
    "WorkerId",
    "attempt_document",
    "connect",
    "instant",
    "job_document",
    "parse_bytes",
    "parse_duration_ms",
    "parse_halt",
    "setting",
    "verb_of",
    "why_document",
]
