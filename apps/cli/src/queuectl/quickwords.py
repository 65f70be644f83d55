"""The words of a plain `enqueue`, read without the parser of the full path."""

from queuectl_store.quick import NotQuick, is_plain_text

NAMES = ("enqueue", "add")
_UNITS_MS = {"s": 1_000, "m": 60_000, "h": 3_600_000}
_PRIORITIES = {"low": -10, "normal": 0, "high": 10, "critical": 20}
_GLOBAL_FLAGS = ("-q", "--quiet", "--no-color", "--json")
_TEXTS = ("--db", "--queue", "--name")


class Asked:
    """What was asked for; None is not said. *at* is the place behind the command's name."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.at = 0
        self.db: str | None = None
        self.queue: str | None = None
        self.name: str | None = None
        self.priority = 0
        self.max_retries: int | None = None
        self.timeout_ms: int | None = None
        self.tags: dict[str, str] = {}
        self.env: dict[str, str] = {}
        self.hold = False
        self.is_quiet = False
        self.is_json = False


def parse(words: list[str]) -> Asked:
    """Read the words of a command line.

    Raises:
        NotQuick: They are not certainly a plain `enqueue`.
    """
    asked, left, is_named = Asked(), list(words), False
    while left:
        word = left.pop(0)
        if word in NAMES and not is_named:
            is_named, asked.at = True, len(words) - len(left)
        elif word == "--" and is_named:
            break
        elif word.startswith("-"):
            _option(asked, word, left, is_named=is_named)
        elif is_named:
            left.insert(0, word)
            break
        else:
            raise NotQuick
    # Of one word the full path tells specs from commands, and - is standard input.
    if not left or left == ["-"] or (len(left) == 1 and left[0].lstrip()[:1] in ("", "{")):
        raise NotQuick
    # What may be an option behind a shell command the full path judges (misplaced.py).
    if len(left) > 1 and left[1].startswith("-") and len(left[0].split()) > 1:
        raise NotQuick
    asked.words = left
    return asked


def _option(asked: Asked, word: str, left: list[str], *, is_named: bool) -> None:
    if word in _GLOBAL_FLAGS:
        asked.is_quiet = asked.is_quiet or word in ("-q", "--quiet")
        asked.is_json = asked.is_json or word == "--json"
        return
    if word == "--hold" and is_named:
        asked.hold = True
        return
    name, equals, value = word.partition("=")
    if not equals:
        value = left.pop(0) if left else ""
    # An option that comes twice, or takes another option for its value, is left to the parser.
    if not value or value.startswith("-") or not (is_named or name == "--db"):
        raise NotQuick
    _set(asked, name, value)


def _set(asked: Asked, name: str, value: str) -> None:
    if name in _TEXTS and getattr(asked, name[2:]) is None:
        setattr(asked, name[2:], value)
        if name == "--name" and not is_plain_text(value):
            raise NotQuick
    elif name == "--priority":
        asked.priority = _PRIORITIES[value] if value in _PRIORITIES else _whole(value)
    elif name == "--max-retries":
        asked.max_retries = _whole(value)
    elif name == "--timeout":
        asked.timeout_ms = _span_ms(value)
    elif name in ("--tag", "--env"):
        key, equals, text = value.partition("=")
        if not equals or not is_plain_text(key) or not (name == "--env" or is_plain_text(text)):
            raise NotQuick
        (asked.tags if name == "--tag" else asked.env)[key] = text
    else:
        raise NotQuick


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 5):
        raise NotQuick
    return int(text)


def _span_ms(text: str) -> int:
    unit = _UNITS_MS.get(text[-1:])
    return _whole(text) * 1_000 if unit is None else _whole(text[:-1]) * unit
