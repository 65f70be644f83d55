"""The statements of upkeep.py by name and text; written by `scripts/plain_sql.py`."""

from queuectl_store.sql.statement import Statement

SCHEMA_VERSION = Statement("upkeep:SCHEMA_VERSION", """
SELECT version_num
FROM queuectl_schema_version
""")
