"""Statements by name and text: what reads a store is written against these."""
