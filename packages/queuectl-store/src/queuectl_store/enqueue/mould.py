"""Jobs of one task that differ in their arguments alone: what they share is checked once."""

from collections.abc import Mapping, Sequence
from typing import Any

from queuectl_store import arguments, spec
from queuectl_store.enqueue import enqueuing
from queuectl_store.enqueue.enqueuing import Wanted
from queuectl_store.errors import InvalidJob
from queuectl_store.job import NewJob, Task

Arguments = tuple[Sequence[Any], Mapping[str, Any]]


class Mould:
    """What such jobs share, for `Store.enqueue_calls`.

    Args:
        new: A call without arguments, with nothing that binds it to other jobs.

    Raises:
        InvalidJob: None of these jobs could be stored.
    """

    def __init__(self, new: NewJob) -> None:
        assert isinstance(new.work, Task)
        assert new.unique is None
        assert new.group is None
        assert not new.after
        text = enqueuing.checked(new, 0)
        self.new = new
        self._bare = text
        # What follows the arguments.
        self._tail = "}" if text == "{}" else f",{text[1:]}"

    def wanted(self, calls: Sequence[Arguments]) -> list[Wanted]:
        """Return the jobs of *calls*, each under a key of its own unless they share one.

        Raises:
            InvalidJob: The arguments of one cannot be stored; `index` says whose.
        """
        key, new = self.new.key, self.new
        stem = enqueuing.new_stem()
        return [
            Wanted(key or f"{stem}.{n}", new, self._spec(args, kwargs, n))
            for n, (args, kwargs) in enumerate(calls)
        ]

    def _spec(self, args: Sequence[Any], kwargs: Mapping[str, Any], n: int) -> str:
        if not args and not kwargs:
            return self._bare
        try:
            text = arguments.checked(args, kwargs) + self._tail
            spec.check_size(text)
        except InvalidJob as error:
            error.index = n
            raise
        return text
