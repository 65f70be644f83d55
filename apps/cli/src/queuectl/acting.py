"""What the commands that act on jobs share: which jobs, a last question, what became of each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

import typer

from queuectl.exits import CommandError, Exit, UsageProblem, code_of
from queuectl.safe import safe_text
from queuectl.selection import existing_ids, ids_matching, parse_ids, parse_states
from queuectl.session import Session
from queuectl_store import Admin, JobFilter, JobId, JobState, Moved

Ids = Annotated[
    list[str] | None, typer.Argument(metavar="[ID]...", help="Job ids and ranges such as 5-9.")
]
States = Annotated[
    list[str] | None,
    typer.Option("--state", metavar="STATE", help="All jobs in this state; repeatable."),
]
Queues = Annotated[
    list[str] | None,
    typer.Option("--queue", metavar="QUEUE", help="All jobs of this queue; repeatable."),
]
Groups = Annotated[
    str | None, typer.Option("--group", metavar="GROUP", help="All jobs of this group.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", "-n", help="Only print which jobs it would be.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]

_BATCH = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which jobs a command is to act on, as it was typed."""

    ids: Sequence[str]
    states: Sequence[str]
    queues: Sequence[str]
    is_dry: bool
    is_sure: bool
    group: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A verb, its past for the report, and its states where a filter names none.

    Attributes:
        makes_batches: *move* takes any number at once.
    """

    verb: str
    done: str
    states: frozenset[JobState]
    move: Callable[[Admin, Sequence[JobId]], Moved]
    makes_batches: bool = False


def act(session: Session, action: Action, choice: Choice) -> None:
    """Do *action* to the chosen jobs and tell what became of each.

    Raises:
        UsageProblem: Nothing was chosen.
        CommandError: Nothing was touched.
    """
    ids = _chosen(session, action, choice)
    is_wide = not choice.is_sure and _is_wide(choice)
    act_on(session, action, ids, is_dry=choice.is_dry, asks=is_wide)


def act_on(
    session: Session, action: Action, ids: Sequence[JobId], *, is_dry: bool, asks: bool
) -> None:
    """Do *action* to *ids*, after a question if there are several and it *asks*; tell of each.

    Raises:
        CommandError: Nothing was touched.
    """
    if is_dry:
        _tell_dry(session, action, ids)
        return
    if len(ids) > 1 and asks:
        session.confirm(f"{action.verb} {len(ids):,} jobs?")
    moved = _move(session, action, ids)
    _tell(session, action, moved)
    if not moved.done:
        raise typer.Exit(code_of(moved.refused[0]))


def _chosen(session: Session, action: Action, choice: Choice) -> list[JobId]:
    is_filtered = bool(choice.states or choice.queues or choice.group)
    if choice.ids and is_filtered:
        raise UsageProblem("give ids or a filter, not both")
    if not choice.ids and not is_filtered:
        raise UsageProblem(
            f"say which jobs to {action.verb}: ids, ranges such as 5-9, --state, --queue or --group"
        )
    wanted, states = parse_ids(choice.ids), parse_states(choice.states)
    store = session.read_store()
    if choice.ids:
        return existing_ids(store, wanted, words=choice.ids)
    if choice.group is not None:
        store.reader.group(choice.group)
    chosen = JobFilter(
        states=states or tuple(action.states), queues=tuple(choice.queues), group=choice.group
    )
    ids = sorted(ids_matching(store, chosen))
    if not ids:
        raise CommandError(f"no job matches; nothing to {action.verb}", code=Exit.NOT_FOUND)
    return ids


def _is_wide(choice: Choice) -> bool:
    return not choice.ids or any("-" in word for word in choice.ids)


def _move(session: Session, action: Action, ids: Sequence[JobId]) -> Moved:
    admin = session.open_store().admin
    if action.makes_batches:
        return action.move(admin, ids)
    parts = [action.move(admin, ids[at : at + _BATCH]) for at in range(0, len(ids), _BATCH)]
    return Moved(
        done=tuple(job_id for part in parts for job_id in part.done),
        refused=tuple(error for part in parts for error in part.refused),
    )


def _tell(session: Session, action: Action, moved: Moved) -> None:
    terminal = session.terminal
    if session.json:
        refused = [
            {"id": getattr(error, "job_id", None), "error": str(error)} for error in moved.refused
        ]
        terminal.document({"done": list(moved.done), "refused": refused})
    else:
        for job_id in moved.done:
            terminal.line(str(job_id) if not terminal.is_screen else f"{action.done} {job_id}")
    for error in moved.refused:
        terminal.say(safe_text(f"queuectl: {error}"))


def _tell_dry(session: Session, action: Action, ids: Sequence[JobId]) -> None:
    if session.json:
        session.terminal.document({"would": action.verb, "ids": list(ids)})
        return
    for job_id in ids:
        session.terminal.line(str(job_id))
    session.terminal.say(f"would {action.verb} {len(ids):,} jobs; nothing was done")
