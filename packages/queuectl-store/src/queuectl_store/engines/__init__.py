"""What really differs between the databases, and nothing else."""
