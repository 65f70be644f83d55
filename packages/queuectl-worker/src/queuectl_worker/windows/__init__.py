"""The guardian of Windows: commands in job objects, which the system ends with this process.

`WindowsGuardian` is to the command executor what `queuectl_worker.guardian.Guardian` is elsewhere.
There is no process in between: a job object kills everything in it when its last handle goes, and
the handles go with this process however it ends. All of Windows is asked for in kernel32.py; the
rest runs anywhere, and is tested with stand-ins for those few calls.
"""

from queuectl_worker.windows.guardian import WindowsGuardian

__all__ = ["WindowsGuardian"]
