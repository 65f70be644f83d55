"""Statements by name and text: what uses a store is written against these."""
