"""Every statement that QueueCTL sends, written once for both databases."""
