"""Every table, in the order of their names."""

from queuectl_store.sql import rollup_tables, side_tables, tables
from queuectl_store.sql.metadata import metadata

# Imported for what they register.
assert (
    metadata
    is tables.jobs.metadata
    is side_tables.queues.metadata
    is rollup_tables.tallies.metadata
)
TABLES = tuple(sorted(metadata.tables.values(), key=lambda table: table.name))
