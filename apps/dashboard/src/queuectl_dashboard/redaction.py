"""What nobody is shown: the values of fields whose names say that they are secret."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

from queuectl_store import Job, Task, Work

HIDDEN = "[hidden]"
DEFAULT_FIELDS = ("*password*", "*passwd*", "*secret*", "*token*", "*api_key*", "*apikey*")


# What a value follows: `name=`, `name: `, `"name": `, `--name `. A name is looked at once, however
# long it is: output is whatever a job prints.
_NAMES = re.compile(
    r"""(?<![\w.-])(--?)?([\w.-]++)(?(1)(?:["']?[ \t]*[=:]|[ \t])|["']?[ \t]*[=:])[ \t]*"""
)
_VALUE = re.compile(r""""[^"\n]*"?|'[^'\n]*'?|[^\s"',;&]+""")


@dataclass(frozen=True, slots=True)
class Redaction:
    """Hides the values of tags, of a task's named arguments and of results, at any depth.

    In texts, as in output, only values that follow a name of *named* are hidden: the usual names
    stand in many a line that is no secret (`tokens: 512`).

    Attributes:
        fields: Patterns of names, in lower case; names are compared in any case.
        named: Those among them that somebody asked for.
    """

    fields: Sequence[str] = DEFAULT_FIELDS
    named: Sequence[str] = ()

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

    def of_text(self, text: str) -> str:
        """Return a text as it may be shown."""
        return self._masked(text, lambda _: HIDDEN) if self.named else text

    def of_bytes(self, output: bytes) -> bytes:
        """Return whole lines of output as they may be shown: as many bytes."""
        if not self.named:
            return output
        text = self._masked(output.decode("latin-1"), lambda value: "*" * len(value))
        return text.encode("latin-1")

    def _masked(self, text: str, mask: Callable[[str], str]) -> str:
        written, place = [], 0
        for said in _NAMES.finditer(text):
            if said.start() < place or not _fits(said[2].strip("-"), self.named):
                continue
            if value := _VALUE.match(text, said.end()):
                written += [text[place : value.start()], mask(value[0])]
                place = value.end()
        return "".join([*written, text[place:]])

    def _hides(self, name: str) -> bool:
        return _fits(name, self.fields)

    def _text(self, job: Job) -> str | None:
        # Most results have nothing to hide and stay the text that they are.
        if job.result is None or "{" not in job.result:
            return job.result
        return json.dumps(self.of(json.loads(job.result)))


def _fits(name: str, patterns: Sequence[str]) -> bool:
    lower = name.lower()
    return any(fnmatchcase(lower, pattern) for pattern in patterns)
