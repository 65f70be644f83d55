"""`--each 'convert {} {.}.png'`: a template, and the command that it makes of an item. Pure."""

import os
import re
import shlex
import sys
from collections.abc import Callable, Mapping
from types import MappingProxyType

from queuectl.exits import UsageProblem
from queuectl.intake import Line
from queuectl.spec import JobSpec
from queuectl_store.job import Argv, Shell, Work

_PLACE = re.compile(r"\{(?:|\.|/|//|/\.|#)\}")
# What a shell would not take as it stands outside quotes: an escaped character, or a quoted part.
_QUOTED = re.compile(r"\\.|'[^']*'|\"(?:\\.|[^\"\\])*\"", re.DOTALL)

_MEANINGS: Mapping[str, Callable[[str, int], str]] = MappingProxyType(
    {
        "{}": lambda item, _: item,
        "{.}": lambda item, _: os.path.splitext(item)[0],
        "{/}": lambda item, _: os.path.basename(item),
        "{//}": lambda item, _: os.path.dirname(item) or ".",
        "{/.}": lambda item, _: os.path.splitext(os.path.basename(item))[0],
        "{#}": lambda _, index: str(index),
    }
)


class Template:
    """A command with places for an item: `{}` the item, `{.}` it without its extension, `{/}` its
    base name, `{/.}` that without extension, `{//}` its folder, `{#}` its number from 1.

    Items are quoted for the shell. On Windows, whose shells have no quoting that is always right,
    the template is taken apart into words as a POSIX shell would, and runs without a shell.
    """

    def __init__(self, text: str, *, has_shell: bool = sys.platform != "win32") -> None:
        if not text.strip():
            raise UsageProblem("--each takes a command, as in --each 'convert {} {.}.png'")
        if text.lstrip().startswith("-"):
            raise UsageProblem(
                f"--each takes the command next, and {text!r} is an option;"
                " put the other options before it"
            )
        for quoted in _QUOTED.findall(text):
            if place := _PLACE.search(quoted):
                raise UsageProblem(
                    f"--each: {place[0]} stands in quotes in {text!r}; leave them out,"
                    " since items are quoted already"
                )
        self._text = text if _PLACE.search(text) else f"{text} {{}}"
        self._words = None if has_shell else _words(self._text)

    def spec_of_line(self, line: Line) -> JobSpec:
        """Return the job for an item and its number, counted from 1.

        Raises:
            UsageProblem: It is empty, or holds a NUL.
        """
        index, item = line[0], line[1].decode("utf-8", "surrogateescape")
        if not item or "\0" in item:
            raise UsageProblem("an item is empty, or holds a NUL, which no command can be given")
        return JobSpec(work=self._work(item, index))

    def _work(self, item: str, index: int) -> Work:
        def filled(text: str, finish: Callable[[str], str]) -> str:
            # In one pass: what an item looks like is not looked at.
            return _PLACE.sub(lambda place: finish(_MEANINGS[place[0]](item, index)), text)

        if self._words is None:
            return Shell(script=filled(self._text, shlex.quote))
        return Argv(argv=tuple(filled(word, str) for word in self._words))


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError as error:
        raise UsageProblem(f"--each: {text!r} cannot be taken apart into words: {error}") from error
