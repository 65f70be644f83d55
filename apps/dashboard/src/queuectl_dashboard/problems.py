"""Errors as answers: a page for a person, problem+json for a program, never a traceback."""

import json
import logging
from http import HTTPStatus

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError

from queuectl_dashboard.api.access import NoToken
from queuectl_dashboard.api.input import BadInput
from queuectl_dashboard.api.output import NoOutput
from queuectl_dashboard.api.settings import NoSetting
from queuectl_dashboard.feeding import NoRun
from queuectl_dashboard.filters import BadQuery
from queuectl_dashboard.redaction import Redaction
from queuectl_dashboard.refusals import problem, wants_page
from queuectl_dashboard.statuses import status_of
from queuectl_store import StoreError

log = logging.getLogger(__name__)

# What the framework says of these says nothing of this program.
_DETAILS = {
    404: "there is no such page; the jobs are at /",
    405: "this address does not take this method",
}


def add_problems(app: Flask, redaction: Redaction) -> None:
    """Answer every error of *app* in the form that the caller reads, without what is secret."""

    def of_ours(error: Exception) -> Response:
        return _of_ours(error, redaction.of_text(str(error)))

    for kind in (BadQuery, BadInput, NoOutput, NoRun, NoSetting, NoToken, StoreError):
        app.register_error_handler(kind, of_ours)

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response:
        if isinstance(error, InternalServerError):
            return _answer(500, "this is a bug in QueueCTL; the terminal of the dashboard shows it")
        status = error.code or 500
        is_ours = error.description != type(error).description
        detail = (error.description or "") if is_ours else _DETAILS.get(status, "")
        answer = _answer(status, detail or error.name.lower())
        _keep_headers(error, answer)
        return answer


def _of_ours(error: Exception, detail: str) -> Response:
    match error:
        case BadQuery():
            status = 400
        case BadInput():
            status = error.status
        case StoreError():
            status = status_of(error)
        case _:
            status = 404
    answer = _answer(status, detail)
    if status == 503:
        answer.headers["Retry-After"] = "2"
    return answer


def _answer(status: int, detail: str) -> Response:
    if wants_page(request.environ):
        title = HTTPStatus(status).phrase
        page = render_template("problem.html", status=status, title=title, detail=detail)
        return Response(page, status=status, content_type="text/html; charset=utf-8")
    body = json.dumps(problem(status, detail))
    return Response(body, status=status, content_type="application/problem+json")


def _keep_headers(error: HTTPException, answer: Response) -> None:
    for name, value in error.get_headers(request.environ):
        if name.lower() not in {"content-type", "content-length"}:
            answer.headers[name] = value
