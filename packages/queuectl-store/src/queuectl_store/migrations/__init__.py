"""Numbered, forward only: one file in versions/ for every change of the schema."""
