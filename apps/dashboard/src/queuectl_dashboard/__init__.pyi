from queuectl_dashboard.access import Access as Access
from queuectl_dashboard.app import create_app as create_app
from queuectl_dashboard.server import DashboardServer as DashboardServer
from queuectl_dashboard.sessions import Sessions as Sessions
