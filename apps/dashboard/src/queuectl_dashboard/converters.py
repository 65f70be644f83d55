"""Parts of a path: what is no id or name finds no route, and never reaches the store."""

from werkzeug.routing import BaseConverter, ValidationError


class IdConverter(BaseConverter):
    """An id in a path. Python's own integers would take any number of digits."""

    regex = "[1-9][0-9]{0,18}"

    def to_python(self, value: str) -> int:
        """Read the id; one that no database can hold is no id."""
        if int(value) >= 2**63:
            raise ValidationError
        return int(value)


class NameConverter(BaseConverter):
    """A name in a path, which may have slashes: names of queues and schedules do."""

    regex = "[^/].*?"
    part_isolating = False

    def to_python(self, value: str) -> str:
        """Read the name; control characters, and what was no UTF-8, are in none."""
        if len(value) > 200 or not value.isprintable():
            raise ValidationError
        return value
