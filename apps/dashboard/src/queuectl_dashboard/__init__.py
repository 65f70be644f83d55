"""The QueueCTL web dashboard."""

from queuectl_dashboard.access import Access
from queuectl_dashboard.app import create_app
from queuectl_dashboard.server import DashboardServer
from queuectl_dashboard.sessions import Sessions

__all__ = ["Access", "DashboardServer", "Sessions", "create_app"]
