"""The calls, on Windows itself, as the documentation of its API gives them."""

import ctypes
import os
import sys
from ctypes import wintypes
from typing import Any

from queuectl_worker.windows.calls import Child, Start, Usage, Woken

assert sys.platform == "win32"  # nothing below exists elsewhere

import _winapi  # noqa: E402  what subprocess itself is made of; it tells the thread, to resume it
import msvcrt  # noqa: E402
import signal  # noqa: E402
import subprocess  # noqa: E402

_CREATE_SUSPENDED = 0x00000004
_CREATE_UNICODE_ENVIRONMENT = 0x00000400
_KILL_ON_JOB_CLOSE = 0x00002000
_BASIC_ACCOUNTING, _EXTENDED_LIMITS = 1, 9
_FSCTL_SET_SPARSE, _FSCTL_SET_ZERO_DATA = 0x000900C4, 0x000980C8
_WAIT_FAILED = 0xFFFFFFFF
_KILLED = 1
_TICKS_PER_MS = 10_000

_api = ctypes.WinDLL("kernel32", use_last_error=True)


class _Counted(ctypes.Structure):
    """JOBOBJECT_BASIC_ACCOUNTING_INFORMATION; times are in units of 100 ns."""

    _fields_ = (
        ("user", wintypes.LARGE_INTEGER),
        ("kernel", wintypes.LARGE_INTEGER),
        ("period_user", wintypes.LARGE_INTEGER),
        ("period_kernel", wintypes.LARGE_INTEGER),
        ("page_faults", wintypes.DWORD),
        ("processes", wintypes.DWORD),
        ("active", wintypes.DWORD),
        ("terminated", wintypes.DWORD),
    )


class _Limits(ctypes.Structure):
    """JOBOBJECT_EXTENDED_LIMIT_INFORMATION."""

    _fields_ = (
        ("process_user", wintypes.LARGE_INTEGER),
        ("job_user", wintypes.LARGE_INTEGER),
        ("flags", wintypes.DWORD),
        ("least_working_set", ctypes.c_size_t),
        ("most_working_set", ctypes.c_size_t),
        ("most_active", wintypes.DWORD),
        ("affinity", ctypes.c_size_t),
        ("priority", wintypes.DWORD),
        ("scheduling", wintypes.DWORD),
        ("io", ctypes.c_ulonglong * 6),
        ("process_memory", ctypes.c_size_t),
        ("job_memory", ctypes.c_size_t),
        ("peak_process_memory", ctypes.c_size_t),
        ("peak_job_memory", ctypes.c_size_t),
    )


class _ZeroData(ctypes.Structure):
    """FILE_ZERO_DATA_INFORMATION."""

    _fields_ = (("start", wintypes.LARGE_INTEGER), ("end", wintypes.LARGE_INTEGER))


def _call(name: str, *arguments: type, returns: type = wintypes.BOOL) -> Any:
    function = getattr(_api, name)
    function.argtypes, function.restype = arguments, returns
    return function


_handle, _dword, _void = wintypes.HANDLE, wintypes.DWORD, wintypes.LPVOID
_create_job = _call("CreateJobObjectW", _void, wintypes.LPCWSTR, returns=_handle)
_create_event = _call(
    "CreateEventW", _void, wintypes.BOOL, wintypes.BOOL, wintypes.LPCWSTR, returns=_handle
)
_set_event = _call("SetEvent", _handle)
_assign = _call("AssignProcessToJobObject", _handle, _handle)
_set_information = _call("SetInformationJobObject", _handle, ctypes.c_int, _void, _dword)
_query_information = _call("QueryInformationJobObject", _handle, ctypes.c_int, _void, _dword, _void)
_terminate_job = _call("TerminateJobObject", _handle, wintypes.UINT)
_resume_thread = _call("ResumeThread", _handle, returns=_dword)
_wait_for = _call(
    "WaitForMultipleObjects",
    _dword,
    ctypes.POINTER(_handle),
    wintypes.BOOL,
    _dword,
    returns=_dword,
)
_console_processes = _call("GetConsoleProcessList", ctypes.POINTER(_dword), _dword, returns=_dword)
_io_control = _call(
    "DeviceIoControl", _handle, _dword, _void, _dword, _void, _dword, ctypes.POINTER(_dword), _void
)


def _checked(result: Any) -> Any:
    if not result:
        raise ctypes.WinError(ctypes.get_last_error())
    return result


class Kernel32:
    """Windows."""

    def start(self, start: Start) -> Child:
        """Start a process, suspended until its job object has it."""
        job = _new_job()
        try:
            process, thread, pid = _create_suspended(start)
            try:
                _checked(_assign(job, process))
                bell = _checked(_create_event(None, False, False, None))  # noqa: FBT003
            except OSError:
                _winapi.TerminateProcess(process, _KILLED)
                _winapi.CloseHandle(process)
                raise
            finally:
                _resume_thread(thread)
                _winapi.CloseHandle(thread)
        except OSError:
            _winapi.CloseHandle(job)
            raise
        return Child(pid=pid, process=process, job=job, bell=bell)

    def wait(self, child: Child, timeout_ms: int) -> Woken:
        """Wait for the process to end, or for `ring`."""
        handles = (_handle * 2)(child.process, child.bell)
        which = _wait_for(2, handles, False, max(0, timeout_ms))  # noqa: FBT003
        if which == _WAIT_FAILED:
            raise ctypes.WinError(ctypes.get_last_error())
        return {0: Woken.ENDED, 1: Woken.ASKED}.get(which, Woken.TIME)

    def ring(self, child: Child) -> None:
        """End a `wait`."""
        _set_event(child.bell)

    def ask(self, child: Child) -> bool:
        """Send CTRL_BREAK to the process's group."""
        try:
            os.kill(child.pid, signal.CTRL_BREAK_EVENT)
        except OSError:
            return False
        return True

    def kill(self, child: Child) -> None:
        """End every process in the job object."""
        _terminate_job(child.job, _KILLED)

    def exit_code(self, child: Child) -> int:
        """Return the exit code."""
        return int(_winapi.GetExitCodeProcess(child.process)) & 0xFFFFFFFF

    def usage(self, child: Child) -> Usage:
        """Return what the job object counted so far."""
        counted, limits = _Counted(), _Limits()
        for number, answer in ((_BASIC_ACCOUNTING, counted), (_EXTENDED_LIMITS, limits)):
            size = ctypes.sizeof(answer)
            _checked(_query_information(child.job, number, ctypes.byref(answer), size, None))
        return Usage(
            cpu_ms=(counted.user + counted.kernel) // _TICKS_PER_MS,
            peak_bytes=limits.peak_job_memory,
            active=counted.active,
        )

    def close(self, child: Child) -> None:
        """Let go of the handles."""
        for handle in (child.job, child.process, child.bell):
            _winapi.CloseHandle(handle)

    def make_sparse(self, descriptor: int) -> None:
        """Let parts of the file take no space."""
        _control(descriptor, _FSCTL_SET_SPARSE, None)

    def drop(self, descriptor: int, start: int, end: int) -> None:
        """Give the bytes from *start* to *end* back to the disk."""
        _control(descriptor, _FSCTL_SET_ZERO_DATA, _ZeroData(start, end))


def _new_job() -> int:
    job: int = _checked(_create_job(None, None))
    limits = _Limits(flags=_KILL_ON_JOB_CLOSE)
    size = ctypes.sizeof(limits)
    _checked(_set_information(job, _EXTENDED_LIMITS, ctypes.byref(limits), size))
    return job


def _create_suspended(start: Start) -> tuple[int, int, int]:
    """Start the process; return its handle, that of its thread, and its id."""
    own: list[int] = []
    try:
        own.extend(_inheritable(each) for each in (start.stdin, start.output, start.errors))
        process, thread, pid, _ = _winapi.CreateProcess(
            start.program,
            start.line,
            None,
            None,
            True,  # noqa: FBT003  it inherits those three
            _flags(),
            dict(start.variables),
            start.folder,
            _startup(*own),
        )
    finally:
        for handle in own:
            _winapi.CloseHandle(handle)
    return process, thread, pid


def _startup(stdin: int, output: int, errors: int) -> subprocess.STARTUPINFO:
    return subprocess.STARTUPINFO(
        dwFlags=subprocess.STARTF_USESTDHANDLES,
        hStdInput=stdin,
        hStdOutput=output,
        hStdError=errors,
        lpAttributeList={"handle_list": [stdin, output, errors]},
    )


def _flags() -> int:
    flags = _CREATE_SUSPENDED | _CREATE_UNICODE_ENVIRONMENT | subprocess.CREATE_NEW_PROCESS_GROUP
    # With a console of ours it shares that, so that CTRL_BREAK reaches it; without, none may open.
    return flags if _has_console() else flags | subprocess.CREATE_NO_WINDOW


def _has_console() -> bool:
    return bool(_console_processes((_dword * 1)(), 1))


def _inheritable(descriptor: int) -> int:
    ours = _winapi.GetCurrentProcess()
    return _winapi.DuplicateHandle(
        ours,
        msvcrt.get_osfhandle(descriptor),
        ours,
        0,
        True,  # noqa: FBT003  it is inherited
        _winapi.DUPLICATE_SAME_ACCESS,
    )


def _control(descriptor: int, code: int, given: Any) -> None:
    size = 0 if given is None else ctypes.sizeof(given)
    pointer = None if given is None else ctypes.byref(given)
    returned = _dword()
    handle = msvcrt.get_osfhandle(descriptor)
    _checked(_io_control(handle, code, pointer, size, None, 0, ctypes.byref(returned), None))
