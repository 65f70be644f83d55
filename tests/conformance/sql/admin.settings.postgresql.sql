SELECT queuectl_settings.name, queuectl_settings.value
FROM queuectl_settings ORDER BY queuectl_settings.name
