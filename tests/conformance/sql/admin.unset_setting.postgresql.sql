DELETE FROM queuectl_settings WHERE queuectl_settings.name = %(of)s::VARCHAR
