"""A store as it is looked at: everything that reads, and nothing that writes."""

from pathlib import Path
from typing import Self

from queuectl_store.dead_reader import DeadReader
from queuectl_store.notifier import Listener
from queuectl_store.output_reader import OutputReader
from queuectl_store.reader import Reader
from queuectl_store.settings_reader import SettingsReader
from queuectl_store.source import Source


class Look:
    """One store, to be read; safe to use from several threads, not across a fork."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.url: str = source.engine.url
        self.path: Path | None = source.engine.path
        self.reader = Reader(source)
        self.settings = SettingsReader(source)
        self.dead = DeadReader(source)
        self.outputs = OutputReader(source)

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
