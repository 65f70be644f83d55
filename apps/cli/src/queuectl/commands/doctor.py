"""`queuectl doctor`: what commonly goes wrong, each with its remedy."""

import os
import socket
from collections.abc import Iterator
from typing import Annotated

import typer

from queuectl import __version__, surroundings
from queuectl.catalogue import hidden_plugins
from queuectl.exits import CommandError, Exit, UsageProblem, code_of
from queuectl.jobs import logs_of
from queuectl.locate import without_password
from queuectl.safe import safe_text
from queuectl.session import Session
from queuectl_store import Level, StoreError, Symptom
from queuectl_store.upkeep.health import of_hooks, of_workers

_MARKS = {Level.OK: ("ok", "green"), Level.WARNING: ("!", "yellow"), Level.FAILURE: ("✗", "red")}


def doctor(
    ctx: typer.Context,
    *,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings end with 1 too.")] = False,
) -> None:
    """Look at everything that commonly goes wrong; say what to do about each.

    \b
    Examples:
      queuectl doctor
      queuectl doctor --strict --quiet || mail -s queuectl me
      queuectl doctor --json | jq -r '.checks[] | select(.level != "ok") | .remedy'

    It looks at the store (reachable, writable, journal, log, version, clock, disk, permissions,
    held transactions and dead rows on a server), workers and their control groups, queues and
    hooks that nobody serves, settings, output, the program's name, commands of other packages
    and logins.

    Exit code: 0 well, 1 a failure (with --strict a warning too), 5 store unreachable, 78 store
    damaged. With --json: store, checks (name, level, text, remedy).
    """
    session: Session = ctx.obj
    code = Exit.DONE
    found = [*_around()]
    try:
        for symptom in _inside(session):
            found.append(symptom)  # noqa: PERF402 what was seen before an error counts
    except StoreError as error:
        code = code_of(error)
        found.append(_failed("store", str(error)))
    except UsageProblem as error:
        # How to open the store is a setting too.
        remedy = "mend it; `queuectl config path` names the files"
        found.append(Symptom(name="settings", level=Level.FAILURE, text=str(error), remedy=remedy))
    except CommandError as error:
        # A `.queuectl` of another user's: no store is looked at.
        code = error.code
        found.append(_failed("store", str(error)))
    levels = {symptom.level for symptom in found}
    if code is Exit.DONE and (Level.FAILURE in levels or (strict and Level.WARNING in levels)):
        code = Exit.FAILED
    _print(session, found)
    raise typer.Exit(code)


def _inside(session: Session) -> Iterator[Symptom]:
    """Yield what the store shows, and what depends on it."""
    store = session.read_store()
    yield Symptom(
        name="store",
        level=Level.OK,
        text=f"{without_password(store.url)}, from {session.address.origin}",
    )
    yield from store.maintenance.symptoms()
    reader = store.reader
    workers = reader.workers(all=True)
    yield from of_workers(workers, reader.queues(), version=__version__)
    yield from of_hooks(store.hooks.all(), workers)
    yield from surroundings.group_symptoms(workers, host=socket.gethostname())
    yield surroundings.settings_symptom(session.settings())
    yield surroundings.output_symptom(logs_of(session).root)


def _around() -> Iterator[Symptom]:
    programs = surroundings.programs_on_path(os.environ.get("PATH", ""))
    yield surroundings.name_symptom(programs, own=surroundings.own_program())
    yield surroundings.plugin_symptom(hidden_plugins())
    yield from surroundings.login_symptoms(os.environ)


def _failed(name: str, message: str) -> Symptom:
    # What an error says is followed by what to do about it.
    text, _, remedy = message.partition("; ")
    return Symptom(name=name, level=Level.FAILURE, text=text, remedy=remedy or None)


def _print(session: Session, found: list[Symptom]) -> None:
    terminal = session.terminal
    if session.json:
        checks = [
            {"name": each.name, "level": each.level, "text": each.text, "remedy": each.remedy}
            for each in found
        ]
        terminal.document({"store": without_password(session.address.url), "checks": checks})
        return
    for each in found:
        mark, style = _MARKS[each.level]
        if each.level is Level.OK and terminal.quiet:
            continue
        terminal.line(f"{terminal.paint(mark.ljust(2), style)}  {each.name:<13}  {_text(each)}")
        if each.remedy is not None and each.level is not Level.OK:
            terminal.line(f"{'':<19}{terminal.paint(safe_text(each.remedy), 'bold')}")


def _text(symptom: Symptom) -> str:
    return safe_text(symptom.text)
