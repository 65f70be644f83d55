"""The rules that an option or a spec gives as one word: limits of a run, failed parents, halts."""

from queuectl.exits import UsageProblem
from queuectl.moments import parse_span
from queuectl_store.errors import InvalidJob
from queuectl_store.graph.halting import Halt, parse_halt
from queuectl_store.job import Warn
from queuectl_store.relations import OnDependencyFailure
from queuectl_store.settings import parse_bytes


def parse_memory(text: str, *, what: str = "memory") -> int:
    """Return a size in bytes; 0 is none.

    Raises:
        UsageProblem: It is no size.
    """
    try:
        return parse_bytes(text)
    except ValueError as error:
        raise UsageProblem(f"{what} {text!r}: {error}") from error


def parse_warning(text: str) -> Warn:
    """Read `USR1@60`: a signal, and how long before the time limit it comes.

    Raises:
        UsageProblem: It is not of that form.
    """
    name, at, before = text.partition("@")
    if not name or not at:
        raise UsageProblem(f"signal takes NAME@TIME such as USR1@60, got {text!r}")
    before_ms = parse_span(before, what="the time after @")
    return Warn(signal=name.upper().removeprefix("SIG"), before_ms=before_ms)


def parse_policy(text: str) -> OnDependencyFailure:
    """Return what becomes of a job whose parent failed.

    Raises:
        UsageProblem: It is none of the choices.
    """
    try:
        return OnDependencyFailure(text)
    except ValueError as error:
        choices = ", ".join(OnDependencyFailure)
        raise UsageProblem(f"on_dep_failure is one of {choices}, got {text!r}") from error


def parse_rule(text: str) -> Halt:
    """Return when a group halts.

    Raises:
        UsageProblem: It does not say when.
    """
    try:
        return parse_halt(text)
    except InvalidJob as error:
        raise UsageProblem(str(error)) from error
