"""The gate's rules on a request's headers, pure: which host, which origin, which credential.

Everything is compared as whole strings. Prefixes, suffixes and patterns on Host and Origin are
how the checks of other dashboards were passed.
"""

from collections.abc import Collection
from http.cookies import CookieError, SimpleCookie
from wsgiref.types import WSGIEnvironment

from queuectl_dashboard.refusals import Refusal
from queuectl_store.values import dataclass

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

OTHER_HOST = Refusal(
    400, "this address is not the dashboard's; use the one that `queuectl dashboard` printed"
)
OTHER_ORIGIN = Refusal(403, "the request comes from another site; open the dashboard itself")


@dataclass(frozen=True, slots=True)
class Bearer:
    """The request shows a secret of its own; no browser does that on another site's behalf."""

    secret: bytes


@dataclass(frozen=True, slots=True)
class Cookie:
    """The browser added the session by itself."""

    session: str


@dataclass(frozen=True, slots=True)
class NoCredential:
    """The request says nothing of who sends it."""


def check_host(environ: WSGIEnvironment, origins: Collection[str]) -> str | Refusal:
    """Return the origin that the request's Host belongs to; a missing or doubled one is refused."""
    host = environ.get("HTTP_HOST", "").lower()
    for origin in origins:
        if origin.partition("://")[2] == host:
            return origin
    return OTHER_HOST


def credential_of(environ: WSGIEnvironment, *, cookie: str) -> Bearer | Cookie | NoCredential:
    """Read the one credential of a request; an Authorization header outweighs a cookie."""
    authorization = environ.get("HTTP_AUTHORIZATION")
    if authorization is not None:
        scheme, _, secret = authorization.partition(" ")
        right = secret.strip() if scheme.lower() == "bearer" else ""
        return Bearer(right.encode("latin-1", "replace"))
    try:
        session = SimpleCookie(environ.get("HTTP_COOKIE", "")).get(cookie)
    except CookieError:
        return NoCredential()
    return Cookie(session.value) if session is not None else NoCredential()


def check_origin(
    environ: WSGIEnvironment, *, own: str, credential: Bearer | Cookie | NoCredential
) -> Refusal | None:
    """Refuse what another site makes a browser send: writes, sockets, and embedded reads."""
    origin, site = environ.get("HTTP_ORIGIN"), environ.get("HTTP_SEC_FETCH_SITE")
    if is_websocket(environ):
        by_program = origin is None and isinstance(credential, Bearer)
        return None if origin == own or by_program else OTHER_ORIGIN
    if environ["REQUEST_METHOD"] in SAFE_METHODS:
        embedded = site in {"cross-site", "same-site"} and not _is_navigation(environ)
        return OTHER_ORIGIN if embedded else None
    if origin not in {None, own} or site not in {None, "same-origin"}:
        return OTHER_ORIGIN
    # Every browser of today sends one of the two; a cookie without them is no browser's.
    unproven = origin is None and site is None and isinstance(credential, Cookie)
    return OTHER_ORIGIN if unproven else None


def is_websocket(environ: WSGIEnvironment) -> bool:
    """Tell a request to upgrade the connection."""
    return bool(environ.get("HTTP_UPGRADE", "").strip().lower() == "websocket")


def _is_navigation(environ: WSGIEnvironment) -> bool:
    mode, target = environ.get("HTTP_SEC_FETCH_MODE"), environ.get("HTTP_SEC_FETCH_DEST")
    return mode == "navigate" and target == "document"
