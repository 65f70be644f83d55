"""Telling others of what happens to jobs: by HTTP, on the desktop; commands are jobs as any."""
