"""What a compiled statement wants to be given."""

from typing import Any

from queuectl_store.sql.kinds import Small, Whole, Words

_KINDS = {"whole": Whole, "small": Small, "words": Words}


def parameters(compiled: Any) -> dict[str, Any]:
    """Return the names of its parameters by their kinds, and values that no caller gives.

    They are the arguments of `Statement` beside its place and text.
    """
    # The compiler lists a nameless one under an inner name too.
    binds = {name: bind for name, bind in compiled.binds.items() if name.isidentifier()}
    found: dict[str, Any] = {
        kind: tuple(name for name, bind in binds.items() if isinstance(bind.type, of))
        for kind, of in _KINDS.items()
    }
    found["lists"] = tuple(name for name, bind in binds.items() if bind.expanding)
    found["fixed"] = {name: bind.value for name, bind in binds.items() if not bind.required}
    return found
