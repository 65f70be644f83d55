"""A job that is kept as text comes back as the same job, whatever it says."""

import dataclasses
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queuectl_store import Argv, Backoff, InvalidJob, NewJob, Shell, Task, Warn
from queuectl_store.relations import (
    Dependency,
    Needs,
    OnDependencyFailure,
    OnDuplicate,
    Unique,
    UniqueScope,
)
from queuectl_store.template import from_json, to_json
from queuectl_store.trace import Trace

# Lone surrogates too: bytes that are not UTF-8 are kept as such.
ANY_TEXT = st.text(st.characters(codec=None), max_size=20)
NUMBERS = st.integers(-(2**63), 2**63)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.floats(allow_nan=False, allow_infinity=False)
    | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
VARIABLES = st.dictionaries(ANY_TEXT, ANY_TEXT, max_size=3)
WORK = (
    st.builds(Argv, argv=st.lists(ANY_TEXT).map(tuple))
    | st.builds(Shell, script=ANY_TEXT)
    | st.builds(
        Task,
        name=ANY_TEXT,
        args=st.lists(JSON, max_size=3).map(tuple),
        kwargs=st.dictionaries(ANY_TEXT, JSON, max_size=3),
    )
)
CODES = st.none() | st.frozensets(st.integers(1, 4_294_967_295), max_size=3)
DEPENDENCY = st.builds(Dependency, parent=NUMBERS | ANY_TEXT, needs=st.sampled_from(Needs))
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "work": WORK,
    "queue": ANY_TEXT,
    "priority": NUMBERS,
    "name": st.none() | ANY_TEXT,
    "tags": VARIABLES,
    "cwd": st.none() | ANY_TEXT,
    "environment": st.none() | VARIABLES,
    "env": VARIABLES,
    "delay_ms": st.none() | NUMBERS,
    "run_at": st.none() | NUMBERS,
    "hold": st.booleans(),
    "max_retries": st.none() | NUMBERS,
    "timeout_ms": st.none() | NUMBERS,
    "backoff": st.none()
    | st.builds(Backoff, base=st.floats(1, 9), max_s=st.floats(0, 9e9), jitter=st.floats(0, 1)),
    "exit_retry": CODES,
    "exit_dead": CODES,
    "memory": st.none() | NUMBERS,
    "warn": st.none()
    | st.builds(Warn, signal=st.sampled_from(["USR1", "TERM"]), before_ms=NUMBERS),
    "split_output": st.booleans(),
    "left_to_task": st.sampled_from([(), ("max_retries",), ("backoff", "timeout_ms")]),
    "input": st.none() | ANY_TEXT,
    "key": st.none() | ANY_TEXT,
    "slots": NUMBERS,
    "concurrency_key": st.none() | ANY_TEXT,
    "resources": st.dictionaries(ANY_TEXT, NUMBERS, max_size=3),
    "group": st.none() | ANY_TEXT,
    "after": st.lists(st.lists(DEPENDENCY, max_size=3).map(tuple), max_size=3).map(tuple),
    "on_dep_failure": st.sampled_from(OnDependencyFailure),
    "unique": st.none()
    | st.builds(
        Unique,
        key=ANY_TEXT,
        scope=st.sampled_from(UniqueScope),
        lasts_ms=st.none() | NUMBERS,
        while_waiting=st.booleans(),
        on_duplicate=st.sampled_from(OnDuplicate),
    ),
    "trace": st.none()
    | st.builds(
        Trace, traceparent=ANY_TEXT, tracestate=st.none() | ANY_TEXT, baggage=st.none() | ANY_TEXT
    ),
}


def test_every_field_of_a_job_is_tried() -> None:
    """A field that is added to NewJob has to be added here."""
    assert {field.name for field in dataclasses.fields(NewJob)} == FIELDS.keys()


@given(st.builds(NewJob, **FIELDS))
def test_a_job_comes_back_as_it_was_written(new: NewJob) -> None:
    text = to_json(new)

    assert text.isascii()
    assert from_json(text) == new


def test_defaults_are_left_out() -> None:
    assert json.loads(to_json(NewJob(work=Shell(script="true")))) == {"spec": {"shell": "true"}}


def test_a_field_of_a_newer_version_is_refused_by_name() -> None:
    with pytest.raises(InvalidJob, match="'colour', which needs a newer version"):
        from_json('{"spec":{"shell":"true"},"colour":"red"}')


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"spec":{}}', '{"spec":{"shell":"true"},"unique":{"key":"k"}}',
     '{"spec":{"shell":"true"},"after":[[[1]]]}', '{"spec":{"shell":"true"},"after":[[[1,"x"]]]}'],
)  # fmt: skip
def test_text_that_is_no_job_is_refused(text: str) -> None:
    with pytest.raises(InvalidJob, match="cannot be read"):
        from_json(text)


def test_arguments_that_do_not_fit_json_are_refused() -> None:
    with pytest.raises(InvalidJob, match="do not fit JSON"):
        to_json(NewJob(work=Task(name="t", args=(object(),))))
