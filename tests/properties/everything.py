"""All rule sets together."""

from tests.properties.clocks import Clocks
from tests.properties.enqueueing import Enqueueing
from tests.properties.people import People


class Everything(People, Clocks, Enqueueing):
    """Every rule there is."""
