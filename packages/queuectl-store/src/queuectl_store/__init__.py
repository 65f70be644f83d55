"""What a QueueCTL job is, and where it is kept.

Open a store with `connect(url)`; everything else hangs on it.
"""

from queuectl_store.admin import Admin, Moved
from queuectl_store.checking import Finding
from queuectl_store.clock import Clock, LeaseTime, ManualClock, SystemClock
from queuectl_store.connect import connect
from queuectl_store.document import attempt_document, instant, job_document, why_document
from queuectl_store.errors import (
    CopyRefused,
    InvalidCursor,
    InvalidJob,
    InvalidLimit,
    InvalidSchedule,
    InvalidSetting,
    LostClaim,
    MissingDriver,
    NotAStore,
    OutcomeUnknown,
    QueueDraining,
    RefusedInState,
    ScheduleExists,
    ScheduleOverlaps,
    StoreBusy,
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreTooNew,
    StoreUnreachable,
    UnknownGroup,
    UnknownJob,
    UnknownResource,
    UnknownSchedule,
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
from queuectl_store.relations import Clause, Dependency, Needs, OnDependencyFailure
from queuectl_store.retention import Freed, Kept, Rules
from queuectl_store.schedule import Missed, NewSchedule, Overlap, Schedule, Slot, SlotOutcome
from queuectl_store.schedule_document import schedule_document, schedule_words, slot_document
from queuectl_store.settings import SETTINGS, Setting, parse_bytes, parse_duration_ms, setting
from queuectl_store.shared import Settings
from queuectl_store.states import FINAL, TRANSITIONS, WAITING, JobState, Move, Verb
from queuectl_store.store import Store
from queuectl_store.sweeping import Swept

__version__ = "0.1.0"

__all__ = [
    "DEFAULT_QUEUE",
    "FINAL",
    "KEEP",
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
    "Dependency",
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
    "InvalidSchedule",
    "InvalidSetting",
    "Job",
    "JobFilter",
    "JobId",
    "JobState",
    "Keep",
    "Kept",
    "LeaseTime",
    "Listener",
    "LostClaim",
    "Maintenance",
    "ManualClock",
    "Missed",
    "MissingDriver",
    "Move",
    "Moved",
    "Needs",
    "NewGroup",
    "NewJob",
    "NewSchedule",
    "NewWorker",
    "NotAStore",
    "OnDependencyFailure",
    "Outcome",
    "OutcomeUnknown",
    "Overlap",
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
    "Schedule",
    "ScheduleExists",
    "ScheduleOverlaps",
    "Setting",
    "Settings",
    "Shell",
    "Slot",
    "SlotOutcome",
    "Snoozed",
    "Stats",
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
    "UnknownGroup",
    "UnknownJob",
    "UnknownResource",
    "UnknownSchedule",
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
    "schedule_document",
    "schedule_words",
    "setting",
    "slot_document",
    "verb_of",
    "why_document",
]
