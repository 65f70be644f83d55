"""What statements and those who read their rows both call things."""

# Before the columns of a job's latest ended attempt.
LAST_PREFIX = "last_"
