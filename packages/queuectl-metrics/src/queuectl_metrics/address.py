"""Where metrics are served if nobody says otherwise; apart, since help needs no server."""

PORT = 9809
