"""What a job runs after, as it is written: `12`, `12,13` (both), `12|13` (either), names. Pure."""

import re
from collections.abc import Iterator, Sequence

from queuectl.exits import UsageProblem
from queuectl_store.relations import Clause, Dependency, Needs

_ID = re.compile(r"#?(\d{1,18})")


def parse_parents(texts: Sequence[str], *, needs: Needs, what: str) -> tuple[Clause, ...]:
    """Read clauses: commas stand between what must all hold, bars between alternatives.

    Raises:
        UsageProblem: Something is missing; *what* names the option or key.
    """
    pairs = [(clause, text) for text in texts for clause in text.split(",")]
    return tuple(tuple(_dependencies(clause, text, needs, what)) for clause, text in pairs)


def _dependencies(clause: str, text: str, needs: Needs, what: str) -> Iterator[Dependency]:
    for word in clause.split("|"):
        name = word.strip()
        if not name:
            raise UsageProblem(
                f"{what} takes job ids: 12, or 12,13 for both, or 12|13 for either; got {text!r}"
            )
        found = _ID.fullmatch(name)
        yield Dependency(parent=int(found[1]) if found else name, needs=needs)
