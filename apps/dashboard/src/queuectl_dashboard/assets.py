"""The files that pages load, each under a name that holds its digest, to be cached for ever."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from types import MappingProxyType

from queuectl_store.values import dataclass

KINDS = MappingProxyType(
    {
        "css": "text/css; charset=utf-8",
        "js": "text/javascript; charset=utf-8",
        "svg": "image/svg+xml",
    }
)

# As our own modules write it: `import { act } from "./act.js";`
_IMPORT = re.compile(r'^(import\b[^"\n]*"\./)([\w-]+\.js)(";)$', re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One file as it is served."""

    path: str
    kind: str
    body: bytes


def load_assets() -> Mapping[str, Asset]:
    """Read the package's static files, by their plain names; no two of them share one."""
    plain = dict(_plain_files())
    assets: dict[str, Asset] = {}
    for name in plain:
        _add(assets, name, plain)
    return assets


def _plain_files() -> Iterator[tuple[str, bytes]]:
    static = files("queuectl_dashboard").joinpath("static")
    for folder in (static, static.joinpath("vendor")):
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
            if entry.name.rpartition(".")[2] in KINDS:
                yield entry.name, entry.read_bytes()


def _add(assets: dict[str, Asset], name: str, plain: Mapping[str, bytes]) -> Asset:
    """Make the asset called *name*, after those that it imports: their digests go into its own."""
    if name not in assets:
        body = plain[name]
        if name.endswith(".js"):
            written = _IMPORT.sub(
                lambda found: (
                    found[1]
                    + _add(assets, found[2], plain).path.removeprefix("/static/")
                    + found[3]
                ),
                body.decode("utf-8"),
            )
            body = written.encode("utf-8")
        assets[name] = _asset(name, body)
    return assets[name]


def _asset(name: str, body: bytes) -> Asset:
    stem, _, kind = name.rpartition(".")
    digest = hashlib.sha256(body).hexdigest()[:12]
    return Asset(path=f"/static/{stem}.{digest}.{kind}", kind=KINDS[kind], body=body)
