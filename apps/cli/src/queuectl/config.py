"""Settings from every place that can hold one, each value with its origin.

First wins: the command line, `QUEUECTL_*` variables, the store, `queuectl.toml`, defaults.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from queuectl.exits import UsageProblem
from queuectl_store import SETTINGS, InvalidSetting
from queuectl_store.values import dataclass

PREFIX = "QUEUECTL_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """The settings that one place holds, as text."""

    origin: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A setting in force and where it came from."""

    name: str
    text: str
    origin: str


class Settings:
    """The layers, strongest first."""

    def __init__(self, layers: Sequence[Layer]) -> None:
        self._layers = tuple(layers)

    def value(self, name: str) -> Value:
        """Return the value in force.

        Raises:
            UsageProblem: There is no setting of that name.
        """
        known = check_name(name)
        for layer in self._layers:
            if known in layer.values:
                return Value(name=known, text=layer.values[known], origin=layer.origin)
        return Value(name=known, text=SETTINGS[known].default, origin="default")

    def typed(self, name: str) -> Any:
        """Return the value in force as its kind.

        Raises:
            UsageProblem: The text is not a value of its kind; the message names its origin.
        """
        value = self.value(name)
        try:
            return SETTINGS[name].parse(value.text)
        except InvalidSetting as error:
            raise UsageProblem(f"{name} from {value.origin}: {error}") from error

    def all(self) -> list[Value]:
        """Return every setting, in the order of the documentation."""
        return [self.value(name) for name in SETTINGS]

    def text_from(self, *origins: str) -> dict[str, str]:
        """Return what the layers of these origins say, strongest first."""
        chosen = [layer.values for layer in reversed(self._layers) if layer.origin in origins]
        return {name: text for values in chosen for name, text in values.items()}


def environment_layers(environ: Mapping[str, str]) -> list[Layer]:
    """Return a layer for each setting that a `QUEUECTL_*` variable gives."""
    return [
        Layer(origin=variable, values={name: environ[variable]})
        for name in SETTINGS
        if (variable := PREFIX + name.upper()) in environ
    ]


def file_layer(path: Path) -> Layer:
    """Read a `queuectl.toml`.

    Raises:
        UsageProblem: It is not TOML, or names a setting that does not exist.
    """
    # Imported here: most commands find no file.
    import tomllib

    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise UsageProblem(f"cannot read the settings in {str(path)!r}: {error}") from error
    values = {
        check_name(name, where=str(path)): _text(name, raw, path) for name, raw in content.items()
    }
    return Layer(origin=str(path), values=values)


def check_name(name: str, *, where: str | None = None) -> str:
    """Return *name* as settings are written.

    Raises:
        UsageProblem: There is no such setting; the nearest one is suggested.
    """
    known = name.replace("-", "_")
    if known in SETTINGS:
        return known
    place = f" in {where!r}" if where else ""
    hint = nearest(known, SETTINGS) or "`queuectl config list` shows them all"
    raise UsageProblem(f"there is no setting {name!r}{place}; {hint}")


def nearest(word: str, words: Iterable[str]) -> str | None:
    """Return a question that offers the most similar of *words*, or None."""
    # Imported here: only a mistake needs it.
    import difflib

    close = difflib.get_close_matches(word, list(words), n=1)
    return f"did you mean {close[0]!r}?" if close else None


def _text(name: str, raw: object, path: Path) -> str:
    match raw:
        case bool():
            return str(raw).lower()
        case str() | int() | float():
            return str(raw)
        case list() if all(isinstance(item, str | int) for item in raw):
            return ",".join(map(str, raw))
        case _:
            raise UsageProblem(f"{name} in {str(path)!r} must be a plain value or a list of them")
