"""The QueueCTL command line."""
