"""One route of the API as a value: the application, the gate and the document are made from it."""

from collections.abc import Callable
from typing import Any

import msgspec

from queuectl_dashboard.roles import Role
from queuectl_store.values import dataclass

Handler = Callable[..., Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A path and a method.

    Attributes:
        path: Below `/api/v1`, as the application writes rules.
        role: What a caller must be allowed to do.
        call: Takes the desk, the path's parts by name, and *query* and *body* where there are any;
            returns what is sent. Its docstring is its description.
        answer: What is sent: a shape, a media type of what is no JSON, or None for nothing.
        status: Of an answer that is no problem.
        is_optional: The body may be left out.
        takes_key: It heeds an Idempotency-Key.
        problems: The statuses of its own problems; those of all routes are not named.
    """

    method: str
    path: str
    role: Role
    call: Handler
    topic: str
    answer: Any
    status: int = 200
    query: type[msgspec.Struct] | None = None
    body: type[msgspec.Struct] | None = None
    is_optional: bool = False
    takes_key: bool = False
    problems: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """Its name in the document and in the audit log."""
        return self.call.__name__

    @property
    def changes(self) -> bool:
        """Whether it does more than look."""
        return self.method != "GET"


class Topic:
    """The routes of one topic, in the order of the document."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.routes: list[Route] = []

    def get(self, path: str, **facts: Any) -> Callable[[Handler], Handler]:
        """Serve *path* to all who may look."""
        return self._add("GET", path, {"role": Role.VIEWER, **facts})

    def act(self, path: str, **facts: Any) -> Callable[[Handler], Handler]:
        """Let operators do something by POST."""
        return self._add("POST", path, {"role": Role.OPERATOR, **facts})

    def rule(self, method: str, path: str, **facts: Any) -> Callable[[Handler], Handler]:
        """Let admins change what is run, or delete."""
        return self._add(method, path, {"role": Role.ADMIN, **facts})

    def _add(self, method: str, path: str, facts: dict[str, Any]) -> Callable[[Handler], Handler]:
        def keep(call: Handler) -> Handler:
            self.routes.append(Route(method=method, path=path, call=call, topic=self.name, **facts))
            return call

        return keep
