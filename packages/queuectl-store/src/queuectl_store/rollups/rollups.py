"""The counts of a store that is open for more than reading: folded, put right."""

from queuectl_store.database import Database
from queuectl_store.rollups import folding, recounting
from queuectl_store.rollups.reader import RollupsReader
from queuectl_store.sql.plain.rollups import LOOK
from queuectl_store.sql.spans import MINUTE
from queuectl_store.sql.statement import Connection

# As many tallies as a read may find in its way.
_MANY = 5_000
_ALL = 2**62


class Rollups(RollupsReader):
    """See the module; safe to use from several threads."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._database = database

    def upkeep(self, *, patience_ms: int = 0) -> int:
        """Do what is due: fold what is over, forget what is old, count a store of before.

        Cheap when there is nothing to do; any number of processes may call it. It changes no
        number that anybody reads.

        Args:
            patience_ms: For how long a minute that is over is left to others.

        Returns:
            How many tallies were folded; nothing is left to fold when it is 0.
        """
        times = dict(self._database.engine.times())
        with self._database.read() as connection:
            look = LOOK.run(connection, {"at_most": _MANY, **times}).one()
            is_uncounted = recounting.is_due(connection)
        if is_uncounted:
            recounting.recount(self._database)
        until = look.now - patience_ms
        before_at = _ALL if look.n >= _MANY else until - until % MINUTE
        if look.oldest is None or look.oldest >= before_at:
            return 0
        return self._database.write(lambda c: _fold(c, before_at=before_at, now=look.now))

    def recount(self) -> None:
        """Count the jobs and put the depths right, while work goes on; reads every job's state."""
        recounting.recount(self._database, anew=True)

    def fold(self) -> int:
        """Fold the minute that is going on, too, as far as one transaction goes."""
        return self._database.write(lambda c: folding.fold(c, before_at=_ALL))


def _fold(connection: Connection, *, before_at: int, now: int) -> int:
    folded = folding.fold(connection, before_at=before_at)
    if folded:
        folding.forget(connection, now=now)
    return folded
