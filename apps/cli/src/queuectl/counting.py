"""Numbers of things, as a person says them."""


def counted(number: int, thing: str) -> str:
    """Return `1 job`, `2 jobs`, `1,000 jobs`."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"
