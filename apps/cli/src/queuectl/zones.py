"""The name of this host's time zone, for what is to be kept in local time."""

from collections.abc import Mapping
from pathlib import Path

_FOLDER = "zoneinfo"


def local_zone(environ: Mapping[str, str], *, link: Path = Path("/etc/localtime")) -> str | None:
    """Return the IANA name of the local zone; None where this host does not tell it."""
    said = environ.get("TZ", "").removeprefix(":")
    if said:
        return said if _is_known(said) else None
    try:
        parts = link.resolve().parts
    except OSError:
        return None
    if _FOLDER not in parts:
        return None
    place = len(parts) - 1 - parts[::-1].index(_FOLDER)
    name = "/".join(parts[place + 1 :])
    return name if _is_known(name) else None


def _is_known(name: str) -> bool:
    # Not by the list of all zones: making it opens every one of them.
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (LookupError, OSError, ValueError):
        return False
    return True
