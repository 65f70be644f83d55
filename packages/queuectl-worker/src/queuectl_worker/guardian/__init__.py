"""The process that owns the process trees of a worker's commands: it starts, limits and kills them.

`Guardian` is the worker's side. The files that the guardian process itself loads (main.py and what
it imports) use the standard library alone.
"""

from .client import Guardian, GuardianStartError
from .launch import Launch
from .reports import Ended, Lost, NotStarted, Recalled, Report, SpawnProblem, Started

__all__ = [
    "Ended",
    "Guardian",
    "GuardianStartError",
    "Launch",
    "Lost",
    "NotStarted",
    "Recalled",
    "Report",
    "SpawnProblem",
    "Started",
]
