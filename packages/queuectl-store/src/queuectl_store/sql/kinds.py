"""The types of bound parameters, which take any value of Python's and fit it to the databases."""

import sqlalchemy as sa

from queuectl_store import bounds


class Whole(sa.types.TypeDecorator[int]):
    """A number of 64 bits."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: sa.Dialect) -> int | None:  # noqa: ARG002
        """Return the nearest one."""
        return bounds.whole(value)


class Small(sa.types.TypeDecorator[int]):
    """A number of 32 bits."""

    impl = sa.Integer
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: sa.Dialect) -> int | None:  # noqa: ARG002
        """Return the nearest one."""
        return bounds.small(value)


class Words(sa.types.TypeDecorator[str]):
    """A text that may hold anything."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:  # noqa: ARG002
        """Return it with what no database takes as visible escapes."""
        return bounds.clean(value)
