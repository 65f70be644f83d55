"""Rows of a batch that are alike but for some columns: what they share is bound once, by name."""

from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa

from queuectl_store.sql.rows import Batch


class Shared:
    """The columns of *batch*, of which those of *names* are read from its rows.

    Without names it is one row, for which no JSON is written or read: a statement that reads
    `c` of one, the other, or of the batch itself is written once.

    Attributes:
        c: The columns: as `Batch.c`, those of the rows; of the others a parameter of its name.
    """

    def __init__(self, batch: Batch, /, *names: str) -> None:
        own: Any = batch.only(*names).c if names else {}
        self.c = SimpleNamespace(
            **{
                each.name: own[each.name]
                if each.name in own
                else sa.bindparam(each.name, type_=_plain(each.type))
                for each in batch.columns
            }
        )


def _plain(kind: sa.types.TypeEngine[Any]) -> sa.types.TypeEngine[Any]:
    """Return *kind* without its fitting: as what stands in JSON, the values fit."""
    return kind.impl_instance if isinstance(kind, sa.types.TypeDecorator) else kind
