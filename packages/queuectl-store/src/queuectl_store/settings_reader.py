"""The settings that were set in the store, as they are read."""

import json

from queuectl_store.source import Source
from queuectl_store.sql.plain import admin as sql


class SettingsReader:
    """Reads the settings that were set in one store."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def all(self) -> dict[str, str]:
        """Return the text of every setting that was set; the others have their defaults."""
        with self._source.read() as connection:
            return {row.name: row.value for row in sql.SETTINGS.run(connection)}

    def queues(self) -> dict[str, dict[str, str]]:
        """Return by queue the text of every setting that it has of its own."""
        with self._source.read() as connection:
            rows = sql.QUEUE_SETTINGS.run(connection).all()
        return {row.name: json.loads(row.settings) for row in rows}
