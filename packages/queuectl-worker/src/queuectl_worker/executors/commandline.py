"""What the operating system is given for a command: bytes."""

import sys
from collections.abc import Mapping
from typing import assert_never

from queuectl_store import Argv, Shell, Task, Work

_CODEC, _ERRORS = sys.getfilesystemencoding(), sys.getfilesystemencodeerrors()


def encode(text: str) -> bytes:
    """Do what `os.fsencode` does to text, without its questions: a launch asks a dozen times."""
    return text.encode(_CODEC, _ERRORS)


def command_line(work: Work) -> tuple[bytes, ...]:
    """Return the program and arguments that run *work*.

    Raises:
        ValueError: A task is no command; the runner gives those to another executor.
    """
    match work:
        case Argv(argv=argv):
            return tuple(map(encode, argv))
        case Shell(script=script):
            return tuple(map(encode, shell_line(script, platform=sys.platform)))
        case Task(name=name):
            raise ValueError(f"{name!r} is a task, not a command")
        case _:
            assert_never(work)


def shell_line(script: str, *, platform: str) -> tuple[str, ...]:
    """Return what runs *script* in the shell of *platform*."""
    # /d: no AutoRun from the registry; /s: only the outer quotes go, the script stays as typed.
    return ("cmd", "/d", "/s", "/c", script) if platform == "win32" else ("/bin/sh", "-c", script)


def encode_variables(variables: Mapping[str, str]) -> dict[bytes, bytes]:
    """Return *variables* as bytes; surrogate escapes become the bytes that they stand for."""
    return {encode(name): encode(value) for name, value in variables.items()}
