"""All rule sets together, and all parts of the model."""

from typing import ClassVar

from tests.properties.allowances import AllowanceModel, Allowances
from tests.properties.clocks import Clocks
from tests.properties.corrections import Correcting, CorrectionModel
from tests.properties.dependencies import Depending
from tests.properties.membership import Membership
from tests.properties.model import Model
from tests.properties.pruning import Pruning
from tests.properties.queues import Queues
from tests.properties.recurring import Recurring, RecurringModel
from tests.properties.uniques import Uniques


class WholeModel(AllowanceModel, CorrectionModel, RecurringModel):
    """The model of everything."""


class Everything(
    Allowances, Membership, Correcting, Uniques, Recurring, Depending, Queues, Pruning, Clocks
):
    """Every rule there is."""

    model_type: ClassVar[type[Model]] = WholeModel
