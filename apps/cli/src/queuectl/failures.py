"""The edge where every failure becomes one or two lines on stderr and an exit code."""

import errno
import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

import typer

from queuectl.exits import BLAME, CommandError, Exit, code_of
from queuectl.locate import user_log_folder
from queuectl.safe import safe_text
from queuectl_store.errors import StoreError

_KINDS = (
    ("integer range|int range|integer|int", "a whole number"),
    ("float range|float", "a number"),
)
_LONGEST, _BEGINNING = 1_000, 600  # characters


def guarded(command: Callable[[], int]) -> int:
    """Run *command*; return its exit code, or that of its failure after telling the person."""
    try:
        return _flushed(command())
    except (CommandError, StoreError, typer.TyperException, typer.Abort) as error:
        return _expected(error)
    except KeyboardInterrupt:
        return Exit.CANCELLED
    except BrokenPipeError:
        _silence_stdout()
        return Exit.BROKEN_PIPE
    except OSError as error:
        return _tell(_system_message(error), Exit.FAILED)
    except Exception as error:  # noqa: BLE001 the last edge: anything else is a defect and says so
        return _defect(error)


def _system_message(error: OSError) -> str:
    """Say of what the system refused: it names a file only where one was named to it."""
    if error.filename is not None:
        return str(error)
    if error.errno == errno.ENOENT and not _has_folder():
        return "the current folder is no longer there; change to another one (cd)"
    if error.errno == errno.ENOSPC:
        _silence_stdout()
        return "the output cannot be written: no space left on the device that it goes to"
    return error.strerror or str(error)


def _has_folder() -> bool:
    try:
        os.getcwd()
    except FileNotFoundError:
        return False
    return True


def _flushed(code: int) -> int:
    sys.stdout.flush()
    return code


def _expected(error: Exception) -> int:
    match error:
        case CommandError(code=code):
            return _tell(str(error), code)
        case StoreError():
            return _tell(str(error), code_of(error))
        case typer.TyperException():
            return _tell(_usage_message(error), error.exit_code)
        case _:
            return _tell("stopped", Exit.FAILED)


def _usage_message(error: typer.TyperException) -> str:
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "queuectl"
    message = _plainly(" ".join(error.format_message().split()))
    return f"{message}\n`{path} --help` shows what it takes"


def _plainly(message: str) -> str:
    """Say what the parser of options says in its own kinds as a person would."""
    message = re.sub(r"is not in the range x>=(\S+)\.", r"is less than \1.", message)
    message = re.sub(r"is not in the range (\S+)<=x<=(\S+)\.", r"is not from \1 to \2.", message)
    for kinds, plain in _KINDS:
        message = re.sub(rf"is not a valid (?:{kinds})\b", f"is not {plain}", message)
    return message


def _tell(message: str, code: int) -> int:
    lines = [safe_text(_short(line)) for line in message.splitlines() if line.strip()]
    try:
        sys.stderr.write("queuectl: " + "\n".join(lines[:2]) + "\n")
        sys.stderr.flush()
    except OSError:  # nobody listens; the code still says it
        return code
    return code


def _short(line: str) -> str:
    """Leave out the middle of what nobody reads: it quotes what somebody passed."""
    return line if len(line) <= _LONGEST else f"{line[:_BEGINNING]}…{line[_BEGINNING - _LONGEST :]}"


def _defect(error: Exception) -> int:
    # Imported here: nearly no command needs it, and it reads source files.
    import traceback

    report = "".join(traceback.format_exception(error))
    said = f"a bug in {_whose(error)}: {type(error).__name__}: {error}".rstrip(": ")
    try:
        file = _keep(report)
    except OSError:
        sys.stderr.write(report)
        return _tell(f"{said}\nthe lines above say where", Exit.FAILED)
    return _tell(f"{said}\nplease report it with {str(file)!r}", Exit.FAILED)


def _whose(error: Exception) -> str:
    notes = getattr(error, "__notes__", ())
    named = (note.removeprefix(BLAME) for note in notes if note.startswith(BLAME))
    return next(named, "QueueCTL")


def _keep(report: str) -> Path:
    folder = user_log_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / f"bug-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.txt"
    with os.fdopen(
        os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", errors="backslashreplace"
    ) as out:
        out.write(report)
    return file


def _silence_stdout() -> None:
    # The interpreter flushes at exit and would complain about the closed pipe again.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
