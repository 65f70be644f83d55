"""What the commands that act on jobs share: a last question, a rehearsal, what became of each."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

import typer

from queuectl.choosing import choice_of, chosen_ids, is_dry, is_sure
from queuectl.counting import counted
from queuectl.exits import code_of
from queuectl.jobs import STATE_STYLES, title_of
from queuectl.render import Cell, Column, Row, print_aligned
from queuectl.safe import safe_text
from queuectl.session import Session
from queuectl_store import Job, JobId, JobState, StoreError
from queuectl_store.values import dataclass

if TYPE_CHECKING:
    # The database library comes with them, and help needs none.
    from queuectl_store import Admin, DeadLetters, Moved, Rehearsal

_BATCH = 1_000
# Of these a rehearsal shows where each stands and goes; of the others the ids alone.
_MOST_SHOWN = 1_000
_COLUMNS = (
    Column(title="ID", right=True),
    Column(title="NOW"),
    Column(title="THEN"),
    Column(title="BY"),
    Column(title="COMMAND", flexible=True),
)


class Verbs(Protocol):
    """A store, or a rehearsal in it."""

    @property
    def admin(self) -> "Admin":
        """What people do to jobs, queues and workers."""
        ...

    @property
    def dead(self) -> "DeadLetters":
        """The dead letter queue."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A verb, its past for the report, and its states where a filter names none.

    Attributes:
        makes_batches: *move* takes any number at once.
        after: What is to be done beside the store for the jobs that were moved.
    """

    verb: str
    done: str
    states: frozenset[JobState]
    move: "Callable[[Verbs, Sequence[JobId]], Moved]"
    makes_batches: bool = False
    after: "Callable[[Moved], object] | None" = None


def act(ctx: typer.Context, action: Action, words: Sequence[str] | None) -> None:
    """Do *action* to the jobs that an `ActCommand` was given, and tell what became of each.

    Raises:
        UsageProblem: No job was named.
        CommandError: Nothing was touched.
    """
    session: Session = ctx.obj
    choice = choice_of(ctx, words, verb=action.verb)
    ids = chosen_ids(session.read_store(), choice, verb=action.verb, states=action.states)
    asks = choice.is_wide and not is_sure(ctx)
    act_on(session, action, ids, is_dry=is_dry(ctx), asks=asks)


def act_on(
    session: Session, action: Action, ids: Sequence[JobId], *, is_dry: bool, asks: bool
) -> None:
    """Do *action* to *ids*, after a question if there are several and it *asks*; tell of each.

    Raises:
        CommandError: Nothing was touched.
    """
    if is_dry:
        moved = _rehearse(session, action, ids)
    else:
        if len(ids) > 1 and asks:
            session.confirm(f"{action.verb} {counted(len(ids), 'job')}?")
        moved = _move(session.open_store(), action, ids)
        if action.after is not None:
            action.after(moved)
        _tell(session, action, moved)
    for error in moved.refused:
        session.terminal.say(safe_text(f"queuectl: {error}"))
    if not moved.done:
        raise typer.Exit(code_of(moved.refused[0]))


def joined(parts: "Sequence[Moved]") -> "Moved":
    """Return what several steps did together."""
    from queuectl_store import Moved

    return Moved(
        done=tuple(job_id for part in parts for job_id in part.done),
        refused=tuple(error for part in parts for error in part.refused),
    )


def _move(verbs: Verbs, action: Action, ids: Sequence[JobId]) -> "Moved":
    if action.makes_batches:
        return action.move(verbs, ids)
    return joined([action.move(verbs, ids[at : at + _BATCH]) for at in range(0, len(ids), _BATCH)])


def _tell(session: Session, action: Action, moved: "Moved") -> None:
    terminal = session.terminal
    if session.json:
        terminal.document({"done": list(moved.done), "refused": _refusals(moved)})
        return
    for job_id in moved.done:
        terminal.line(str(job_id) if not terminal.is_screen else f"{action.done} {job_id}")


def _rehearse(session: Session, action: Action, ids: Sequence[JobId]) -> "Moved":
    rehearsal, terminal = session.open_store().rehearsal(), session.terminal
    moved = _move(rehearsal, action, ids)
    if session.json:
        changes = [
            {"id": each.job_id, "verb": each.verb, "state": each.state}
            for each in rehearsal.changes
        ]
        terminal.document(
            {
                "would": action.verb,
                "ids": list(moved.done),
                "changes": changes,
                "refused": _refusals(moved),
            }
        )
        return moved
    if terminal.is_screen:
        _show(session, action, moved, rehearsal)
    else:
        for job_id in moved.done:
            terminal.line(str(job_id))
    others = len({each.job_id for each in rehearsal.changes} - set(moved.done))
    more = f" and move {counted(others, 'other')}" if others else ""
    terminal.say(f"would {action.verb} {counted(len(moved.done), 'job')}{more}; nothing was done")
    return moved


def _show(session: Session, action: Action, moved: "Moved", rehearsal: "Rehearsal") -> None:
    then = {each.job_id: (each.state, each.verb) for each in rehearsal.changes}
    ids = list(dict.fromkeys([*moved.done, *then]))[:_MOST_SHOWN]
    jobs = session.open_store().reader.find(ids)
    print_aligned(session.terminal, _COLUMNS, [_row(job, action, then) for job in jobs])


def _row(job: Job, action: Action, then: Mapping[JobId, tuple[str, str]]) -> Row:
    state, verb = then.get(job.id, ("", action.verb))
    return [
        Cell(text=str(job.id)),
        Cell(text=job.state, style=STATE_STYLES.get(job.state)),
        Cell(text=state, style=STATE_STYLES.get(state)),
        Cell(text=verb),
        Cell(text=title_of(job)),
    ]


def _refusals(moved: "Moved") -> list[dict[str, object]]:
    return [{"id": _id(error), "error": str(error)} for error in moved.refused]


def _id(error: StoreError) -> int | None:
    job_id: int | None = getattr(error, "job_id", None)
    return job_id
