"""The exchange of a token or a one-time code for a session cookie, and its end."""

from typing import Any

from flask import Blueprint, Response, abort, request

from queuectl_dashboard.access import Access, refusal_of
from queuectl_dashboard.sessions import SESSION_LIFE_S, Sessions
from queuectl_dashboard.tokens import TokenCheck, Verdict


def login_blueprint(access: Access, tokens: TokenCheck, sessions: Sessions) -> Blueprint:
    """Make `POST /login`, which is open, and `POST /logout`."""
    blueprint = Blueprint("login", __name__)

    @blueprint.post("/login")
    def login() -> Response:
        name, secret = _shown()
        if name == "code" and sessions.use_code(secret):
            return _with_session(access, sessions)
        verdict = tokens.check(secret, address=request.remote_addr or "")
        refusal = refusal_of(verdict)
        if refusal is not None or name == "code":
            abort(refusal.status if refusal else 401, _wrong(name, verdict))
        return _with_session(access, sessions)

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
    body: Any = request.get_json(silent=True)
    if not isinstance(body, dict) or len(body) != 1:
        abort(400, 'send JSON: {"token": "..."}')
    name, secret = next(iter(body.items()))
    if name not in {"token", "code"} or not isinstance(secret, str):
        abort(400, 'send JSON: {"token": "..."}')
    return name, secret.strip().encode("utf-8", "replace")


def _wrong(name: str, verdict: Verdict) -> str:
    if verdict is Verdict.BLOCKED:
        return "too many wrong tokens from this address; wait a minute"
    return f"this {name} opens nothing here; `queuectl dashboard` prints the one that does"


def _with_session(access: Access, sessions: Sessions) -> Response:
    response = Response(status=204)
    response.set_cookie(
        access.cookie,
        sessions.start(),
        max_age=int(SESSION_LIFE_S),
        path=_path(),
        secure=request.is_secure or request.headers.get("Origin", "").startswith("https://"),
        httponly=True,
        samesite="Strict",
    )
    return response


def _path() -> str:
    return request.script_root or "/"
