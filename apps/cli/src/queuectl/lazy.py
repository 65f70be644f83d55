"""The root group: it knows all commands and imports only the one that runs.

Every command, at any depth, gets hidden copies of the global options, so that
`queuectl list --json` means `queuectl --json list`.
"""

import copy
import difflib
import importlib
import json
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption
from typer.main import get_command as build

from queuectl import __version__
from queuectl.catalogue import ALIASES, BUILT_IN, SECTIONS, Entry, Plugin, plugins
from queuectl.exits import BLAME, CommandError
from queuectl.session import Session

Command = TyperCommand | TyperGroup


class LazyGroup(TyperGroup):
    """A group that builds a command when it is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 the library's signature
        """Return the names in the order of the help."""
        return [*BUILT_IN, *plugins()]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 the library's signature
        """Import and build one command; None if there is none of that name."""
        cmd_name = ALIASES.get(cmd_name, cmd_name)
        if cmd_name in BUILT_IN:
            module, _, attribute = BUILT_IN[cmd_name].target.partition(":")
            return built(cmd_name, getattr(importlib.import_module(module), attribute))
        plugin = plugins().get(cmd_name)
        return _plugged(cmd_name, plugin) if plugin else None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command that *args* begins with, or suggest the nearest."""
        if not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            known = [*self.list_commands(ctx), *ALIASES]
            close = difflib.get_close_matches(args[0], known, n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            ctx.fail(f"No such command {args[0]!r}.{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 as above
        """Write the commands in sections, without importing them."""
        for title, entries in SECTIONS.items():
            rows = [(name, entry.purpose) for name, entry in entries.items()]
            if title == "Look":
                rows += [(name, plugin.purpose) for name, plugin in plugins().items()]
            with formatter.section(title):
                formatter.write_dl(rows)


class PartlyLazyGroup(TyperGroup):
    """A group of which some commands are imported when they are asked for."""

    later: Mapping[str, Entry] = MappingProxyType({})

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names, those that are imported later first."""
        return [
            *self.later,
            *(name for name in super().list_commands(ctx) if name not in self.later),
        ]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return one command; import and build it if it is one of those."""
        if cmd_name in self.later and cmd_name not in self.commands:
            module, _, attribute = self.later[cmd_name].target.partition(":")
            self.commands[cmd_name] = built(
                cmd_name, getattr(importlib.import_module(module), attribute)
            )
        return super().get_command(ctx, cmd_name)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 as above
        """Write the commands, without importing any."""
        rows = [(name, entry.purpose) for name, entry in self.later.items()]
        rows += [
            (name, command.get_short_help_str(limit=100))
            for name, command in self.commands.items()
            if name not in self.later and not command.hidden
        ]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def _plugged(name: str, plugin: Plugin) -> Command:
    """Build a command of another package, whose faults are not ours.

    Raises:
        CommandError: It cannot be loaded.
    """
    try:
        command = built(name, plugin.load())
    except Exception as error:  # a module may raise whatever it likes
        said = f"{type(error).__name__}: {error}".partition("\n")[0]
        raise CommandError(
            f"the command {name!r} of {plugin.package} cannot be loaded: {said}\n"
            "update or uninstall that package; all other commands work without it"
        ) from error
    command.invoke = partial(_noting, command.invoke, plugin.package)  # type: ignore[method-assign]
    return command


def _noting(invoke: Callable[[Any], Any], package: str, ctx: Any) -> Any:
    try:
        return invoke(ctx)
    except Exception as error:
        # Who reads the report of a defect learns whose it is.
        error.add_note(f"{BLAME}{package}")
        raise


def built(name: str, target: typer.Typer | Callable[..., Any]) -> Command:
    """Build a command from a function or a Typer app, with the global options attached."""
    if isinstance(target, typer.Typer):
        command = build(target)
    else:
        app = typer.Typer(add_completion=False, rich_markup_mode=None)
        app.command(name)(target)
        command = build(app)
    command.name = name
    attach_global_options(command)
    return command  # type: ignore[return-value]


def attach_global_options(command: Any) -> None:
    """Give *command* and everything below it hidden copies of the global options."""
    command.params.extend(global_options(hidden=True))
    command.collect_usage_pieces = partial(_usage_pieces, command)
    commands = getattr(command, "commands", {})
    for below in commands.values():
        attach_global_options(below)
    if "list" in commands:
        commands["ls"] = copy.copy(commands["list"])
        commands["ls"].hidden = True


def _usage_pieces(command: Any, _ctx: Any) -> list[str]:
    """Return what follows the name in the usage: arguments as they were written, without braces."""
    options = [command.options_metavar] if command.options_metavar else []
    group = [command.subcommand_metavar] if isinstance(command, TyperGroup) else []
    names = [param.metavar or param.name for param in command.params if _is_argument(param)]
    return [*options, *names, *group]


def _is_argument(param: Any) -> bool:
    return isinstance(param, TyperArgument) and not param.hidden


def global_options(*, hidden: bool) -> list[TyperOption]:
    """Return the options that every command takes; their values go to the session."""

    def option(*names: str, attribute: str, help: str, **more: Any) -> TyperOption:  # noqa: A002
        return TyperOption(
            param_decls=list(names),
            callback=_store_in(attribute),
            expose_value=False,
            hidden=hidden,
            help=help,
            **more,
        )

    return [
        option(
            "--db",
            attribute="db",
            metavar="URL|PATH",
            help="The store: a file or a postgresql:// URL.",
        ),
        option(
            "--json", attribute="json", is_flag=True, is_eager=True, help="Print JSON for programs."
        ),
        option("--quiet", "-q", attribute="quiet", is_flag=True, help="Print the result alone."),
        option("--no-color", attribute="no_color", is_flag=True, help="Print without colours."),
        option(
            "--version", attribute="version", is_flag=True, is_eager=True, help="Print the version."
        ),
    ]


def _store_in(attribute: str) -> Callable[[Any, Any, Any], None]:
    def remember(ctx: typer.Context, _param: Any, value: Any) -> None:
        session = ctx.find_object(Session)
        if not value or session is None:
            return
        if attribute == "version":
            session.terminal.line(
                json.dumps({"version": __version__}) if session.json else __version__
            )
            raise typer.Exit
        setattr(session.options, attribute, value)

    return remember
