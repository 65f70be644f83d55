"""What a QueueCTL job is, and where it is kept."""
