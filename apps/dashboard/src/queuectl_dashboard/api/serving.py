"""From routes to views: input is checked, the handler is called, what it returns is sent."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from queuectl_dashboard.api.desk import Desk
from queuectl_dashboard.api.input import BadInput, parse_json, read_body, read_query
from queuectl_dashboard.api.openapi import document
from queuectl_dashboard.api.routes import Route
from queuectl_dashboard.api.table import ROUTES
from queuectl_dashboard.audit import Deed
from queuectl_dashboard.callers import caller_of
from queuectl_dashboard.redaction import Redaction

API_PREFIX = "/api/v1"
_LONGEST_KEY = 200


def api_blueprint(desk: Desk) -> Blueprint:
    """Make the API of *desk*'s store."""
    blueprint = Blueprint("api", __name__, url_prefix=API_PREFIX)
    for route in ROUTES:
        blueprint.add_url_rule(
            route.path,
            endpoint=route.name,
            view_func=_view(route, desk),
            methods=[route.method],
        )
    _add_document(blueprint)
    blueprint.after_request(partial(_note, desk))
    return blueprint


def _add_document(blueprint: Blueprint) -> None:
    described: dict[str, Any] = {}

    @blueprint.get("/openapi.json")
    def openapi() -> ResponseReturnValue:
        if not described:  # made once, when it is first asked for
            described.update(document(ROUTES))
        servers = [{"url": request.script_root + API_PREFIX}]
        return jsonify({**described, "servers": servers})


def _note(desk: Desk, answer: Response) -> Response:
    """Write down what was asked for, done or refused."""
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        return answer
    caller = caller_of(request.environ)
    # The address of a webhook lets whoever knows it speak in our name.
    hidden = Redaction((*desk.redaction.fields, "webhook"), desk.redaction.named)
    desk.audit.note(
        Deed(
            who=caller.name,
            role=caller.role.word,
            address=caller.address,
            action=(request.endpoint or "").removeprefix("api."),
            target=request.path,
            status=answer.status_code,
            detail=hidden.of(_asked()),
        )
    )
    return answer


def _asked() -> Any:
    """Return what the body asks for; None where it is no JSON, or did not come to its end."""
    try:
        return parse_json(request.get_data()) if request.is_json else None
    except (BadInput, HTTPException):
        return None


def _view(route: Route, shared: Desk) -> Callable[..., ResponseReturnValue]:
    def view(**path: Any) -> ResponseReturnValue:
        desk = replace(shared, key=_key(), caller=caller_of(request.environ))
        query = read_query(route.query, request.args)
        if query is not None:
            path["query"] = query
        if route.body is not None:
            path["body"] = read_body(route.body, request, is_optional=route.is_optional)
        elif request.get_data():
            raise BadInput("this takes no body", status=400)
        return _sent(route, route.call(desk, **path))

    return view


def _sent(route: Route, made: Any) -> ResponseReturnValue:
    if isinstance(made, Response):
        return made
    if made is None:
        return Response(status=route.status)
    sent = jsonify(made)
    sent.status_code = route.status
    if route.status == 201:
        own = quote(str(made.get("id") or made["name"]))
        sent.headers["Location"] = f"{request.script_root}{request.path}/{own}"
    return sent


def _key() -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is not None and not (1 <= len(key) <= _LONGEST_KEY and key.isascii()):
        raise BadInput(f"Idempotency-Key has 1 to {_LONGEST_KEY} characters of ASCII", status=400)
    return key
