"""What one command works with: global options, terminal, settings and the open store."""

import os
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from queuectl.config import Layer, Settings, environment_layers, file_layer
from queuectl.exits import UsageProblem
from queuectl.locate import StoreAddress, find_settings_files, find_store
from queuectl.terminal import Terminal

if TYPE_CHECKING:
    # The database library behind it is most of a command's start, and help needs none.
    from queuectl_store import Look, Store

STORE_ORIGIN = "store"


@dataclass(slots=True, kw_only=True)
class GlobalOptions:
    """The options that every command takes, before its name and after it."""

    db: str | None = None
    json: bool = False
    quiet: bool = False
    no_color: bool = False


class Session:
    """One command's surroundings; closes the store at the end."""

    def __init__(self, options: GlobalOptions) -> None:
        self.options = options
        self._store: Store | None = None
        self._look: Look | None = None

    @property
    def json(self) -> bool:
        """The result is for a machine."""
        return self.options.json

    @cached_property
    def terminal(self) -> Terminal:
        """The output streams; made when the first word is printed, after all options are read."""
        options = self.options
        return Terminal(quiet=options.quiet, color=not options.no_color and not options.json)

    @cached_property
    def address(self) -> StoreAddress:
        """Which store the command works with."""
        return find_store(option=self.options.db, environ=os.environ, cwd=Path.cwd())

    def open_store(self, *, create: bool = True) -> "Store":
        """Open the store; the second call returns the same one.

        Raises:
            StoreError: It cannot be opened.
        """
        if self._store is None:
            from queuectl_store import connect

            self._make_own_folder()
            self._store = connect(self.address.url, create=create, durability=self._durability())
        return self._store

    def adopt(self, store: "Store") -> "Store":
        """Work with *store*, which the caller's own program opened and names."""
        self._store = store
        return store

    def read_store(self) -> "Store":
        """Open the store to look at it: one that was named must be there already.

        Raises:
            StoreError: It cannot be opened, or was named and does not exist.
        """
        return self.open_store(create=not self.address.is_named)

    def look(self) -> "Look":
        """Open the store to read it alone; one that is open already serves.

        Raises:
            StoreError: It cannot be opened, or was named and does not exist.
        """
        if self._store is not None:
            return self._store
        if self._look is None:
            from queuectl_store.looking import look_at

            self._make_own_folder()
            self._look = look_at(self.address.url, create=not self.address.is_named)
        return self._look

    def settings(self, **given: str | None) -> Settings:
        """Return the settings; *given* are this command's own options, as text."""
        said = {name: text for name, text in given.items() if text is not None}
        at_hand = self._store or self._look or self.open_store()
        return Settings(
            [
                Layer(origin="command line", values=said),
                *environment_layers(os.environ),
                Layer(origin=STORE_ORIGIN, values=at_hand.settings.all()),
                *map(file_layer, find_settings_files(cwd=Path.cwd())),
            ]
        )

    def worker_settings(self) -> dict[str, str]:
        """Return the settings that a worker started here goes by whatever the store says.

        Raises:
            UsageProblem: One of them is not a value of its kind.
        """
        settings = self.settings()
        chosen = [v for v in settings.all() if v.origin not in ("default", STORE_ORIGIN)]
        for value in chosen:
            settings.typed(value.name)
        return {value.name: value.text for value in chosen}

    def close(self) -> None:
        """Close the store if it was opened."""
        for opened in (self._store, self._look):
            if opened is not None:
                opened.close()
        self._store = self._look = None

    def confirm(self, question: str) -> None:
        """Ask before something large, where a person can answer.

        Raises:
            UsageProblem: The answer was not yes.
        """
        if not self.terminal.can_ask:
            return
        sys.stderr.write(f"{question} [y/N] ")
        sys.stderr.flush()
        if sys.stdin.readline().strip().lower() not in ("y", "yes"):
            raise UsageProblem("nothing was done")

    def _durability(self) -> Literal["full", "normal"]:
        # The store's own value cannot be asked before it is open: variables and files decide.
        layers = [
            *environment_layers(os.environ),
            *map(file_layer, find_settings_files(cwd=Path.cwd())),
        ]
        is_normal = Settings(layers).typed("durability") == "normal"
        return "normal" if is_normal else "full"

    def _make_own_folder(self) -> None:
        if self.address.origin == "default":
            Path(self.address.url).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
