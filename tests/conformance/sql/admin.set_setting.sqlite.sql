UPDATE queuectl_settings SET value=:to WHERE queuectl_settings.name = :of RETURNING name
