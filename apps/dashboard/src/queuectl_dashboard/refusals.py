"""What the gate answers when it lets a request no further."""

import json
from collections.abc import Callable, Iterable
from http import HTTPStatus
from wsgiref.types import StartResponse, WSGIEnvironment

from queuectl_store.values import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """A status, one sentence that says what to do, and what headers go with it."""

    status: int
    detail: str
    headers: tuple[tuple[str, str], ...] = ()


def problem(status: int, detail: str) -> dict[str, str | int]:
    """Describe an error as RFC 9457 has it."""
    title = HTTPStatus(status).phrase
    return {"type": "about:blank", "title": title, "status": status, "detail": detail}


def refuse(
    refusal: Refusal,
    environ: WSGIEnvironment,
    start: StartResponse,
    *,
    login_page: Callable[[], bytes] | None,
) -> Iterable[bytes]:
    """Answer with *refusal*: a page for a person's browser, problem+json for a program."""
    if login_page is not None and wants_page(environ):
        kind, body = "text/html; charset=utf-8", login_page()
    else:
        kind = "application/problem+json"
        body = json.dumps(problem(refusal.status, refusal.detail)).encode()
    headers = [("Content-Type", kind), ("Content-Length", str(len(body))), *refusal.headers]
    start(f"{refusal.status} {HTTPStatus(refusal.status).phrase}", headers)
    return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]


def wants_page(environ: WSGIEnvironment) -> bool:
    """Tell a browser that shows a page from a program."""
    return "text/html" in environ.get("HTTP_ACCEPT", "") and not environ["PATH_INFO"].startswith(
        ("/api/", "/ws", "/metrics")
    )
