"""After which errors of the store a worker must not go on (reliability P14)."""

from queuectl_store import DiskFailed, NotAStore, StoreDamaged

# A file that was a store when the worker began and is none now was overwritten under it. After a
# flush that the disk refused no later success says that the earlier writes were kept.
FATAL = (StoreDamaged, NotAStore, DiskFailed)
