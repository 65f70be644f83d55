"""All rule sets together, and all parts of the model."""

from typing import ClassVar

from tests.properties.clocks import Clocks
from tests.properties.dependencies import DependencyModel, Depending
from tests.properties.model import Model
from tests.properties.pruning import Pruning
from tests.properties.queues import QueueModel, Queues


class WholeModel(DependencyModel, QueueModel):
    """The model of everything."""


class Everything(Depending, Queues, Pruning, Clocks):
    """Every rule there is."""

    model_type: ClassVar[type[Model]] = WholeModel
