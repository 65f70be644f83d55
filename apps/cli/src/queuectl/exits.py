"""Exit codes, and how an expected error becomes one of them and a line on stderr."""

from enum import IntEnum

from queuectl_store.errors import (
    CopyRefused,
    DiskFailed,
    DuplicateJob,
    HookExists,
    InvalidCursor,
    InvalidHook,
    InvalidJob,
    InvalidLimit,
    InvalidSchedule,
    InvalidSetting,
    KeyTaken,
    LostClaim,
    OutcomeUnknown,
    QueueDraining,
    RefusedInState,
    ScheduleExists,
    ScheduleOverlaps,
    StillNeeded,
    StoreBusy,
    StoreDamaged,
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

# Begins a note on an unexpected error: whose defect it is.
BLAME = "queuectl: a command of "


class Exit(IntEnum):
    """What a caller may rely on (PRODUCT, section 4)."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    NOT_FOUND = 3
    REFUSED = 4
    UNREACHABLE = 5
    GIVEN_BACK = 75
    DAMAGED = 78
    TIMED_OUT = 124
    NO_PROGRAM = 127
    CANCELLED = 130
    BROKEN_PIPE = 141


class CommandError(Exception):
    """A command cannot go on; *message* is for the person, one or two lines."""

    def __init__(self, message: str, *, code: Exit = Exit.FAILED) -> None:
        super().__init__(message)
        self.code = code


class UsageProblem(CommandError):
    """The command line or its input does not say what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code=Exit.USAGE)


_CODES: tuple[tuple[type[StoreError], Exit], ...] = (
    (StoreDamaged, Exit.DAMAGED),
    (DiskFailed, Exit.DAMAGED),
    (StoreUnreachable, Exit.UNREACHABLE),
    (StoreBusy, Exit.UNREACHABLE),
    (StoreFull, Exit.UNREACHABLE),
    (OutcomeUnknown, Exit.UNREACHABLE),
    (UnknownJob, Exit.NOT_FOUND),
    (UnknownGroup, Exit.NOT_FOUND),
    (UnknownWorker, Exit.NOT_FOUND),
    (UnknownSchedule, Exit.NOT_FOUND),
    (UnknownHook, Exit.NOT_FOUND),
    (HookExists, Exit.REFUSED),
    (InvalidHook, Exit.USAGE),
    (ScheduleExists, Exit.REFUSED),
    (ScheduleOverlaps, Exit.REFUSED),
    (RefusedInState, Exit.REFUSED),
    (LostClaim, Exit.REFUSED),
    (DuplicateJob, Exit.REFUSED),
    (KeyTaken, Exit.REFUSED),
    (StillNeeded, Exit.REFUSED),
    (CopyRefused, Exit.REFUSED),
    (InvalidJob, Exit.USAGE),
    (InvalidSetting, Exit.USAGE),
    (InvalidSchedule, Exit.USAGE),
    (InvalidCursor, Exit.USAGE),
    (InvalidLimit, Exit.USAGE),
    (QueueDraining, Exit.REFUSED),
    (UnknownResource, Exit.NOT_FOUND),
)


def code_of(error: StoreError) -> Exit:
    """Return the exit code that stands for *error*."""
    for kind, code in _CODES:
        if isinstance(error, kind):
            return code
    return Exit.FAILED
