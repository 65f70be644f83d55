"""The standard library's `dataclass` for frozen values with slots, made when they are first used.

Type checkers see the standard library's own (`values.pyi`). It compiles six methods for each class
that is defined; a command defines dozens, uses few, and was kept waiting for a third of its time.
"""

import dataclasses
from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import Any

_LEFT_OUT = object()


def dataclass(*, frozen: bool, slots: bool, kw_only: bool = False) -> Callable[[type], type]:
    """Make a class a dataclass as `dataclasses.dataclass` does, with `frozen` and `slots` set.

    `fields`, `replace`, `is_dataclass`, `match` and `pickle` take it as one.

    Raises:
        TypeError: It is not frozen, has no slots, or inherits from a dataclass: use the standard
            library's then.
    """

    def value(cls: type) -> type:
        if not (frozen and slots) or dataclasses.is_dataclass(cls):
            raise TypeError(f"{cls.__name__} is not a plain value; use dataclasses.dataclass")
        # Otherwise the standard library writes one, by compiling what it would describe.
        cls.__doc__ = cls.__doc__ or cls.__name__
        made = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True, kw_only=kw_only)
        return _with_methods(made(cls))

    return value


def _with_methods(cls: type) -> type:
    described: Any = cls
    described.__dataclass_params__.frozen = True
    if "__init__" not in cls.__dict__:
        described.__init__ = _FirstInit(cls)
    for name, method in _methods(dataclasses.fields(described)):
        if name not in cls.__dict__:
            setattr(cls, name, method)
    return cls


class _FirstInit:
    """Stands for `__init__` until somebody looks at it: an instance is made, or it is inspected."""

    def __init__(self, cls: type) -> None:
        self._cls = cls

    def __get__(self, instance: object, owner: type) -> Any:
        init = _init(self._cls)
        # Two threads may both come here; both make the same function.
        self._cls.__init__ = init  # type: ignore[misc]
        return init if instance is None else init.__get__(instance, owner)


def _init(cls: Any) -> Any:
    """Compile `__init__`: it sets each slot, and calls `__post_init__` if there is one."""
    scope: dict[str, Any] = {"_LEFT_OUT": _LEFT_OUT}
    plain, named, body = ["self"], [], []
    for field in dataclasses.fields(cls):
        name = field.name
        # The slot's own setter: what `__setattr__` refuses, and faster than object's.
        scope[f"_set_{name}"] = getattr(cls, name).__set__
        scope[f"_default_{name}"] = field.default
        scope[f"_make_{name}"] = field.default_factory
        given, value = name, name
        if field.default is not dataclasses.MISSING:
            given = f"{name}=_default_{name}"
        elif field.default_factory is not dataclasses.MISSING:
            given = f"{name}=_LEFT_OUT"
            value = f"_make_{name}() if {name} is _LEFT_OUT else {name}"
        (named if field.kw_only else plain).append(given)
        body.append(f"    _set_{name}(self, {value})")
    if hasattr(cls, "__post_init__"):
        body.append("    self.__post_init__()")
    star = ["*", *named] if named else []
    text = "\n".join([f"def __init__({', '.join([*plain, *star])}):", *(body or ["    pass"])])
    exec(text, scope)  # noqa: S102 as the standard library does, of names that Python took
    init = scope["__init__"]
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    init.__annotations__ = {each.name: each.type for each in dataclasses.fields(cls)}
    init.__annotations__["return"] = None
    return init


def _methods(fields: tuple[Any, ...]) -> Iterator[tuple[str, Any]]:
    """Yield the other methods, which need no compiling."""
    names = tuple(field.name for field in fields)
    compared = _getter([field.name for field in fields if field.compare])
    shown = [field.name for field in fields if field.repr]

    def show(self: Any) -> str:
        said = ", ".join(f"{name}={getattr(self, name)!r}" for name in shown)
        return f"{self.__class__.__qualname__}({said})"

    def equals(self: Any, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return bool(compared(self) == compared(other))

    def hashed(self: Any) -> int:
        return hash(compared(self))

    def state(self: Any) -> list[Any]:
        return [getattr(self, name) for name in names]

    def restore(self: Any, values: list[Any]) -> None:
        for name, value in zip(names, values, strict=True):
            object.__setattr__(self, name, value)

    yield "__repr__", show
    yield "__eq__", equals
    yield "__hash__", hashed
    yield "__setattr__", _refuse_setting
    yield "__delattr__", _refuse_deleting
    yield "__getstate__", state
    yield "__setstate__", restore


def _getter(names: list[str]) -> Callable[[Any], tuple[Any, ...]]:
    """Return what reads these attributes as a tuple, whatever their number."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda self: tuple(getattr(self, name) for name in names)


def _refuse_setting(self: object, name: str, _value: object) -> None:  # noqa: ARG001 the protocol's
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_deleting(self: object, name: str) -> None:  # noqa: ARG001 the protocol's
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")
