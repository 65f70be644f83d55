"""Which status of HTTP an error of the store is."""

from queuectl_store import (
    CopyRefused,
    DuplicateJob,
    HookExists,
    InvalidCursor,
    InvalidHook,
    InvalidJob,
    InvalidLimit,
    InvalidSchedule,
    InvalidSetting,
    KeyTaken,
    OutcomeUnknown,
    QueueDraining,
    RefusedInState,
    ResultTooLarge,
    ScheduleExists,
    ScheduleOverlaps,
    StillNeeded,
    StoreBusy,
    StoreError,
    StoreFull,
    StoreUnreachable,
    UnknownGroup,
    UnknownHook,
    UnknownJob,
    UnknownResource,
    UnknownSchedule,
    UnknownWorker,
)

_BY_KIND: tuple[tuple[int, tuple[type[StoreError], ...]], ...] = (
    (
        404,
        (UnknownJob, UnknownGroup, UnknownHook, UnknownResource, UnknownSchedule, UnknownWorker),
    ),
    (
        409,
        (
            *(RefusedInState, StillNeeded, KeyTaken, DuplicateJob, QueueDraining, CopyRefused),
            *(ScheduleExists, ScheduleOverlaps, HookExists),
        ),
    ),
    (
        422,
        (
            *(InvalidJob, InvalidLimit, InvalidSchedule, InvalidSetting, InvalidHook),
            *(InvalidCursor, ResultTooLarge),
        ),
    ),
    # The same call may be made again: it carries its own key, or says what is to be.
    (503, (StoreBusy, StoreUnreachable, OutcomeUnknown)),
    (507, (StoreFull,)),
)


def status_of(error: StoreError) -> int:
    """Return the status that *error* is answered with; 500 for what nobody outside can mend."""
    for status, kinds in _BY_KIND:
        if isinstance(error, kinds):
            return status
    return 500
