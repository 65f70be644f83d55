"""What is counted in the transaction that does it: tallies, rollups, and how both are read."""
