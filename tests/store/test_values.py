"""Our dataclass for values does what the standard library's does."""

import copy
import dataclasses
import inspect
import pickle
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from queuectl_store import values

Maker = Callable[..., Callable[[type], type]]
ours: Maker = vars(values)["dataclass"]
theirs: Maker = dataclasses.dataclass


def point(maker: Maker, *, kw_only: bool = False) -> Any:
    class Point:
        """A class with each kind of field that a value of ours has."""

        x: int
        y: "int | None" = None
        tags: list[str] = dataclasses.field(default_factory=list)
        secret: str = dataclasses.field(default="", repr=False)
        note: str = dataclasses.field(default="", compare=False)

        def __post_init__(self) -> None:
            if self.x < 0:
                raise ValueError("x is negative")

    return maker(frozen=True, slots=True, kw_only=kw_only)(Point)


@values.dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One that `pickle` finds."""

    left: int
    right: str = "r"


class Calls:
    """What to try with a class, by name."""

    said = staticmethod(lambda cls: repr(cls(x=1, tags=["a"], secret="s")))
    equal = staticmethod(lambda cls: cls(x=1, note="a") == cls(x=1, note="b"))
    unequal = staticmethod(lambda cls: cls(x=1, secret="a") == cls(x=1, secret="b"))
    other_kind = staticmethod(lambda cls: cls(x=1) == 1)
    hashed = staticmethod(lambda cls: hash(cls(x=1)))
    replaced = staticmethod(lambda cls: repr(dataclasses.replace(cls(x=1), x=2)))
    checked = staticmethod(lambda cls: cls(x=-1))
    missing = staticmethod(lambda cls: cls())
    unknown = staticmethod(lambda cls: cls(x=1, z=2))
    positional = staticmethod(lambda cls: repr(cls(1, 2)))
    set_once = staticmethod(lambda cls: setattr(cls(x=1), "x", 2))
    deleted = staticmethod(lambda cls: delattr(cls(x=1), "x"))
    no_dict = staticmethod(lambda cls: hasattr(cls(x=1), "__dict__"))
    signature = staticmethod(lambda cls: [*inspect.signature(cls).parameters])
    hints = staticmethod(lambda cls: inspect.get_annotations(cls.__init__))
    fields = staticmethod(lambda cls: [field.name for field in dataclasses.fields(cls)])
    matched = staticmethod(lambda cls: cls.__match_args__)
    a_dict = staticmethod(lambda cls: dataclasses.asdict(cls(x=1, tags=["a"])))
    own_list = staticmethod(lambda cls: cls(x=1).tags is cls(x=1).tags)
    copied = staticmethod(lambda cls: repr(copy.deepcopy(cls(x=1, tags=["a"]))))


def told(call: Callable[[Any], object], cls: Any) -> object:
    """Return what *call* returns, or the error that it raises."""
    try:
        return call(cls)
    except Exception as error:  # noqa: BLE001 whatever it is, both raise it
        return type(error), str(error)


@pytest.mark.parametrize("kw_only", [False, True])
@pytest.mark.parametrize("name", [name for name in vars(Calls) if not name.startswith("_")])
def test_a_value_does_what_a_dataclass_does(name: str, *, kw_only: bool) -> None:
    call = getattr(Calls, name)

    assert told(call, point(ours, kw_only=kw_only)) == told(call, point(theirs, kw_only=kw_only))


def test_a_value_of_one_field_compares_as_a_dataclass_does() -> None:
    """As a tuple, which takes what does not even equal itself for the same."""
    nan = float("nan")

    def single(maker: Maker) -> Any:
        class Single:
            """One."""

            x: float

        return maker(frozen=True, slots=True)(Single)(nan)

    ours_, theirs_ = single(ours), single(theirs)
    assert (ours_ == copy.copy(ours_)) == (theirs_ == copy.copy(theirs_))


def test_a_new_attribute_is_refused() -> None:
    """The standard library's with slots raises TypeError in some versions of Python."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        Pair(left=1).middle = 2  # type: ignore[attr-defined]


def test_a_value_is_pickled_and_copied() -> None:
    pair = Pair(left=1)

    assert pickle.loads(pickle.dumps(pair)) == copy.copy(pair) == pair


@pytest.mark.parametrize("options", [{"frozen": False}, {"slots": False}])
def test_what_is_no_plain_value_is_refused(options: dict[str, bool]) -> None:
    with pytest.raises(TypeError, match=r"use dataclasses\.dataclass"):
        ours(**{"frozen": True, "slots": True, **options})(type("Open", (), {}))


def test_a_dataclass_is_refused_as_a_parent() -> None:
    with pytest.raises(TypeError, match=r"use dataclasses\.dataclass"):
        ours(frozen=True, slots=True)(type("Below", (Pair,), {}))


def test_what_nobody_makes_is_not_compiled() -> None:
    """That is why the module exists: the start of a command defines dozens and makes a few."""
    code = "import queuectl_store.job as j; print(type(vars(j.Job)['__init__']).__name__)"

    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert said.stdout.strip() == "_FirstInit"
