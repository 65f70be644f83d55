"""The exchange of a token or a one-time code for a session cookie, and its end."""

from typing import Any

from flask import Blueprint, Response, abort, request

from queuectl_dashboard.access import Access, refusal_of
from queuectl_dashboard.api.input import parse_json
from queuectl_dashboard.audit import Audit, Deed
from queuectl_dashboard.sessions import SESSION_LIFE_S, Sessions
from queuectl_dashboard.tokenbook import Grant
from queuectl_dashboard.tokens import TokenCheck, Verdict


def login_blueprint(
    access: Access, tokens: TokenCheck, sessions: Sessions, audit: Audit
) -> Blueprint:
    """Make `POST /login`, which is open, and `POST /logout`."""
    blueprint = Blueprint("login", __name__)

    @blueprint.post("/login")
    def login() -> Response:
        name, secret = _shown()
        if name == "code":
            if not sessions.use_code(secret):
                abort(401, _wrong(name))
            return _opened(access, sessions, access.grant, audit)
        found = tokens.check(secret, address=request.remote_addr or "")
        if isinstance(found, Verdict):
            refusal = refusal_of(found)
            abort(refusal.status, _wrong(name) if refusal.status == 401 else refusal.detail)
        return _opened(access, sessions, found, audit)

    @blueprint.post("/logout")
    def logout() -> Response:
        sessions.end(request.cookies.get(access.cookie, ""))
        response = Response(status=204)
        response.delete_cookie(access.cookie, path=_path())
        return response

    return blueprint


def _shown() -> tuple[str, bytes]:
    if request.mimetype != "application/json":
        abort(415, 'send JSON: {"token": "..."}')
    body: Any = parse_json(request.get_data())
    if not isinstance(body, dict) or len(body) != 1:
        abort(400, 'send JSON: {"token": "..."}')
    name, secret = next(iter(body.items()))
    if name not in {"token", "code"} or not isinstance(secret, str):
        abort(400, 'send JSON: {"token": "..."}')
    return name, secret.strip().encode("utf-8", "replace")


def _wrong(name: str) -> str:
    return f"this {name} opens nothing here; `queuectl dashboard` prints the one that does"


def _opened(access: Access, sessions: Sessions, grant: Grant, audit: Audit) -> Response:
    audit.note(
        Deed(
            who=grant.name,
            role=grant.role.word,
            address=request.remote_addr or "",
            action="login",
            target=request.path,
            status=204,
        )
    )
    response = Response(status=204)
    response.set_cookie(
        access.cookie,
        sessions.start(grant),
        max_age=int(SESSION_LIFE_S),
        path=_path(),
        secure=request.is_secure or request.headers.get("Origin", "").startswith("https://"),
        httponly=True,
        samesite="Strict",
    )
    return response


def _path() -> str:
    return request.script_root or "/"
