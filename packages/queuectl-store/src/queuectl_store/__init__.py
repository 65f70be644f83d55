"""What a QueueCTL job is, and where it is kept.

Open a store with `connect(url)`; everything else hangs on it. A name is imported when it is first
asked for: the database library is most of a short program's start. `__init__.pyi` tells type
checkers the same names, and a test holds the two together.
"""

from importlib import import_module

__version__ = "0.1.0"

_PLACES = {
    "admin": "Admin",
    "bounds": "MAX_RESULT",
    "carrier": "carried",
    "clock": "Clock LeaseTime ManualClock SystemClock",
    "dead": "DeadLetters",
    "dead_reader": "DeadGroup DeadReader",
    "document": "attempt_document instant job_document run_rules_document why_document",
    "documents": (
        "dead_group_document event_document limits_document queue_document resource_document"
        " worker_document"
    ),
    "editing": "Edit",
    "engines.symptoms": "Level Symptom",
    "errors": (
        "CopyRefused DiskFailed DuplicateJob HookExists InvalidCursor InvalidHook InvalidJob "
        "InvalidLimit InvalidSchedule InvalidSetting KeyTaken LostClaim MissingDriver NotAStore "
        "OutcomeUnknown QueueDraining RefusedInState ResultTooLarge ScheduleExists "
        "ScheduleOverlaps StillNeeded StoreBusy StoreDamaged StoreError StoreFull StoreTooNew "
        "StoreUnreachable UnknownGroup UnknownHook UnknownJob UnknownResource UnknownSchedule "
        "UnknownWorker"
    ),
    "events": "Event",
    "explanation": "Explanation",
    "feed": "Cursor Page",
    "filtering": "JobFilter",
    "graph.group": "Group NewGroup",
    "graph.halting": "Halt HaltOn parse_halt",
    "hooks.dispatching": "Dispatched",
    "hooks.document": "hook_document hook_target",
    "hooks.hook": "Hook HookKind HookOn HookRule NewHook desktop_job webhook_job",
    "job": (
        "DEFAULT_QUEUE HOOK_QUEUE Argv Attempt Backoff Claim Job JobId NewJob NewWorker Shell Task "
        "Warn Work Worker WorkerId"
    ),
    "limits.queues": "KEEP Keep Queue QueueLimits QueueState ResourceUse",
    "limits.rates": "Rate",
    "limits.sweeping": "Swept",
    "look": "Look",
    "looking": "look_at",
    "moving": "Moved",
    "notifier": "Listener",
    "opening": "connect",
    "outcome": (
        "Cancelled Dead Exchange Finish Outcome Released Renewal Retry RunFacts Snoozed "
        "StopRequest Succeeded verb_of"
    ),
    "outlook": "Outlook",
    "output_reader": "PIECE_BYTES OutputOf OutputReader Piece Stream",
    "outputs": "Outputs",
    "reader": "Reader",
    "rehearsal": "Change Rehearsal",
    "relations": "Clause Dependency Needs OnDependencyFailure OnDuplicate Unique UniqueScope",
    "rollups.counts": "Counts",
    "rollups.facts": "Fact",
    "rollups.gauges": "Gauges",
    "rollups.histogram": "BOUNDS_MS Histogram",
    "rollups.reading": "Stretch Total Totals",
    "rollups.reader": "RollupsReader",
    "rollups.rollups": "Rollups",
    "rollups.snapshot": "Snapshot",
    "schedules.document": "schedule_document schedule_words slot_document",
    "schedules.schedule": "Missed NewSchedule Overlap Schedule Slot SlotOutcome",
    "settings": "QUEUE_SETTINGS SETTINGS Setting bytes_text parse_bytes parse_duration_ms setting",
    "settings_reader": "SettingsReader",
    "shared": "Settings",
    "states": "FINAL TRANSITIONS WAITING JobState Move Verb",
    "store": "Store",
    "trace": "Trace",
    "upkeep.checking": "Finding",
    "upkeep.maintenance": "Maintenance",
    "upkeep.measuring": "Stats",
    "upkeep.retention": "Freed",
    "upkeep.rules": "Kept Rules",
}
_PLACE_OF = {name: place for place, names in _PLACES.items() for name in names.split()}

__all__ = sorted(_PLACE_OF)


def __getattr__(name: str) -> object:
    if name not in _PLACE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{_PLACE_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*globals(), *__all__]
