"""What all tables share: the registry, the type of ids, indexes over a part of a table."""

import sqlalchemy as sa

# SQLite gives ids that are never used again only to a column that is exactly INTEGER.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

metadata = sa.MetaData()


def partial(
    name: str, *columns: sa.ColumnElement[object], where: str, unique: bool = False
) -> None:
    """Index the rows for which *where*, in literals, is true: the others weigh nothing."""
    clause = sa.text(where)
    sa.Index(name, *columns, unique=unique, sqlite_where=clause, postgresql_where=clause)
