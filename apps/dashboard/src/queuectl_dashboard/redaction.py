"""What nobody is shown: the values of fields whose names say that they are secret."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

from queuectl_store import Job, Task, Work

HIDDEN = "[hidden]"
DEFAULT_FIELDS = ("*password*", "*passwd*", "*secret*", "*token*", "*api_key*", "*apikey*")


@dataclass(frozen=True, slots=True)
class Redaction:
    """Hides the values of tags, of a task's named arguments and of results, at any depth.

    Attributes:
        fields: Patterns of names, in lower case; names are compared in any case.
    """

    fields: Sequence[str] = DEFAULT_FIELDS

    def of_job(self, job: Job) -> Job:
        """Return *job* as it may be shown."""
        if not self.fields:
            return job
        return replace(
            job, tags=self.of(dict(job.tags)), work=self.of_work(job.work), result=self._text(job)
        )

    def of_document(self, job: dict[str, Any]) -> dict[str, Any]:
        """Return a JSON document of a job as it may be shown."""
        return {**job, **{name: self.of(job[name]) for name in ("tags", "args", "kwargs")}}

    def of_work(self, work: Work) -> Work:
        """Return *work* as it may be shown: of a task's arguments, those with such names."""
        if not isinstance(work, Task):
            return work
        return replace(work, kwargs=self.of(dict(work.kwargs)), args=tuple(self.of(work.args)))

    def of(self, value: Any) -> Any:
        """Return a value of JSON as it may be shown."""
        match value:
            case Mapping():
                return {
                    name: HIDDEN if self._hides(name) else self.of(each)
                    for name, each in value.items()
                }
            case list() | tuple():
                return [self.of(each) for each in value]
            case _:
                return value

    def _hides(self, name: str) -> bool:
        lower = name.lower()
        return any(fnmatchcase(lower, pattern) for pattern in self.fields)

    def _text(self, job: Job) -> str | None:
        # Most results have nothing to hide and stay the text that they are.
        if job.result is None or "{" not in job.result:
            return job.result
        return json.dumps(self.of(json.loads(job.result)))
