"""`K=V` words."""

from queuectl.exits import UsageProblem


def parse_pairs(pairs: list[str], *, option: str) -> dict[str, str]:
    """Return `K=V` words as a mapping.

    Raises:
        UsageProblem: A word has no `=`, or nothing before it.
    """
    result = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not key or not equals:
            raise UsageProblem(f"{option} takes NAME=VALUE, got {pair!r}")
        result[key] = value
    return result
