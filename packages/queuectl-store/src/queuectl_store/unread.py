"""A value some of whose fields are read when one of them is first asked for."""

from typing import TYPE_CHECKING, Any


class Unread:
    """The base of such a value; one that was made whole has nothing unread.

    Attributes:
        _unread: Sets the fields that are not set yet, or None once it has; for any thread.
    """

    __slots__ = ("_unread",)

    if not TYPE_CHECKING:  # it would let every name pass

        def __getattr__(self, name: str) -> Any:
            """Read what is unread; called where the field *name* is not set."""
            if name == "_unread":
                raise AttributeError(name)
            if (read := getattr(self, "_unread", None)) is not None:
                # Two threads may both come here; both set the same.
                read(self)
                Unread._unread.__set__(self, None)
            return object.__getattribute__(self, name)
