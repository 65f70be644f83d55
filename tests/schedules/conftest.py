"""A fresh store on each database, with a clock that moves only when told to."""

from tests.conformance.conftest import clock, store

__all__ = ["clock", "store"]
