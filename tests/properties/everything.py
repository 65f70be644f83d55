"""All rule sets together."""

from tests.properties.clocks import Clocks
from tests.properties.enqueueing import Enqueueing
from tests.properties.people import People
from tests.properties.running import Running


class Everything(Enqueueing, People, Clocks, Running):
    """Every rule there is."""
