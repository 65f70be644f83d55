"""The settings that were set in the store: one value for every program that uses it."""

import json

from queuectl_store import spec
from queuectl_store.database import Database
from queuectl_store.errors import InvalidSetting
from queuectl_store.settings import QUEUE_SETTINGS, setting
from queuectl_store.settings_reader import SettingsReader
from queuectl_store.sql.plain import admin as sql
from queuectl_store.sql.statement import Connection


class Settings(SettingsReader):
    """The settings that were set in this store.

    Attributes:
        changes: How often this object changed one.
    """

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._database = database
        self.changes = 0

    def set(self, name: str, value: str) -> None:
        """Set *name* for every program that uses this store.

        Raises:
            InvalidSetting: No such setting, or not a value for it; nothing was changed.
        """
        setting(name).parse(value)

        def write(connection: Connection) -> None:
            values = {"of": name, "to": value}
            if sql.SET_SETTING.run(connection, values).first() is None:
                sql.ADD_SETTING.run(connection, {"name": name, "value": value})

        self._database.write(write)
        self.changes += 1

    def unset(self, name: str) -> None:
        """Give *name* its default again.

        Raises:
            InvalidSetting: No such setting.
        """
        setting(name)
        self._database.write(lambda connection: sql.UNSET_SETTING.run(connection, {"of": name}))
        self.changes += 1

    def set_for_queue(self, queue: str, name: str, value: str | None) -> None:
        """Set *name* for the jobs of *queue* alone, in place of the store's; None unsets it.

        Raises:
            InvalidSetting: A queue has no such setting, or it is not a value for it.
        """
        if name not in QUEUE_SETTINGS:
            known = ", ".join(QUEUE_SETTINGS)
            raise InvalidSetting(f"a queue has no setting {name!r} of its own; it has {known}")
        if not spec.is_queue_name(queue):
            raise InvalidSetting(f"{queue[:40]!r} is not the name of a queue")
        if value is not None:
            setting(name).parse(value)

        def write(connection: Connection) -> None:
            values = {"of_queue": queue}
            sql.ADD_QUEUE.run(connection, values)
            held = sql.QUEUE_SETTINGS_OF.run(connection, values).scalar_one()
            settings = {**json.loads(held or "{}"), name: value}
            kept = {key: text for key, text in settings.items() if text is not None}
            to = json.dumps(kept) if kept else None
            sql.SET_QUEUE_SETTINGS.run(connection, {**values, "to": to})

        self._database.write(write, repeatable=True)
        self.changes += 1
