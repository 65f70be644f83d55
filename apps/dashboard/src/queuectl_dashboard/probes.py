"""What other programs ask: is it up, can it read its store, and the metrics."""

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from queuectl_metrics import Exporter
from queuectl_store import Store


def probes_blueprint(store: Store) -> Blueprint:
    """Make `/healthz`, `/readyz` and `/metrics`."""
    blueprint = Blueprint("probes", __name__)
    exporter = Exporter(store)

    @blueprint.get("/healthz")
    def healthz() -> ResponseReturnValue:
        return jsonify(status="ok")

    @blueprint.get("/readyz")
    def readyz() -> ResponseReturnValue:
        # Open to everybody: it tells that the store answers, and nothing of it.
        store.reader.now_ms()
        return jsonify(status="ok")

    @blueprint.get("/metrics")
    def metrics() -> ResponseReturnValue:
        headers = request.headers
        exposition = exporter.expose(headers.get("Accept", ""), headers.get("Accept-Encoding", ""))
        return Response(exposition.body, headers=exposition.headers)

    return blueprint
