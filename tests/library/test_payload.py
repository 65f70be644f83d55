"""Arguments and results: what fits the signature, what comes back, what is refused."""

import __future__

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, Literal, cast
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queuectl_worker import Context, InvalidArguments, InvalidTask
from queuectl_worker.payload import Signature, result_text, to_json_value


class Colour(Enum):
    RED = "red"


@dataclass
class Order:
    id: int
    at: datetime
    lines: list[Decimal] = field(default_factory=list)


def there_and_back(kind: Any, value: Any) -> Any:
    """What a function with a parameter of *kind* gets when a caller gives *value*."""

    def function(x: Any) -> None: ...

    function.__annotations__["x"] = kind
    signature = Signature(function, "f")
    args, kwargs = signature.pack((value,), {})
    (back,), _ = signature.unpack(args, kwargs)
    return back


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (int, 2**70),
        (str, "ünï\udcff"),
        (bytes, b"\x00\xff"),
        (datetime, datetime(2026, 11, 29, 12, 0, 0, 1, tzinfo=UTC)),
        (date, date(2026, 2, 28)),
        (timedelta, timedelta(days=1, microseconds=1)),
        (Decimal, Decimal("0.10")),
        (UUID, UUID("0b7e3a52-8c1d-4f6e-9a20-5d3c6e1f7b94")),
        (Path, Path("a/b")),
        (Colour, Colour.RED),
        (Order, Order(1, datetime(2026, 1, 1, tzinfo=UTC), [Decimal("1.20")])),
        (list[Order], [Order(1, datetime(2026, 1, 1, tzinfo=UTC))]),
        (dict[str, Path], {"a": Path("b")}),
        (dict[int, str], {1: "a"}),
        (set[int], {1, 2}),
        (tuple[int, ...], (1, 2)),
        (int | None, None),
        (Literal["a", "b"], "b"),
    ],
    ids=str,
)
def test_an_annotated_argument_comes_back_as_it_was(kind: Any, value: Any) -> None:
    assert there_and_back(kind, value) == value


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON)
def test_json_values_come_back_as_they_were_without_any_annotation(value: Any) -> None:
    assert there_and_back(Any, value) == value


@pytest.mark.parametrize(
    ("call", "complaint"),
    [
        (lambda s: s.pack((), {}), "missing a required argument: 'path'"),
        (lambda s: s.pack(("a", 1, 2), {}), "too many positional arguments"),
        (lambda s: s.pack(("a",), {"wide": 1}), "unexpected keyword argument 'wide'"),
        (lambda s: s.pack((7,), {}), "the argument 'path': Expected `str`, got `int`"),
        (lambda s: s.pack(("a", "b"), {}), "the argument 'width': Expected `int`, got `str`"),
        (lambda s: s.unpack((7,), {}), "the argument 'path': Expected `str`, got `int`"),
    ],
)
def test_arguments_that_do_not_fit_the_signature_are_refused_with_its_word(
    call: Callable[[Signature], object], complaint: str
) -> None:
    def thumbnail(path: str, width: int = 200) -> None: ...

    with pytest.raises(InvalidArguments) as refused:
        call(Signature(thumbnail, "thumbnail"))

    assert str(refused.value).startswith("thumbnail: ")
    assert complaint in str(refused.value)


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        (object(), "JSON cannot carry a object"),
        (lambda: 1, "JSON cannot carry a function"),
        (float("nan"), "Out of range float values"),
        (float("inf"), "Out of range float values"),
        ({(1, 2): 3}, "Only dicts with str-like"),
    ],
    ids=["object", "function", "nan", "inf", "key"],
)
def test_what_json_cannot_carry_is_refused_before_it_is_stored(value: Any, complaint: str) -> None:
    def function(x): ...  # type: ignore[no-untyped-def]

    with pytest.raises(InvalidArguments, match=complaint):
        Signature(function, "f").pack((value,), {})


def test_a_value_that_holds_itself_is_refused() -> None:
    def function(x: list[Any]) -> None: ...

    endless: list[Any] = []
    endless.append(endless)

    with pytest.raises(InvalidArguments):
        Signature(function, "f").pack((endless,), {})


def test_a_parameter_of_a_type_that_json_cannot_carry_is_refused_when_the_task_is_made() -> None:
    class Connection: ...

    def function(connection: Connection) -> None: ...

    function.__annotations__["connection"] = Connection
    with pytest.raises(InvalidTask, match="parameter 'connection'"):
        Signature(function, "f")


def test_the_context_is_not_the_callers_to_give() -> None:
    def function(ctx: Context, n: int) -> None: ...

    signature = Signature(function, "f")

    assert signature.pack((1,), {}) == ((1,), {})
    with pytest.raises(InvalidArguments, match="unexpected keyword argument 'ctx'"):
        signature.pack((1,), {"ctx": None})


def test_lists_of_arguments_are_checked_one_by_one() -> None:
    def function(*paths: Path, **sizes: int) -> None: ...

    signature = Signature(function, "f")

    packed = signature.pack((Path("a"), Path("b")), {"x": 1})
    assert packed == (("a", "b"), {"x": 1})
    assert signature.unpack(*packed) == ((Path("a"), Path("b")), {"x": 1})
    with pytest.raises(InvalidArguments, match="'sizes'"):
        signature.pack((), {"x": "big"})


def test_a_result_is_compact_json_and_none_is_none() -> None:
    assert result_text(None) is None
    assert result_text(Order(1, datetime(2026, 1, 1, tzinfo=UTC))) == (
        '{"id":1,"at":"2026-01-01T00:00:00Z","lines":[]}'
    )
    assert to_json_value({1: (2,)}) == {"1": (2,)}


def first(ctx: Context, n: int, m: int = 2) -> list[object]:
    return [ctx, n, m]


def between(n: int, ctx: Context, m: int = 2) -> list[object]:
    return [ctx, n, m]


def by_name(n: int, m: int = 2, *, ctx: Context) -> list[object]:
    return [ctx, n, m]


def perhaps(n: int, m: int = 2, ctx: Context | None = None) -> list[object]:
    return [ctx, n, m]


def before_many(ctx: Context, *numbers: int) -> list[object]:
    return [ctx, *numbers]


@pytest.mark.parametrize("function", [first, between, by_name, perhaps])
@pytest.mark.parametrize(
    ("args", "kwargs"), [((1,), {}), ((1, 2), {}), ((), {"n": 1}), ((1,), {"m": 2})]
)
def test_the_run_is_given_wherever_its_parameter_stands(
    function: Callable[..., list[object]], args: tuple[int, ...], kwargs: dict[str, int]
) -> None:
    signature, run = Signature(function, "f"), cast("Context", object())

    packed = signature.pack(args, kwargs)
    given_args, given_kwargs = signature.with_context(*signature.unpack(*packed), run)

    assert function(*given_args, **given_kwargs) == [run, 1, 2]


def test_the_run_comes_before_any_number_of_arguments() -> None:
    signature, run = Signature(before_many, "f"), cast("Context", object())

    args, kwargs = signature.with_context(*signature.unpack((1, 2, 3), {}), run)

    assert before_many(*args, **kwargs) == [run, 1, 2, 3]


def test_what_only_type_checkers_import_needs_no_quotes() -> None:
    """Where annotations are evaluated late: by Python itself from 3.14 on, before if asked for."""
    late = 0 if sys.version_info >= (3, 14) else __future__.annotations.compiler_flag
    text = "def function(a: NowhereAtAll, n: int) -> NowhereAtAll: ..."
    names: dict[str, Any] = {}
    exec(compile(text, "tasks.py", "exec", flags=late, dont_inherit=True), names)

    signature = Signature(names["function"], "f")

    with pytest.raises(InvalidArguments, match="'n': Expected `int`"):
        signature.pack(("anything", "x"), {})
    assert signature.pack(("anything", 1), {}) == (("anything", 1), {})


def test_one_annotation_that_cannot_be_resolved_leaves_the_others() -> None:
    """A name that is imported for type checkers alone is not there when the program runs."""

    def function(a: "NowhereAtAll", n: int, ctx: Context) -> None: ...  # type: ignore[name-defined]  # noqa: F821

    signature = Signature(function, "f")

    with pytest.raises(InvalidArguments, match="'n': Expected `int`"):
        signature.pack(("anything", "x"), {})
    assert signature.pack(("anything", 1), {}) == (("anything", 1), {})
