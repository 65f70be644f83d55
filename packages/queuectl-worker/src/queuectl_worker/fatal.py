"""After which errors of the store a worker must not go on (reliability P14)."""

from queuectl_store import NotAStore, StoreDamaged

# A file that was a store when the worker began and is none now was overwritten under it.
FATAL = (StoreDamaged, NotAStore)
