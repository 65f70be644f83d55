"""Who may talk to the dashboard: the settings, and the one gate that every request passes.

The gate is the outermost WSGI layer, since framework hooks run before the framework's own host
check. It denies by default: only the exact paths that it is given are open.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, assert_never
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from queuectl_dashboard.bodies import bound_body
from queuectl_dashboard.callers import Caller, set_caller
from queuectl_dashboard.handshake import end_soon
from queuectl_dashboard.pacing import Pace
from queuectl_dashboard.proxies import Network, client_address
from queuectl_dashboard.redaction import DEFAULT_FIELDS
from queuectl_dashboard.refusals import Refusal, refuse
from queuectl_dashboard.roles import Role
from queuectl_dashboard.rules import (
    SAFE_METHODS,
    Bearer,
    Cookie,
    NoCredential,
    check_host,
    check_origin,
    credential_of,
)
from queuectl_dashboard.sessions import Sessions
from queuectl_dashboard.tokenbook import Grant, digest_of
from queuectl_dashboard.tokens import TokenCheck, Verdict
from queuectl_metrics.address import LOOPBACK
from queuectl_store.values import dataclass

# The name of the token that the dashboard began with.
FIRST = "dashboard"

OpenPaths = Mapping[str, frozenset[str]]

HEADERS = (
    (
        "Content-Security-Policy",
        (
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
            "img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
            "require-trusted-types-for 'script'; trusted-types 'none'"
        ),
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cache-Control", "no-store"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What the gate lets in.

    Attributes:
        token: The secret that opens everything.
        origins: The addresses that the dashboard is reached by, as browsers write an origin:
            `http://127.0.0.1:8787`. A Host or Origin that is none of them is refused.
        cookie: The session cookie's name. Cookies are shared by all ports of a host, so it
            holds the port.
        metrics_public: `/metrics` needs no token.
        hidden: Patterns of the names of fields whose values nobody is shown.
        proxies: Whose `X-Forwarded-For` says where a request comes from; nobody's unless named.
    """

    token: str
    origins: frozenset[str]
    cookie: str
    metrics_public: bool = False
    hidden: Sequence[str] = DEFAULT_FIELDS
    proxies: Sequence[Network] = ()

    @property
    def named(self) -> Sequence[str]:
        """The patterns that are hidden because somebody asked for it."""
        return tuple(each for each in self.hidden if each not in DEFAULT_FIELDS)

    @property
    def grant(self) -> Grant:
        """What the token gives."""
        return Grant(name=FIRST, role=Role.ADMIN, digest=digest_of(self.token.encode()))

    @classmethod
    def on_port(
        cls,
        port: int,
        *,
        token: str,
        origin: str | None = None,
        metrics_public: bool = False,
        hidden: Sequence[str] = (),
        proxies: Sequence[Network] = (),
    ) -> "Access":
        """Let in what comes to this computer's *port*, and to *origin* where a proxy serves it."""
        suffix = "" if port == 80 else f":{port}"
        origins = {f"http://{host}{suffix}" for host in LOOPBACK} | ({origin} if origin else set())
        return cls(
            token=token,
            origins=frozenset(origins),
            cookie=f"queuectl-{port}",
            metrics_public=metrics_public,
            hidden=(*DEFAULT_FIELDS, *(each.lower() for each in hidden)),
            proxies=tuple(proxies),
        )


class Gate:
    """Refuses a request or hands it on, and puts the security headers on every answer."""

    def __init__(
        self,
        app: WSGIApplication,
        *,
        access: Access,
        tokens: TokenCheck,
        sessions: Sessions,
        open_paths: OpenPaths,
        needed: Callable[[WSGIEnvironment], Role],
        pace: Pace | None = None,
        login_page: Callable[[], bytes],
    ) -> None:
        self._app = app
        self._access = access
        self._tokens = tokens
        self._sessions = sessions
        self._open_paths = open_paths
        self._needed = needed
        self._pace = pace or Pace()
        self._login_page = login_page

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        guarded = _with_headers(start)
        environ["REMOTE_ADDR"] = client_address(environ, self._access.proxies)
        refusal = self._refusal(environ)
        if refusal is None:
            return self._app(environ, guarded)
        # What it goes on sending is nobody's any more, and its thread is wanted by others.
        end_soon(environ)
        page = self._login_page if refusal.status == 401 else None
        return refuse(refusal, environ, guarded, login_page=page)

    def _refusal(self, environ: WSGIEnvironment) -> Refusal | None:
        own = check_host(environ, self._access.origins)
        if isinstance(own, Refusal):
            return own
        credential = credential_of(environ, cookie=self._access.cookie)
        return (
            check_origin(environ, own=own, credential=credential)
            or self._check_credential(environ, credential)
            or bound_body(environ)
        )

    def _check_credential(
        self, environ: WSGIEnvironment, credential: Bearer | Cookie | NoCredential
    ) -> Refusal | None:
        is_open = environ["REQUEST_METHOD"] in self._open_paths.get(environ["PATH_INFO"], ())
        caller = None if is_open else self._caller(environ, credential)
        if not isinstance(caller, Caller):
            return caller
        set_caller(environ, caller)
        needed = self._needed(environ)
        if caller.role < needed:
            return not_allowed(caller.role, needed)
        writes = environ["REQUEST_METHOD"] not in SAFE_METHODS
        if writes and not self._pace.admits((caller.name, caller.address)):
            return TOO_FAST
        return None

    def _caller(
        self, environ: WSGIEnvironment, credential: Bearer | Cookie | NoCredential
    ) -> Caller | Refusal:
        address, book = str(environ.get("REMOTE_ADDR", "")), self._tokens.book
        match credential:
            case Bearer(secret=secret):
                found = self._tokens.check(secret, address=address)
                if isinstance(found, Verdict):
                    return refusal_of(found)
                return _caller(found, address, lambda: book.holds(found))
            case Cookie(session=session):
                grant = self._sessions.holds(session)
                if grant is None or not book.holds(grant):
                    return UNKNOWN_CALLER
                sessions = self._sessions
                return _caller(
                    grant,
                    address,
                    lambda: book.holds(grant) and bool(sessions.holds(session, renew=False)),
                )
            case _:
                return UNKNOWN_CALLER


def _caller(grant: Grant, address: str, is_welcome: Callable[[], bool]) -> Caller:
    return Caller(name=grant.name, role=grant.role, address=address, is_welcome=is_welcome)


UNKNOWN_CALLER = Refusal(
    401,
    "send `Authorization: Bearer TOKEN`, or open the link that `queuectl dashboard` printed",
    (("WWW-Authenticate", 'Bearer realm="queuectl"'),),
)
TOO_MANY_GUESSES = Refusal(
    429, "too many wrong tokens from this address; wait a minute", (("Retry-After", "60"),)
)

TOO_FAST = Refusal(429, "too many changes at once from this caller", (("Retry-After", "1"),))


def refusal_of(verdict: Verdict) -> Refusal:
    """Say what a shown token's *verdict* means for the request."""
    match verdict:
        case Verdict.WRONG:
            return UNKNOWN_CALLER
        case Verdict.BLOCKED:
            return TOO_MANY_GUESSES
        case _:
            assert_never(verdict)


def not_allowed(role: Role, needed: Role) -> Refusal:
    """Refuse what a caller's token is not for."""
    return Refusal(403, f"this is for the role {needed.word}; your token is for {role.word}")


def _with_headers(start: StartResponse) -> StartResponse:
    def guarded(
        status: str, headers: list[tuple[str, str]], exc_info: Any = None, /
    ) -> Callable[[bytes], object]:
        present = {name.lower() for name, _ in headers}
        missing = [pair for pair in HEADERS if pair[0].lower() not in present]
        return start(status, [*headers, *missing], exc_info)

    return guarded
