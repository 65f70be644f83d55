"""The JSON API under `/api/v1`, and the document that describes it."""

from queuectl_dashboard.api.serving import API_PREFIX, api_blueprint
from queuectl_dashboard.api.table import ROUTES

__all__ = ["API_PREFIX", "ROUTES", "api_blueprint"]
