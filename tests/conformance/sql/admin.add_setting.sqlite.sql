INSERT INTO queuectl_settings (name, value) VALUES (:name, :value)
