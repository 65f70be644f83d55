# What `from queuectl_store import ...` finds; __init__.py imports a name when it is asked for.
from queuectl_store.admin import Admin as Admin
from queuectl_store.bounds import MAX_RESULT as MAX_RESULT
from queuectl_store.carrier import carried as carried
from queuectl_store.clock import (
    Clock as Clock,
    LeaseTime as LeaseTime,
    ManualClock as ManualClock,
    SystemClock as SystemClock,
)
from queuectl_store.dead import DeadLetters as DeadLetters
from queuectl_store.dead_reader import DeadGroup as DeadGroup, DeadReader as DeadReader
from queuectl_store.document import (
    attempt_document as attempt_document,
    instant as instant,
    job_document as job_document,
    run_rules_document as run_rules_document,
    why_document as why_document,
)
from queuectl_store.documents import (
    dead_group_document as dead_group_document,
    event_document as event_document,
    limits_document as limits_document,
    queue_document as queue_document,
    resource_document as resource_document,
    worker_document as worker_document,
)
from queuectl_store.editing import Edit as Edit
from queuectl_store.engines.symptoms import Level as Level, Symptom as Symptom
from queuectl_store.errors import (
    CopyRefused as CopyRefused,
    DiskFailed as DiskFailed,
    DuplicateJob as DuplicateJob,
    HookExists as HookExists,
    InvalidCursor as InvalidCursor,
    InvalidHook as InvalidHook,
    InvalidJob as InvalidJob,
    InvalidLimit as InvalidLimit,
    InvalidSchedule as InvalidSchedule,
    InvalidSetting as InvalidSetting,
    KeyTaken as KeyTaken,
    LostClaim as LostClaim,
    MissingDriver as MissingDriver,
    NotAStore as NotAStore,
    OutcomeUnknown as OutcomeUnknown,
    QueueDraining as QueueDraining,
    RefusedInState as RefusedInState,
    ResultTooLarge as ResultTooLarge,
    ScheduleExists as ScheduleExists,
    ScheduleOverlaps as ScheduleOverlaps,
    StillNeeded as StillNeeded,
    StoreBusy as StoreBusy,
    StoreDamaged as StoreDamaged,
    StoreError as StoreError,
    StoreFull as StoreFull,
    StoreTooNew as StoreTooNew,
    StoreUnreachable as StoreUnreachable,
    UnknownGroup as UnknownGroup,
    UnknownHook as UnknownHook,
    UnknownJob as UnknownJob,
    UnknownResource as UnknownResource,
    UnknownSchedule as UnknownSchedule,
    UnknownWorker as UnknownWorker,
)
from queuectl_store.events import Event as Event
from queuectl_store.explanation import Explanation as Explanation
from queuectl_store.feed import Cursor as Cursor, Page as Page
from queuectl_store.graph.group import Group as Group, NewGroup as NewGroup
from queuectl_store.graph.halting import Halt as Halt, HaltOn as HaltOn, parse_halt as parse_halt
from queuectl_store.hooks.dispatching import Dispatched as Dispatched
from queuectl_store.hooks.document import hook_document as hook_document, hook_target as hook_target
from queuectl_store.hooks.hook import (
    Hook as Hook,
    HookKind as HookKind,
    HookOn as HookOn,
    HookRule as HookRule,
    NewHook as NewHook,
    desktop_job as desktop_job,
    webhook_job as webhook_job,
)
from queuectl_store.job import (
    DEFAULT_QUEUE as DEFAULT_QUEUE,
    HOOK_QUEUE as HOOK_QUEUE,
    Argv as Argv,
    Attempt as Attempt,
    Backoff as Backoff,
    Claim as Claim,
    Job as Job,
    JobId as JobId,
    NewJob as NewJob,
    NewWorker as NewWorker,
    Shell as Shell,
    Task as Task,
    Warn as Warn,
    Work as Work,
    Worker as Worker,
    WorkerId as WorkerId,
)
from queuectl_store.limits.queues import (
    KEEP as KEEP,
    Keep as Keep,
    Queue as Queue,
    QueueLimits as QueueLimits,
    QueueState as QueueState,
    ResourceUse as ResourceUse,
)
from queuectl_store.limits.rates import Rate as Rate
from queuectl_store.limits.sweeping import Swept as Swept
from queuectl_store.look import Look as Look
from queuectl_store.looking import look_at as look_at
from queuectl_store.moving import Moved as Moved
from queuectl_store.notifier import Listener as Listener
from queuectl_store.opening import connect as connect
from queuectl_store.outcome import (
    Cancelled as Cancelled,
    Dead as Dead,
    Exchange as Exchange,
    Finish as Finish,
    Outcome as Outcome,
    Released as Released,
    Renewal as Renewal,
    Retry as Retry,
    RunFacts as RunFacts,
    Snoozed as Snoozed,
    StopRequest as StopRequest,
    Succeeded as Succeeded,
    verb_of as verb_of,
)
from queuectl_store.outlook import Outlook as Outlook
from queuectl_store.output_reader import (
    PIECE_BYTES as PIECE_BYTES,
    OutputOf as OutputOf,
    OutputReader as OutputReader,
    Piece as Piece,
    Stream as Stream,
)
from queuectl_store.outputs import Outputs as Outputs
from queuectl_store.filtering import JobFilter as JobFilter
from queuectl_store.reader import Reader as Reader
from queuectl_store.rehearsal import Change as Change, Rehearsal as Rehearsal
from queuectl_store.relations import (
    Clause as Clause,
    Dependency as Dependency,
    Needs as Needs,
    OnDependencyFailure as OnDependencyFailure,
    OnDuplicate as OnDuplicate,
    Unique as Unique,
    UniqueScope as UniqueScope,
)
from queuectl_store.rollups.counts import (
    Counts as Counts,
)
from queuectl_store.rollups.facts import (
    Fact as Fact,
)
from queuectl_store.rollups.gauges import (
    Gauges as Gauges,
)
from queuectl_store.rollups.histogram import (
    BOUNDS_MS as BOUNDS_MS,
    Histogram as Histogram,
)
from queuectl_store.rollups.reading import (
    Stretch as Stretch,
    Total as Total,
    Totals as Totals,
)
from queuectl_store.rollups.rollups import (
    Rollups as Rollups,
)
from queuectl_store.rollups.reader import (
    RollupsReader as RollupsReader,
)
from queuectl_store.rollups.snapshot import (
    Snapshot as Snapshot,
)
from queuectl_store.schedules.document import (
    schedule_document as schedule_document,
    schedule_words as schedule_words,
    slot_document as slot_document,
)
from queuectl_store.schedules.schedule import (
    Missed as Missed,
    NewSchedule as NewSchedule,
    Overlap as Overlap,
    Schedule as Schedule,
    Slot as Slot,
    SlotOutcome as SlotOutcome,
)
from queuectl_store.settings import (
    QUEUE_SETTINGS as QUEUE_SETTINGS,
    SETTINGS as SETTINGS,
    Setting as Setting,
    bytes_text as bytes_text,
    parse_bytes as parse_bytes,
    parse_duration_ms as parse_duration_ms,
    setting as setting,
)
from queuectl_store.settings_reader import SettingsReader as SettingsReader
from queuectl_store.shared import Settings as Settings
from queuectl_store.states import (
    FINAL as FINAL,
    TRANSITIONS as TRANSITIONS,
    WAITING as WAITING,
    JobState as JobState,
    Move as Move,
    Verb as Verb,
)
from queuectl_store.store import Store as Store
from queuectl_store.trace import Trace as Trace
from queuectl_store.upkeep.checking import Finding as Finding
from queuectl_store.upkeep.maintenance import Maintenance as Maintenance
from queuectl_store.upkeep.measuring import Stats as Stats
from queuectl_store.upkeep.retention import Freed as Freed
from queuectl_store.upkeep.rules import Kept as Kept, Rules as Rules

__version__: str
