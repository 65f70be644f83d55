"""The files that pages load, each under a name that holds its digest, to be cached for ever."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType

KINDS = MappingProxyType(
    {
        "css": "text/css; charset=utf-8",
        "js": "text/javascript; charset=utf-8",
        "svg": "image/svg+xml",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One file as it is served."""

    path: str
    kind: str
    body: bytes


def load_assets() -> Mapping[str, Asset]:
    """Read the package's static files, by their plain names."""
    folder = files("queuectl_dashboard").joinpath("static")
    plain = sorted(entry.name for entry in folder.iterdir() if entry.name.split(".")[-1] in KINDS)
    return {name: _asset(name, folder.joinpath(name).read_bytes()) for name in plain}


def _asset(name: str, body: bytes) -> Asset:
    stem, _, kind = name.rpartition(".")
    digest = hashlib.sha256(body).hexdigest()[:12]
    return Asset(path=f"/static/{stem}.{digest}.{kind}", kind=KINDS[kind], body=body)
