"""The settings that all programs of one store share: their names, kinds and defaults.

Values are kept as the text that a person typed; a setting says how to read it.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from queuectl_store.bounds import clean
from queuectl_store.errors import InvalidSetting
from queuectl_store.quoting import shown
from queuectl_store.values import dataclass

_LONGEST = 40  # characters
_LONGEST_VALUE = 10_000
_OF_NUMERALS = ("invalid literal", "could not convert")
_UNITS_MS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|[smhdw])")
_BYTES = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?", re.IGNORECASE)

DEFAULT_PATTERNS = (
    "PATH HOME USER LOGNAME SHELL LANG LANGUAGE LC_* TZ TERM TMPDIR TMP TEMP DISPLAY"
    " WAYLAND_DISPLAY XDG_* VIRTUAL_ENV CONDA_* PYENV_* NVM_* JAVA_HOME GOPATH CARGO_HOME"
    " RUSTUP_HOME PYTHONPATH PYTHONUTF8 LD_LIBRARY_PATH CUDA_* NVIDIA_* OMP_* SSL_CERT_*"
    " SYSTEMROOT WINDIR COMSPEC PATHEXT APPDATA LOCALAPPDATA PROGRAMDATA PROGRAMFILES*"
    " USERPROFILE USERNAME COMPUTERNAME HOMEDRIVE HOMEPATH NUMBER_OF_PROCESSORS PROCESSOR_*"
    " PSMODULEPATH"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting. *parse* turns its text into a value or raises InvalidSetting."""

    name: str
    default: str
    kind: str
    help: str
    read: Callable[[str], Any]

    def parse(self, text: str) -> Any:
        """Return the value that *text* stands for.

        Raises:
            InvalidSetting: The text is not of this setting's kind.
        """
        try:
            return self.read(_checked(text).strip())
        except ValueError as error:
            # What Python says of a numeral is for programmers.
            more = "" if str(error).startswith(_OF_NUMERALS) else f": {str(error)[:200]}"
            raise InvalidSetting(f"{self.name} is {self.kind}, got {shown(text)}{more}") from error


def _checked(text: str) -> str:
    if len(text) > _LONGEST_VALUE or clean(text) != text:
        raise ValueError(f"it must be text of at most {_LONGEST_VALUE} characters")
    return text


def parse_duration_ms(text: str) -> int:
    """Read `90`, `30s`, `10m`, `1h30m`, `2d` or `500ms` as milliseconds; a bare number is seconds.

    Raises:
        ValueError: Anything else.
    """
    compact = text.replace(" ", "")
    if len(compact) > _LONGEST:
        raise ValueError("that duration is longer than any")
    if re.fullmatch(r"\d+(\.\d+)?", compact):
        return round(float(compact) * 1_000)
    parts = _PART.findall(compact)
    if not parts or "".join(number + unit for number, unit in parts) != compact:
        raise ValueError("write a duration like 90, 30s, 10m, 1h30m or 2d")
    return round(sum(float(number) * _UNITS_MS[unit] for number, unit in parts))


def parse_bytes(text: str) -> int:
    """Read `1048576`, `64M`, `64MiB` or `2G` as bytes.

    Raises:
        ValueError: Anything else.
    """
    match = _SIZE.fullmatch(text)
    if match is None:
        raise ValueError("write a size like 65536, 64M or 2G")
    return int(float(match[1]) * _BYTES[match[2].upper()])


def bytes_text(size: int) -> str:
    """Return *size* as short as it can be written exactly: `2G`, `1.5G`, `1000`."""
    for unit in "TGMK":
        amount = f"{size / _BYTES[unit]:.2f}".rstrip("0").rstrip(".")
        if size >= _BYTES[unit] and float(amount) * _BYTES[unit] == size:
            return amount + unit
    return str(size)


def _between(low: float, high: float, read: Callable[[str], Any] = int) -> Callable[[str], Any]:
    def check(text: str) -> Any:
        value = read(text)
        if not low <= value <= high:
            raise ValueError(f"it must be from {low:g} to {high:g}")
        return value

    return check


def _optional(read: Callable[[str], Any]) -> Callable[[str], Any]:
    return lambda text: None if text.lower() in ("", "none") else read(text)


def _unless_forever(read: Callable[[str], Any]) -> Callable[[str], Any]:
    return lambda text: None if text.lower() == "forever" else read(text)


def _codes(text: str) -> frozenset[int]:
    return frozenset(int(word) for word in text.replace(",", " ").split())


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.replace(",", " ").split())


def _one_of(*choices: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        if text not in choices:
            raise ValueError(f"it must be one of {', '.join(choices)}")
        return text

    return check


_DURATION, _COUNT = "a duration", "a whole number"
_YEAR_MS = 366 * 86_400_000
_OR_FOREVER = ("a duration or forever", "a whole number or forever", "a size or forever")
_AGE, _NUMBER, _BYTES_KIND = _OR_FOREVER
_AGES = _between(0, 100 * _YEAR_MS, parse_duration_ms)
_NUMBERS = _between(0, 2**53)
_SIZES = _between(0, 2**53, parse_bytes)

_ALL: tuple[tuple[str, str, str, str, Callable[[str], Any]], ...] = (
    ("queue", "default", "a queue name", "The queue of jobs that name none.", str),
    ("concurrency", "4", _COUNT, "Jobs that a worker runs at once.", _between(1, 10_000)),
    ("max_retries", "3", _COUNT, "Retries after the first attempt.", _between(0, 1_000_000)),
    (
        "backoff_base",
        "2",
        "a number",
        "Delay before retry n is base ** n seconds.",
        _between(1, 1000, float),
    ),
    (
        "backoff_max",
        "6h",
        _DURATION,
        "The longest delay before a retry.",
        _between(0, _YEAR_MS, parse_duration_ms),
    ),
    (
        "backoff_jitter",
        "0.1",
        "a number",
        "Spread of the delay: 0.1 is plus or minus 10 %.",
        _between(0, 1, float),
    ),
    (
        "timeout",
        "none",
        "a duration or none",
        "How long one attempt may run.",
        _optional(_between(1, _YEAR_MS, parse_duration_ms)),
    ),
    (
        "kill_grace",
        "10s",
        _DURATION,
        "Between SIGTERM and SIGKILL for a job that must stop.",
        _between(0, _YEAR_MS, parse_duration_ms),
    ),
    (
        "grace",
        "30s",
        _DURATION,
        "How long a stopping worker lets its jobs finish.",
        _between(0, _YEAR_MS, parse_duration_ms),
    ),
    (
        "lease",
        "15s",
        "a duration of at least 3s",
        "How long a worker may be silent before its jobs are rescued.",
        _between(3_000, _YEAR_MS, parse_duration_ms),
    ),
    (
        "log_cap",
        "64M",
        "a size",
        "Bytes of output kept of one attempt.",
        _between(4096, 2**50, parse_bytes),
    ),
    (
        "log_reserve",
        "256M",
        "a size",
        "Free bytes on the disk of the logs under which output may be dropped; 0 is never.",
        _between(0, 2**50, parse_bytes),
    ),
    (
        "stored_log_cap",
        "4M",
        "a size",
        "Bytes of an output kept in a PostgreSQL store, for other hosts.",
        _between(2 << 16, 2**40, parse_bytes),
    ),
    ("log_dir", "", "a folder", "Where output is kept; empty is beside the store.", str),
    (
        "log_format",
        "lines",
        "lines, text or json",
        "What a worker prints: lines for people, or log records.",
        _one_of("lines", "text", "json"),
    ),
    (
        "env_pass",
        DEFAULT_PATTERNS,
        "a list of patterns",
        "Which of the caller's variables a job gets.",
        _words,
    ),
    ("exit_retry", "75", "a list of exit codes", "Exit codes that ask for a retry.", _codes),
    ("exit_dead", "100", "a list of exit codes", "Exit codes that end a job at once.", _codes),
    *(
        (f"keep_{what}", default, kind, text, _unless_forever(read))
        for what, default, kind, text, read in (
            ("succeeded", "7d", _AGE, "How long succeeded jobs are kept.", _AGES),
            ("cancelled", "7d", _AGE, "How long cancelled jobs are kept.", _AGES),
            ("dead", "90d", _AGE, "How long dead jobs are kept.", _AGES),
            ("jobs", "forever", _NUMBER, "Ended jobs kept of a queue and state.", _NUMBERS),
            ("jobs_bytes", "forever", _BYTES_KIND, "Bytes kept of them.", _SIZES),
            ("events", "7d", _AGE, "How long the event log goes back.", _AGES),
            ("logs", "30d", _AGE, "How long output is kept.", _AGES),
            ("logs_count", "forever", _NUMBER, "Outputs kept on a host, the newest.", _NUMBERS),
            ("logs_bytes", "10G", _BYTES_KIND, "Bytes of output kept.", _SIZES),
        )
    ),
    (
        "raise_dead",
        "",
        "a list of exception names",
        "Exceptions that end a task at once.",
        _words,
    ),
    (
        "crash_limit",
        "3",
        _COUNT,
        "Vanished workers after which the job that they ran is dead.",
        _between(1, 1_000),
    ),
    (
        "durability",
        "full",
        "full or normal",
        "normal is faster and may lose the last moments before a power cut.",
        _one_of("full", "normal"),
    ),
)

SETTINGS: Mapping[str, Setting] = MappingProxyType(
    {
        name: Setting(name=name, default=default, kind=kind, help=text, read=read)
        for name, default, kind, text, read in _ALL
    }
)

# Those that a queue may have of its own, for its jobs.
QUEUE_SETTINGS = (
    *("max_retries", "timeout", "backoff_base", "backoff_max", "backoff_jitter"),
    *("exit_retry", "exit_dead", "raise_dead", "crash_limit"),
    *("keep_succeeded", "keep_cancelled", "keep_dead", "keep_jobs", "keep_jobs_bytes"),
)


def setting(name: str) -> Setting:
    """Return the setting of that name.

    Raises:
        InvalidSetting: There is none; the message suggests the nearest.
    """
    if name in SETTINGS:
        return SETTINGS[name]
    import difflib

    near = difflib.get_close_matches(name[:_LONGEST], SETTINGS, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else "; `queuectl config list` shows them"
    raise InvalidSetting(f"there is no setting {shown(name)}{hint}")
