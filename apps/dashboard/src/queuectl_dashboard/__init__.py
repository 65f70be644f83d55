"""The QueueCTL web dashboard."""
