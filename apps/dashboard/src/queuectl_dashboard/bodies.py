"""How much a request may carry. Nothing here is large: no page takes files."""

import io
from wsgiref.types import WSGIEnvironment

from queuectl_dashboard.refusals import Refusal

BODY_LIMIT = 1024 * 1024

TOO_LARGE = Refusal(413, f"a request may carry {BODY_LIMIT:,} bytes at most; send less at once")
BAD_LENGTH = Refusal(400, "the request's length headers contradict each other or are no number")


def bound_body(environ: WSGIEnvironment) -> Refusal | None:
    """Refuse a body over the limit. A chunked one is read here, since it names no length."""
    length = environ.get("CONTENT_LENGTH") or ""
    if environ.get("HTTP_TRANSFER_ENCODING"):
        return BAD_LENGTH if length else _buffer(environ)
    if length and not (length.isascii() and length.isdigit()):
        return BAD_LENGTH
    return TOO_LARGE if int(length[:12] or 0) > BODY_LIMIT else None


def _buffer(environ: WSGIEnvironment) -> Refusal | None:
    try:
        body = environ["wsgi.input"].read(BODY_LIMIT + 1)
    except OSError:
        return BAD_LENGTH
    if len(body) > BODY_LIMIT:
        return TOO_LARGE
    environ["wsgi.input"] = io.BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    del environ["HTTP_TRANSFER_ENCODING"]
    return None
