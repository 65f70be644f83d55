"""The statements of admin.py by name and text; written by `scripts/plain_sql.py`."""

from queuectl_store.sql.statement import Statement

SETTINGS = Statement("admin:SETTINGS", """
SELECT queuectl_settings.name, queuectl_settings.value
FROM queuectl_settings ORDER BY queuectl_settings.name
""")

QUEUE_SETTINGS = Statement("admin:QUEUE_SETTINGS", """
SELECT queuectl_queues.name, queuectl_queues.settings
FROM queuectl_queues
WHERE queuectl_queues.settings IS NOT NULL ORDER BY queuectl_queues.name
""")
