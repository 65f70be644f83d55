"""What a caller may do. Each role may do all that the ones below it may."""

from enum import IntEnum


class Role(IntEnum):
    """The right that a route asks for, and that a token gives.

    Attributes:
        METRICS: Scrape `/metrics`, and nothing else.
        VIEWER: Look at everything but tokens and the audit log.
        OPERATOR: Act on jobs, queues, schedules and workers that are there.
        ADMIN: Say what is run and by which rules, and delete: who can enqueue can run anything.
    """

    METRICS = 0
    VIEWER = 1
    OPERATOR = 2
    ADMIN = 3

    @property
    def word(self) -> str:
        """The role as people and programs write it."""
        return self.name.lower()


def read_role(word: str) -> Role:
    """Return the role that is called *word*.

    Raises:
        ValueError: There is none.
    """
    for role in Role:
        if role.word == word:
            return role
    raise ValueError(f"there is no role {word[:40]!r}; there are {', '.join(r.word for r in Role)}")
