"""`queuectl top`: a live view of the queue on the whole screen."""
