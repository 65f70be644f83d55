"""Ids as statements take them."""

import json
from collections.abc import Collection


def id_rows(ids: Collection[int]) -> str:
    """Return ids as rows for a statement, lowest first."""
    return json.dumps([{"id": each} for each in sorted(ids)])
