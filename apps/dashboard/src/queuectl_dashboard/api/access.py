"""Who the caller is, the tokens of others, and what was done with them."""

from typing import Annotated, Any, Literal

import msgspec

from queuectl_dashboard.api.desk import Desk
from queuectl_dashboard.api.input import BadInput
from queuectl_dashboard.api.jobs import Limit
from queuectl_dashboard.api.kinds import Asked, Id, Shape, Time
from queuectl_dashboard.api.routes import Topic
from queuectl_dashboard.roles import read_role
from queuectl_dashboard.tokenbook import BadToken, Grant
from queuectl_store import instant

topic = Topic("access")

RoleName = Literal["metrics", "viewer", "operator", "admin"]
TokenName = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]


class Me(Shape):
    """The caller: the name of its token, and what that is for."""

    name: str
    role: RoleName


class TokenDocument(Shape):
    """A token, without itself; `created_at` is null of the one that the dashboard began with."""

    name: str
    role: RoleName
    created_at: Time | None


class Tokens(Shape):
    """The tokens that there are."""

    tokens: list[TokenDocument]


class NewToken(Asked):
    """A token to make: whom or what it is for, and what it may do."""

    name: TokenName
    role: RoleName


class MadeToken(TokenDocument):
    """A token as it is shown this once."""

    token: str


class DeedDocument(Shape):
    """Who did what, when, from where, and how it was answered."""

    id: Id
    at: Time
    who: str
    role: str
    address: str
    action: str
    target: str
    status: int
    detail: Any


class Deeds(Shape):
    """What was done, newest first. `next` goes into `before`."""

    actions: list[DeedDocument]
    next: Id | None


class DeedQuery(Asked):
    """How many, and under which id the page begins."""

    limit: Limit = 50
    before: Id | None = None


class NoToken(LookupError):
    """No token has this name."""


@topic.get("/me", answer=Me)
def show_caller(desk: Desk) -> dict[str, Any]:
    """Tell who the caller is."""
    return {"name": desk.caller.name, "role": desk.caller.role.word}


@topic.rule("GET", "/tokens", answer=Tokens)
def list_tokens(desk: Desk) -> dict[str, Any]:
    """List the tokens that open the dashboard, without themselves."""
    return {"tokens": list(map(_document, desk.tokens.all()))}


@topic.rule("POST", "/tokens", body=NewToken, answer=MadeToken, status=201)
def make_token(desk: Desk, body: NewToken) -> dict[str, Any]:
    """Make a token for one role. The answer shows it, this once."""
    try:
        secret, grant = desk.tokens.make(body.name, read_role(body.role))
    except BadToken as error:
        raise BadInput(str(error)) from error
    return {**_document(grant), "token": secret}


@topic.rule("DELETE", "/tokens/<name:name>", answer=None, status=204)
def remove_token(desk: Desk, name: str) -> None:
    """Take a token back; its sessions and sockets are closed within two seconds."""
    try:
        desk.tokens.remove(name)
    except BadToken as error:
        raise NoToken(str(error)) from error


@topic.rule("GET", "/audit", query=DeedQuery, answer=Deeds)
def list_deeds(desk: Desk, query: DeedQuery) -> dict[str, Any]:
    """Tell what was done through the dashboard."""
    found = desk.deeds(limit=query.limit + 1, before=query.before)
    shown = found[: query.limit]
    more = shown[-1]["id"] if len(found) > query.limit else None
    return {"actions": [{**row, "at": instant(row["id"] // 1000)} for row in shown], "next": more}


def _document(grant: Grant) -> dict[str, Any]:
    created_at = instant(grant.created_at)
    return {"name": grant.name, "role": grant.role.word, "created_at": created_at}
