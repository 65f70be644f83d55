"""An exception raised in another thread: when it may be, and how."""

import ctypes
import sys
from types import FrameType

from queuectl_store.interrupts import Gate

# What they do holds locks that every thread of the program needs, and none of them is ours to mark.
_SHARED = ("logging", "importlib._bootstrap")


def interrupt(thread_id: int, gate: Gate, kind: type[BaseException]) -> bool:
    """Raise *kind* in a thread at the next line that it runs; False if that may not be now.

    Args:
        thread_id: Its `threading.get_ident()`.
        gate: Decides, with the thread itself; see `Gate`.
    """
    if _is_within_shared(sys._current_frames().get(thread_id)) or not gate.take():  # noqa: SLF001
        return False
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread_id), ctypes.py_object(kind))
    return True


def _is_within_shared(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_globals.get("__name__") in _SHARED:
            return True
        frame = frame.f_back
    return False
