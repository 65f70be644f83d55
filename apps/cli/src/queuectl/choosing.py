"""The options by which a command is told which jobs it is to work on; the same for all of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperOption

from queuectl.exits import CommandError, Exit, UsageProblem
from queuectl.moments import parse_past, to_ms
from queuectl.pairs import parse_pairs
from queuectl.selection import existing_ids, ids_matching, parse_ids, parse_states
from queuectl_store import JobFilter, JobId, JobState, Look
from queuectl_store.values import dataclass

_SAID = "queuectl.filter_options"

Ids = Annotated[
    list[str] | None,
    typer.Argument(metavar="[ID]...", help="Job ids, and ranges such as 5-9."),
]

# Names, what may follow on the command line, what it is for.
_FILTERS: tuple[tuple[str, Mapping[str, Any], str], ...] = (
    (
        "--state",
        {"metavar": "STATE", "multiple": True},
        "Jobs in this state; repeat or separate by commas.",
    ),
    ("--queue", {"metavar": "QUEUE", "multiple": True}, "Jobs of this queue; repeatable."),
    ("--group", {"metavar": "GROUP"}, "Jobs of this group."),
    ("--name", {"metavar": "NAME"}, "Jobs of this name."),
    ("--tag", {"metavar": "K=V", "multiple": True}, "Jobs with this tag; repeatable."),
    ("--task", {"metavar": "TASK"}, "Jobs that run this Python function."),
    (
        "--search",
        {"metavar": "TEXT"},
        "Jobs whose command, task, arguments, name or reason contains this text.",
    ),
    (
        "--since",
        {"metavar": "WHEN"},
        "Jobs enqueued from then on: 10m (ago), 2d, 18:30, 'yesterday 09:00', 2026-04-01T18:30.",
    ),
    ("--fingerprint", {"metavar": "F"}, "Dead jobs whose error has this fingerprint."),
)
_ALL = ("--all", {"is_flag": True}, "All jobs that this works on.")
_ACT = (
    (
        "--dry-run",
        "-n",
        {"is_flag": True},
        "Only print what would change: it is done, and undone before anybody sees it.",
    ),
    ("--yes", "-y", {"is_flag": True}, "Do not ask."),
)


class FilterCommand(TyperCommand):
    """A command that takes the filters."""

    without: Collection[str] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = {name for param in self.params for name in param.opts}
        self.params.extend(
            _option(name, more=more, text=text)
            for name, more, text in self.filters()
            if name not in own
        )

    def filters(self) -> Sequence[tuple[str, Mapping[str, Any], str]]:
        """Return the filters that it takes."""
        return [each for each in _FILTERS if each[0] not in self.without]


class DeadFilterCommand(FilterCommand):
    """A command that looks at dead jobs alone, and groups them by another meaning of the word."""

    without = ("--state", "--group")


class ChoiceCommand(FilterCommand):
    """A command that works on ids, ranges or what a filter lets through."""

    def filters(self) -> Sequence[tuple[str, Mapping[str, Any], str]]:
        """Return the filters that it takes, and that for no filter at all."""
        return [*super().filters(), _ALL]


class ActCommand(ChoiceCommand):
    """A command that changes the jobs it is given."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.extend(
            _option(name, short, more=more, text=text) for name, short, more, text in _ACT
        )


class DeadActCommand(ActCommand):
    """A command that changes dead jobs alone."""

    without = ("--state",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which jobs a command is to work on, as it was typed."""

    words: Sequence[str]
    filter: JobFilter
    is_all: bool

    @property
    def is_filtered(self) -> bool:
        """They are named by a filter, not by ids."""
        return self.is_all or self.filter != JobFilter()

    @property
    def is_wide(self) -> bool:
        """It may mean more jobs than were counted out in typing it."""
        return not self.words or any("-" in word for word in self.words)


def filter_of(ctx: typer.Context) -> JobFilter:
    """Return what the filters of *ctx*'s command say.

    Raises:
        UsageProblem: A value does not fit.
    """
    said = _said(ctx)
    since = said.get("since")
    now = datetime.now(UTC).astimezone()
    return JobFilter(
        states=parse_states(said.get("state", ())),
        queues=tuple(said.get("queue", ())),
        group=said.get("group"),
        name=said.get("name"),
        tags=parse_pairs(said.get("tag", ()), option="--tag"),
        task=said.get("task"),
        search=said.get("search"),
        since_ms=None if since is None else to_ms(parse_past(since, now=now)),
        fingerprint=said.get("fingerprint"),
    )


def choice_of(
    ctx: typer.Context, words: Sequence[str] | None, *, verb: str, is_bounded: bool = False
) -> Choice:
    """Return which jobs the command line names.

    Args:
        is_bounded: Something else narrows it already, so that to name none means all.

    Raises:
        UsageProblem: None, or ids as well as a filter.
    """
    parse_ids(words or ())
    is_all = "all" in _said(ctx) or (is_bounded and not words and filter_of(ctx) == JobFilter())
    choice = Choice(words=words or (), filter=filter_of(ctx), is_all=is_all)
    if choice.words and choice.is_filtered:
        raise UsageProblem("give ids or a filter, not both")
    if choice.is_all and choice.filter != JobFilter():
        raise UsageProblem("--all is every job; leave it or the other filters out")
    if not choice.words and not choice.is_filtered:
        raise UsageProblem(
            f"say which jobs to {verb}: ids, ranges such as 5-9, a filter such as --state or"
            " --queue, or --all"
        )
    return choice


def chosen_ids(
    store: Look, choice: Choice, *, verb: str, states: Collection[JobState] = ()
) -> list[JobId]:
    """Return the ids that are meant, lowest first.

    Args:
        states: Those that a filter means where it names none.

    Raises:
        CommandError: There are none.
        UnknownGroup: There is no group of that name.
    """
    if choice.words:
        return existing_ids(store, parse_ids(choice.words), words=choice.words)
    if choice.filter.group is not None:
        store.reader.group(choice.filter.group)
    wanted = replace(choice.filter, states=choice.filter.states or tuple(states))
    if ids := sorted(ids_matching(store, wanted)):
        return ids
    raise CommandError(f"no job matches; nothing to {verb}", code=Exit.NOT_FOUND)


def is_dry(ctx: typer.Context) -> bool:
    """Tell whether nothing is to be changed."""
    return "dry_run" in _said(ctx)


def is_sure(ctx: typer.Context) -> bool:
    """Tell whether no question is to be asked."""
    return "yes" in _said(ctx)


def _said(ctx: typer.Context) -> Mapping[str, Any]:
    said: Mapping[str, Any] = ctx.meta.get(_SAID, {})
    return said


def _option(*names: str, more: Mapping[str, Any], text: str) -> TyperOption:
    return TyperOption(
        param_decls=list(names), callback=_remember, expose_value=False, help=text, **more
    )


def _remember(ctx: typer.Context, param: Any, value: Any) -> None:
    if value not in (None, False, ()):
        ctx.meta.setdefault(_SAID, {})[param.name] = value
