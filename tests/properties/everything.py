"""All rule sets together, and all parts of the model."""

from typing import ClassVar

from tests.properties.clocks import Clocks
from tests.properties.model import Model
from tests.properties.people import People
from tests.properties.pruning import PruneModel, Pruning
from tests.properties.queues import QueueModel, Queues


class WholeModel(QueueModel, PruneModel):
    """The model of everything."""


class Everything(Queues, Pruning, People, Clocks):
    """Every rule there is."""

    model_type: ClassVar[type[Model]] = WholeModel
