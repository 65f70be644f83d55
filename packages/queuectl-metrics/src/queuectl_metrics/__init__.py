"""The numbers of a QueueCTL store."""
