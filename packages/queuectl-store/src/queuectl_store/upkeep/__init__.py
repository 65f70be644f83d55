"""The store as a whole: pruned, checked, backed up, copied, measured."""
