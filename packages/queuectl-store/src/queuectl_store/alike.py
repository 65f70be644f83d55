"""Jobs that differ in their work alone, made from the first of them."""

from operator import attrgetter
from typing import Any

from queuectl_store.job import NewJob, Work

_NAMES = tuple(NewJob.__dataclass_fields__)
_values = attrgetter(*_NAMES)
# A frozen dataclass sets each field by object.__setattr__; see records.py.
_Draft: Any = type("_Draft", (), {"__slots__": _NAMES})


def doing(work: Work, new: NewJob) -> NewJob:
    """Return a job that does *work* and is otherwise as *new*, in a fraction of the time."""
    draft = _Draft()
    for name, value in zip(_NAMES, _values(new), strict=True):
        setattr(draft, name, value)
    draft.work = work
    draft.__class__ = NewJob
    made: NewJob = draft
    return made
