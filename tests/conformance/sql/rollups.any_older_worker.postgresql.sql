SELECT EXISTS (SELECT 1
FROM queuectl_workers
WHERE queuectl_workers.state = 'stopping' AND queuectl_workers.stop = 'now') AS anon_1
