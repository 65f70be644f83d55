"""Who is told of what happens to jobs: rows with a place in the feed, and jobs that deliver."""
