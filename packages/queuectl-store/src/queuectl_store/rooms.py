"""The parts of a store, each made and imported when it is asked for first.

A program that uses one of them waits for none of the others (docs/decisions/0034).
"""

from functools import cached_property
from typing import TYPE_CHECKING

from queuectl_store.enqueue.intake import Intake

if TYPE_CHECKING:
    from queuectl_store.admin import Admin
    from queuectl_store.dead import DeadLetters
    from queuectl_store.hooks.verbs import Hooks
    from queuectl_store.limits.upkeep import LimitsUpkeep
    from queuectl_store.outputs import Outputs
    from queuectl_store.rehearsal import Rehearsal
    from queuectl_store.rollups.rollups import Rollups
    from queuectl_store.schedules.verbs import Schedules
    from queuectl_store.upkeep.maintenance import Maintenance


class Rooms(Intake):
    """What a store offers beside its hot path."""

    @cached_property
    def admin(self) -> "Admin":
        """What people do to jobs, queues and workers."""
        from queuectl_store.admin import Admin

        return Admin(self._database)

    @cached_property
    def schedules(self) -> "Schedules":
        """Recurring jobs."""
        from queuectl_store.schedules.verbs import Schedules

        return Schedules(self._database)

    @cached_property
    def hooks(self) -> "Hooks":
        """Who is told of what happens."""
        from queuectl_store.hooks.verbs import Hooks

        return Hooks(self._database)

    @cached_property
    def limits(self) -> "LimitsUpkeep":
        """The upkeep of limits."""
        from queuectl_store.limits.upkeep import LimitsUpkeep

        return LimitsUpkeep(self._database)

    @cached_property
    def maintenance(self) -> "Maintenance":
        """The care of the whole store."""
        from queuectl_store.upkeep.maintenance import Maintenance

        return Maintenance(self._database)

    @cached_property
    def rollups(self) -> "Rollups":
        """What happened how often, and how many jobs there are."""
        from queuectl_store.rollups.rollups import Rollups

        return Rollups(self._database)

    @cached_property
    def dead(self) -> "DeadLetters":
        """The dead letter queue."""
        from queuectl_store.dead import DeadLetters

        return DeadLetters(self._database, self.admin)

    @cached_property
    def outputs(self) -> "Outputs":
        """What runs printed, where the store has it."""
        from queuectl_store.outputs import Outputs

        return Outputs(self._database)

    def rehearsal(self) -> "Rehearsal":
        """Return the verbs of `admin` and `dead` that say what they would do, and undo it."""
        from queuectl_store.rehearsal import Rehearsal

        return Rehearsal(self._database)
