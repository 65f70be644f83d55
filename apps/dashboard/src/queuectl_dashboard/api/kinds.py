"""The kinds of values that the API's shapes are made of. Their bounds are part of the document."""

from typing import Annotated

import msgspec

Time = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]
Id = Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
# Of a query: addresses have no room for much.
Text = Annotated[str, msgspec.Meta(max_length=1_000)]
Words = Annotated[str, msgspec.Meta(max_length=10_000)]
Seconds = Annotated[float, msgspec.Meta(ge=0, le=1e10)]


class Shape(msgspec.Struct, kw_only=True):
    """What is sent: fields may be added to it later, and none is left out."""


class Asked(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What a caller sends: a name that is not known is refused, not passed over."""
