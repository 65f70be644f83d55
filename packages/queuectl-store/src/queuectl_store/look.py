"""A store as it is looked at: everything that reads, and nothing that writes."""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from queuectl_store.notifier import Listener
from queuectl_store.reader import Reader
from queuectl_store.settings_reader import SettingsReader
from queuectl_store.source import Source

if TYPE_CHECKING:
    # Imported where they are made: who lists jobs waits for neither (decision 24).
    from queuectl_store.dead_reader import DeadReader
    from queuectl_store.output_reader import OutputReader
    from queuectl_store.rollups.reader import RollupsReader


class Look:
    """One store, to be read; safe to use from several threads, not across a fork."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.url: str = source.engine.url
        self.path: Path | None = source.engine.path
        self.reader = Reader(source)
        self.settings = SettingsReader(source)

    @cached_property
    def rollups(self) -> "RollupsReader":
        """What happened how often, and how many jobs there are."""
        from queuectl_store.rollups.reader import RollupsReader

        return RollupsReader(self._source)

    @cached_property
    def dead(self) -> "DeadReader":
        """The dead letter queue."""
        from queuectl_store.dead_reader import DeadReader

        return DeadReader(self._source)

    @cached_property
    def outputs(self) -> "OutputReader":
        """What runs printed, where the store has it."""
        from queuectl_store.output_reader import OutputReader

        return OutputReader(self._source)

    def listen(self) -> Listener:
        """Return a listener that wakes when work may have come."""
        return self._source.engine.listen()

    def close(self) -> None:
        """Let go of every connection."""
        self._source.engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
