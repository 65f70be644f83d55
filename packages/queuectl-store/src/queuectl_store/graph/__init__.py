"""What waits for what: dependencies between jobs, and groups of them."""
