"""What each route asks of a caller. One that is not named here is for admins alone."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from wsgiref.types import WSGIEnvironment

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from queuectl_dashboard.api import ROUTES
from queuectl_dashboard.roles import Role

# By endpoint; the API's come from its own table.
_OTHERS = {
    "probes.metrics": Role.METRICS,
    "probes.healthz": Role.METRICS,
    "probes.readyz": Role.METRICS,
    "static": Role.METRICS,
    "login.login": Role.METRICS,
    "login.logout": Role.METRICS,
    "pages.overview": Role.VIEWER,
    "pages.jobs": Role.VIEWER,
    "pages.rows": Role.VIEWER,
    "pages.job": Role.VIEWER,
    "pages.compare": Role.VIEWER,
    "pages.log": Role.VIEWER,
    "pages.dead": Role.VIEWER,
    "pages.queues": Role.VIEWER,
    "pages.schedules": Role.VIEWER,
    "pages.workers": Role.VIEWER,
    "pages.groups": Role.VIEWER,
    "pages.group": Role.VIEWER,
    "pages.hooks": Role.VIEWER,
    "pages.hook": Role.VIEWER,
    "pages.settings": Role.VIEWER,
    "pages.tokens": Role.ADMIN,
    "pages.audit": Role.ADMIN,
    "live.follow_jobs": Role.VIEWER,
    "live.follow_output": Role.VIEWER,
    "stream.follow_stream": Role.VIEWER,
    "api.openapi": Role.VIEWER,
}
RIGHTS: Mapping[str, Role] = MappingProxyType(
    {**_OTHERS, **{f"api.{route.name}": route.role for route in ROUTES}}
)


def needed_by(app: Flask) -> Callable[[WSGIEnvironment], Role]:
    """Return what tells the role that a request needs.

    What leads nowhere needs one that may look: it is answered with an error, and strangers are
    not told what there is.
    """

    def needed(environ: WSGIEnvironment) -> Role:
        try:
            rule, _ = app.url_map.bind_to_environ(environ).match(return_rule=True)
        except (HTTPException, RequestRedirect):
            return Role.VIEWER
        return RIGHTS.get(rule.endpoint, Role.ADMIN)

    return needed
