"""What a shell is offered for the last of the words: with little more than the interpreter.

A shell asks at each press of TAB, so nothing is parsed by the parser of the full path: what there
is to know of commands and options is in `completion_table.py`.
"""

import sys
from collections.abc import Callable, Iterator, Mapping

from queuectl.completion_table import ALIASES, COMMANDS, GLOBALS, SETTINGS, STATES
from queuectl.quick import store_file
from queuectl_store.glance import Glance, Hint
from queuectl_store.quick import NotQuick

# What the shell completes itself, as for any program.
FILES = ":files"
# A shell that drops empty arguments writes this for one.
EMPTY = "__empty__"
# These take a command of their own, from the first word on.
_TAKES_A_COMMAND = ("enqueue", "run")

_OF_STORE: Mapping[str, Callable[[Glance], list[Hint]]] = {
    "ID": Glance.jobs,
    "QUEUE": Glance.queues,
    "GROUP": Glance.groups,
    "JOBNAME": Glance.names,
    "RESOURCE": Glance.resources,
    "SCHEDULE": Glance.schedules,
    "WORKER": Glance.workers,
}
_FIXED: Mapping[str, tuple[str, ...]] = {
    "STATE": STATES,
    "LEVEL": ("low", "normal", "high", "critical"),
    "SETTING": SETTINGS,
    "SHELL": ("bash", "zsh", "fish", "powershell"),
    "WHAT": ("cancel", "run", "hold", "skip", "replace", "reject"),
}


def complete(words: list[str]) -> int:
    """Print what may stand for the last of *words*: a value, a tab and its meaning on each line."""
    typed = ["" if word == EMPTY else word for word in words]
    joined = _without_splits(typed)
    # bash replaces only what stands behind the `=`.
    cut = joined[-1:] != typed[-1:] and joined[-1].partition("=")[0] + "="
    for value, meaning in offers(joined):
        value = value.removeprefix(cut) if cut else value
        sys.stdout.write(f"{value}\t{meaning}\n" if meaning else f"{value}\n")
    return 0


def offers(words: list[str]) -> Iterator[Hint]:
    """Yield what may stand for the last of *words*, which begin behind the program's name."""
    last, path, options, wanted, place = _read(words)
    if wanted is None and last.startswith("--") and "=" in last:
        name, _, begun = last.partition("=")
        kind = options.get(name, ("", ""))[0]
        yield from ((f"{name}={value}", text) for value, text in _values(kind, begun, words))
    elif wanted is not None:
        yield from _values(wanted, last, words)
    elif last.startswith("-"):
        yield from ((name, text) for name, (_, text) in options.items() if name.startswith(last))
    elif below := _below(path):
        more = [] if path else _plugins()
        yield from ((name, text) for name, text in [*below, *more] if name.startswith(last))
    else:
        # A command of another package has no entry.
        kinds = COMMANDS[path][1] if path in COMMANDS else [""]
        if kinds:
            yield from _values(kinds[min(place, len(kinds) - 1)], last, words)


def _read(
    words: list[str],
) -> tuple[str, str, dict[str, tuple[str, str]], str | None, int]:
    """Return the last word, the command, its options, what an option waits for, and which argument.

    What an option waits for is None where the last word is not the value of one.
    """
    *before, last = words or [""]
    path, place, wanted, ended = "", 0, None, False
    options = dict(GLOBALS)
    for word in before:
        if wanted is not None:
            wanted = None
        elif word == "--":
            ended = True
        elif word.startswith("-") and not ended:
            kind = options.get(word, ("", ""))[0]
            wanted = kind or None
        elif _below(path):
            name = ALIASES.get(word, word) if not path else word
            path = f"{path} {name}".strip()
            options |= COMMANDS[path][0] if path in COMMANDS else {}
        else:
            place += 1
            ended = ended or path in _TAKES_A_COMMAND
    if ended and last.startswith("-"):
        return "", path, {}, "FILE", place
    return last, path, options, wanted, place


def _below(path: str) -> list[Hint]:
    return COMMANDS[path][2] if path in COMMANDS else []


def _plugins() -> list[Hint]:
    from queuectl.catalogue import plugins

    known = {name for name, _ in _below("")}
    return [(name, each.purpose) for name, each in plugins().items() if name not in known]


def _values(kind: str, begun: str, words: list[str]) -> Iterator[Hint]:
    # Of a list separated by commas the last item is completed.
    head, comma, tail = begun.rpartition(",")
    before = head + comma
    if kind in _FIXED:
        found = [(value, "") for value in _FIXED[kind]]
    elif kind in _OF_STORE:
        try:
            found = _OF_STORE[kind](Glance(store_file(_named_store(words))))
        except (NotQuick, OSError):
            return
    else:
        yield FILES, ""
        return
    yield from ((before + value, text) for value, text in found if value.startswith(tail))


def _named_store(words: list[str]) -> str | None:
    for n, word in enumerate(words[:-1]):
        if word == "--db":
            return words[n + 1]
        if word.startswith("--db="):
            return word[5:]
    return None


def _without_splits(words: list[str]) -> list[str]:
    """Join what bash takes apart at `=`."""
    joined: list[str] = []
    for word in words:
        is_tail = bool(joined) and (word == "=" or joined[-1].endswith("="))
        if is_tail and joined[-1].startswith("--"):
            joined[-1] += word
        else:
            joined.append(word)
    return joined
