"""Processes that run tasks: the worker's side. Theirs is `queuectl_worker/taskprocess.py`."""
