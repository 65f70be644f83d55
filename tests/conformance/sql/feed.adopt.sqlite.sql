UPDATE queuectl_events SET tx=0 WHERE 0 = 1
