"""How messages quote what they are about."""


def shown(value: object) -> str:
    """Return *value* for a message: one line, and no longer than a reader bears."""
    try:
        text = ascii(value)
    except ValueError:  # a number of more digits than Python prints
        return "a number of thousands of digits"
    return text if len(text) <= 60 else f"{text[:40]}… ({len(text):,} characters)"
