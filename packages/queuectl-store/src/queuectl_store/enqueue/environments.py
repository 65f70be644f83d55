"""Equal environments are stored once, under the digest of their text."""

import hashlib
import json
from collections.abc import Mapping

from queuectl_store.sql.plain import upkeep
from queuectl_store.sql.statement import Connection


class Environments:
    """The stored environments, for one transaction: an unused one may be pruned after it."""

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}
        self._latest: Mapping[str, str] | None = None
        self._latest_id = 0

    def id_of(self, connection: Connection, variables: Mapping[str, str] | None) -> int | None:
        """Return the id of *variables*, which are stored if they are new; None for None."""
        if variables is None:
            return None
        # The jobs of a batch mostly share one: the very same, so that it need not be compared.
        if variables is not self._latest:
            self._latest_id = self._stored(connection, variables)
            self._latest = variables
        return self._latest_id

    def _stored(self, connection: Connection, variables: Mapping[str, str]) -> int:
        body = json.dumps(dict(sorted(variables.items())), separators=(",", ":"))
        digest = hashlib.sha256(body.encode()).hexdigest()
        if digest in self._ids:
            return self._ids[digest]
        found = upkeep.ENVIRONMENT_ID.run(connection, {"of": digest}).scalar()
        if found is None:
            values = {"digest": digest, "body": body}
            found = upkeep.ADD_ENVIRONMENT.run(connection, values).scalar_one()
        self._ids[digest] = int(found)
        return int(found)


def read(connection: Connection, environment_id: int) -> dict[str, str]:
    """Return the variables stored under *environment_id*."""
    body = upkeep.ENVIRONMENT.run(connection, {"environment": environment_id}).scalar_one()
    variables: dict[str, str] = json.loads(body)
    return variables
