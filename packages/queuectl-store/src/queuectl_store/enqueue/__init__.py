"""From new jobs to rows: keys, names, unique jobs, environments, in one transaction."""
