"""The application: the blueprints, wired to one store and put behind the gate."""

from collections.abc import Mapping
from functools import partial

from flask import Flask, Response, abort, render_template, request

from queuectl_dashboard.access import Access, Gate, OpenPaths
from queuectl_dashboard.api import api_blueprint
from queuectl_dashboard.api.desk import Desk
from queuectl_dashboard.assets import Asset, load_assets
from queuectl_dashboard.audit import Audit
from queuectl_dashboard.bodies import BODY_LIMIT
from queuectl_dashboard.broadcast import Broadcaster, Writing
from queuectl_dashboard.converters import IdConverter, NameConverter
from queuectl_dashboard.feeding import OutputFeed
from queuectl_dashboard.live import SOCKET_CAP, add_live
from queuectl_dashboard.login import login_blueprint
from queuectl_dashboard.pages import pages_blueprint
from queuectl_dashboard.private import private_folder
from queuectl_dashboard.probes import probes_blueprint
from queuectl_dashboard.problems import add_problems
from queuectl_dashboard.pulse import Pulse
from queuectl_dashboard.redaction import Redaction
from queuectl_dashboard.rights import needed_by
from queuectl_dashboard.sessions import Sessions
from queuectl_dashboard.shell import add_shell
from queuectl_dashboard.text import shown, visible
from queuectl_dashboard.timing import ago, brief, iso, size, span, whole_span
from queuectl_dashboard.tokenbook import TokenBook
from queuectl_dashboard.tokens import TokenCheck
from queuectl_store import Store

READS = frozenset({"GET", "HEAD"})


def create_app(
    store: Store,
    *,
    access: Access,
    sessions: Sessions | None = None,
    socket_cap: int = SOCKET_CAP,
) -> Flask:
    """Make the dashboard of *store*, closed to all but *access*.

    Args:
        sessions: Pass your own to hand out one-time codes.
        socket_cap: Pages that may be live at once; each takes two threads of the server.
    """
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = BODY_LIMIT
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.url_map.converters |= {"id": IdConverter, "name": NameConverter}
    assets = load_assets()
    _prepare_pages(app, assets)
    add_shell(app, store)
    _serve_assets(app, assets)
    desk = _desk(store, access)
    sessions, tokens = sessions or Sessions(), TokenCheck(desk.tokens)
    app.register_blueprint(login_blueprint(access, tokens, sessions, desk.audit))
    _add_views(app, desk, socket_cap)
    add_problems(app, desk.redaction)
    gate = Gate(
        app.wsgi_app,
        access=access,
        tokens=tokens,
        sessions=sessions,
        open_paths=_open_paths(access, assets),
        needed=needed_by(app),
        login_page=lambda: _login_page(app),
    )
    app.wsgi_app = gate  # type: ignore[method-assign, assignment]
    return app


def _desk(store: Store, access: Access) -> Desk:
    folder = private_folder(store)
    return Desk(
        store=store,
        redaction=Redaction(access.hidden, access.named),
        pulse=Pulse(store),
        tokens=TokenBook(folder / "tokens.json", access.grant),
        audit=Audit(folder / "audit.jsonl"),
    )


def _add_views(app: Flask, desk: Desk, socket_cap: int) -> None:
    store = desk.store
    broadcaster = Broadcaster(store, Writing(store, desk.documents, desk.event))
    app.register_blueprint(pages_blueprint(desk))
    app.register_blueprint(api_blueprint(desk))
    app.register_blueprint(probes_blueprint(store))
    add_live(
        app,
        broadcaster,
        partial(OutputFeed, store, redaction=desk.redaction),
        socket_cap=socket_cap,
    )


def _open_paths(access: Access, assets: Mapping[str, Asset]) -> OpenPaths:
    paths = {"/healthz": READS, "/readyz": READS, "/login": frozenset({"POST"})}
    paths |= {asset.path: READS for asset in assets.values()}
    return paths | ({"/metrics": READS} if access.metrics_public else {})


def _prepare_pages(app: Flask, assets: Mapping[str, Asset]) -> None:
    # Whatever a page prints passes here, so that no stored text can be forgotten.
    app.jinja_options = {"finalize": shown, "trim_blocks": True, "lstrip_blocks": True}
    app.jinja_env.filters |= {
        "ago": ago,
        "brief": brief,
        "iso": iso,
        "size": size,
        "span": span,
        "visible": visible,
        "whole_span": whole_span,
    }
    app.jinja_env.globals["asset"] = lambda name: request.script_root + assets[name].path


def _serve_assets(app: Flask, assets: Mapping[str, Asset]) -> None:
    by_path = {asset.path: asset for asset in assets.values()}

    @app.get("/static/<name>")
    def static(name: str) -> Response:
        asset = by_path.get(f"/static/{name}")
        if asset is None:
            abort(404)
        headers = {"Cache-Control": "public, max-age=31536000, immutable"}
        return Response(asset.body, content_type=asset.kind, headers=headers)


def _login_page(app: Flask) -> bytes:
    with app.test_request_context():
        return render_template("login.html").encode()
