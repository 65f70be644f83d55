"""The settings that were set in the store: one value for every program that uses it."""

import sqlalchemy as sa

from queuectl_store.database import Database
from queuectl_store.settings import setting
from queuectl_store.sql import admin as sql


class Settings:
    """The settings that were set in this store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> dict[str, str]:
        """Return the text of every setting that was set; the others have their defaults."""
        with self._database.read() as connection:
            return {row.name: row.value for row in connection.execute(sql.SETTINGS)}

    def set(self, name: str, value: str) -> None:
        """Set *name* for every program that uses this store.

        Raises:
            InvalidSetting: No such setting, or not a value for it; nothing was changed.
        """
        setting(name).parse(value)

        def write(connection: sa.Connection) -> None:
            values = {"of": name, "to": value}
            if connection.execute(sql.SET_SETTING, values).first() is None:
                connection.execute(sql.ADD_SETTING, {"name": name, "value": value})

        self._database.write(write)

    def unset(self, name: str) -> None:
        """Give *name* its default again.

        Raises:
            InvalidSetting: No such setting.
        """
        setting(name)
        self._database.write(lambda connection: connection.execute(sql.UNSET_SETTING, {"of": name}))
