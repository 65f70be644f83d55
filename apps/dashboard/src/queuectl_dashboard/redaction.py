"""What nobody is shown: the values of fields whose names say that they are secret."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any, overload

from queuectl_store import Argv, Attempt, Job, Shell, Task, Work
from queuectl_store.values import dataclass

HIDDEN = "[hidden]"
DEFAULT_FIELDS = ("*password*", "*passwd*", "*secret*", "*token*", "*api_key*", "*apikey*")


# What a value follows: `name=`, `name: `, `"name": `, `--name `. A name is looked at once, however
# long it is: output is whatever a job prints.
_NAMES = re.compile(
    r"""(?<![\w.-])(--?)?([\w.-]++)(?(1)(?:["']?[ \t]*[=:]|[ \t])|["']?[ \t]*[=:])[ \t]*"""
)
_VALUE = re.compile(r""""[^"\n]*"?|'[^'\n]*'?|[^\s"',;&]+""")
# Where the quote is before the name, as in `'name=two words'`, the value ends with it.
_REST = {quote: re.compile(f"[^{quote}\n]+") for quote in "'\""}
# A whole word of a command: `name=value`, and the name before a word that is the value.
_SAID = re.compile(r"(--?)?([\w.-]+)=(.+)", re.DOTALL)
_OPTION = re.compile(r"--?([\w.-]+)")
# What people wrote and what runs said, beside the work itself.
_TEXTS = ("name", "cwd", "note", "progress", "unique_key", "concurrency_key", "waits_for")


@dataclass(frozen=True, slots=True)
class Redaction:
    """Hides the values of tags, of a task's named arguments and of results, at any depth.

    In texts, as in commands, errors and output, only values that follow a name of *named* are
    hidden: the usual names stand in many a line that is no secret (`tokens: 512`).

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
        shown = replace(
            job,
            tags=self.of(dict(job.tags)),
            work=self.of_work(job.work),
            result=self._result(job.result),
            last=None if job.last is None else self.of_attempt(job.last),
        )
        if not self.named:
            return shown
        texts: dict[str, Any] = {name: self.of_text(getattr(job, name)) for name in _TEXTS}
        return replace(shown, **texts)

    def of_attempt(self, attempt: Attempt) -> Attempt:
        """Return an ended run as it may be shown."""
        return replace(attempt, error=self.of_text(attempt.error)) if self.named else attempt

    def of_document(self, job: dict[str, Any]) -> dict[str, Any]:
        """Return a JSON document of a job as it may be shown."""
        names = ("command", "argv", "tags", "args", "kwargs", "name", "cwd")
        return {**job, **{name: self.of(job[name]) for name in names}}

    def of_work(self, work: Work) -> Work:
        """Return *work* as it may be shown: a task's named arguments, and what texts say."""
        match work:
            case Task(args=args, kwargs=kwargs):
                return replace(work, kwargs=self.of(dict(kwargs)), args=tuple(self.of(args)))
            case Shell(script=script):
                return replace(work, script=self.of_text(script)) if self.named else work
            case Argv(argv=argv):
                return replace(work, argv=tuple(self._words(argv))) if self.named else work

    def of(self, value: Any) -> Any:
        """Return a value of JSON as it may be shown."""
        match value:
            case Mapping():
                return {
                    name: HIDDEN if self._hides(name) else self.of(each)
                    for name, each in value.items()
                }
            case list() | tuple():
                if self.named and all(isinstance(each, str) for each in value):
                    return self._words(value)
                return [self.of(each) for each in value]
            case str():
                return self.of_text(value)
            case _:
                return value

    def is_in(self, value: Any) -> bool:
        """Tell whether *value* holds what stands for a hidden one: it was taken from a page."""
        match value:
            case Mapping():
                return any(self.is_in(each) for each in value.values())
            case list() | tuple():
                return any(self.is_in(each) for each in value)
            case str():
                return value == HIDDEN or (bool(self.named) and HIDDEN in value)
            case _:
                return False

    @overload
    def of_text(self, text: str) -> str: ...
    @overload
    def of_text(self, text: str | None) -> str | None: ...
    def of_text(self, text: str | None) -> str | None:
        """Return a text as it may be shown; none is none."""
        return self._masked(text, lambda _: HIDDEN) if text and self.named else text

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
            if value := _value_of(said, text):
                written += [text[place : value.start()], mask(value[0])]
                place = value.end()
        return "".join([*written, text[place:]])

    def _hides(self, name: str) -> bool:
        return _fits(name, self.fields)

    def _words(self, words: Sequence[str]) -> list[str]:
        return [
            HIDDEN if self._names(_OPTION.fullmatch(before), 1) else self._word(word)
            for before, word in zip(["", *words], words, strict=False)
        ]

    def _word(self, word: str) -> str:
        said = _SAID.fullmatch(word)
        if said is not None and self._names(said, 2):
            return word[: said.start(3)] + HIDDEN
        return self.of_text(word)

    def _names(self, found: re.Match[str] | None, group: int) -> bool:
        return found is not None and _fits(found[group], self.named)

    def _result(self, result: str | None) -> str | None:
        # Most results have nothing to hide and stay the text that they are.
        if result is None or not (self.named or "{" in result):
            return result
        return json.dumps(self.of(json.loads(result)))


def _value_of(said: re.Match[str], text: str) -> re.Match[str] | None:
    quote = text[said.start() - 1 : said.start()]
    pattern = _VALUE
    if quote in _REST and quote not in said[0]:
        pattern = _REST[quote]
    return pattern.match(text, said.end())


def _fits(name: str, patterns: Sequence[str]) -> bool:
    lower = name.lower()
    return any(fnmatchcase(lower, pattern) for pattern in patterns)
