"""The OpenAPI 3.1 document, made from the routes and their shapes."""

import re
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from importlib.metadata import version
from inspect import getdoc
from types import MappingProxyType
from typing import Any

import msgspec

from queuectl_dashboard.api.kinds import Shape
from queuectl_dashboard.api.routes import Route

_PART = re.compile(r"<(\w+):(\w+)>")
_PARTS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "id": {"type": "integer", "minimum": 1, "maximum": 2**63 - 1},
        "name": {"type": "string", "minLength": 1, "maxLength": 200},
    }
)
# What the gate and the framework answer on every route.
_ALWAYS = (400, 401, 403, 429, 500, 503)
_IDEMPOTENCY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "A second call with the same key adds nothing and returns the first one's job.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
}


class Problem(Shape):
    """An error as RFC 9457 has it; `detail` says what happened and what to do."""

    type: str
    title: str
    status: int
    detail: str


def document(routes: Sequence[Route]) -> dict[str, Any]:
    """Describe *routes*. The server's address is for the caller to add."""
    schemas = _Schemas(routes)
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        path = _PART.sub(r"{\2}", route.path)
        paths.setdefault(path, {})[route.method.lower()] = _operation(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "QueueCTL",
            "version": version("queuectl-dashboard"),
            "description": "A job queue: look at it, and act on it.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "security": [{"token": []}],
        "tags": [{"name": name} for name in dict.fromkeys(route.topic for route in routes)],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": schemas.components,
        },
    }


class _Schemas:
    """The schemas of all shapes, each under its own name."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self._types = [Problem, *dict.fromkeys(_types(routes))]
        found, self.components = msgspec.json.schema_components(
            self._types, ref_template="#/components/schemas/{name}"
        )
        self._found: dict[Any, dict[str, Any]] = dict(zip(self._types, found, strict=True))

    def of(self, shape: Any) -> dict[str, Any]:
        """Return the schema of *shape*, or where it is."""
        return self._found[shape]

    def fields(self, shape: Any) -> list[tuple[str, dict[str, Any], bool]]:
        """Return the name and schema of each field, and whether it has to be there."""
        schema = self.components[shape.__name__]
        required = schema.get("required", ())
        return [(name, each, name in required) for name, each in schema["properties"].items()]


def _types(routes: Iterable[Route]) -> Iterable[Any]:
    for route in routes:
        for shape in (route.query, route.body, route.answer):
            if shape is not None and not isinstance(shape, str):
                yield shape


def _operation(route: Route, schemas: _Schemas) -> dict[str, Any]:
    said = (getdoc(route.call) or "").split("\n\n", 1)
    operation: dict[str, Any] = {
        "operationId": route.name,
        "tags": [route.topic],
        "summary": said[0].rstrip("."),
        "description": f"{''.join(said[1:])}\n\nFor the role {route.role.word}.".strip(),
        "responses": _responses(route, schemas),
    }
    if parameters := _parameters(route, schemas):
        operation["parameters"] = parameters
    if route.body is not None:
        content = {"application/json": {"schema": schemas.of(route.body)}}
        operation["requestBody"] = {"required": not route.is_optional, "content": content}
    return operation


def _parameters(route: Route, schemas: _Schemas) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": _PARTS[kind]}
        for kind, name in _PART.findall(route.path)
    ]
    if route.query is not None:
        found += [
            {"name": name, "in": "query", "required": must, "schema": _said(schema)}
            for name, schema, must in schemas.fields(route.query)
        ]
    if route.takes_key:
        found.append(_IDEMPOTENCY)
    return found


def _said(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of an argument that is there: a query has no null."""
    kinds = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    if not kinds:
        return schema
    return kinds[0] if len(kinds) == 1 else {"anyOf": kinds}


def _responses(route: Route, schemas: _Schemas) -> dict[str, Any]:
    own = {400} if route.query is not None else set()
    own |= {413, 415, 422} if route.body is not None else set()
    own |= {507} if route.changes else set()
    statuses = sorted({*_ALWAYS, *own, *route.problems, *_of_path(route)})
    responses = {str(route.status): _answer(route, schemas)}
    for status in statuses:
        content = {"application/problem+json": {"schema": schemas.of(Problem)}}
        responses[str(status)] = {"description": HTTPStatus(status).phrase, "content": content}
    if route.query is not None:
        # Of the server itself, which reads no address of more than 64 KiB.
        content = {"text/plain": {"schema": {"type": "string"}}}
        responses["414"] = {"description": HTTPStatus(414).phrase, "content": content}
    return responses


def _of_path(route: Route) -> set[int]:
    # A part that fits no route may leave other methods of the path.
    return {404, 405} if _PART.search(route.path) else set()


def _answer(route: Route, schemas: _Schemas) -> dict[str, Any]:
    described: dict[str, Any] = {"description": HTTPStatus(route.status).phrase}
    if isinstance(route.answer, str):
        described["content"] = {route.answer: {"schema": {"type": "string"}}}
    elif route.answer is not None:
        described["content"] = {"application/json": {"schema": schemas.of(route.answer)}}
    return described
