UPDATE queuectl_settings SET value=%(to)s::VARCHAR WHERE queuectl_settings.name = %(of)s::VARCHAR
    RETURNING queuectl_settings.name
