"""What was asked for, whichever way it was asked."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queuectl.exits import UsageProblem
from queuectl.spec import JobSpec, spec_from_document, spec_from_text, spec_from_words
from queuectl_store import Argv, Shell, Task, Warn

WORDS = st.binary().map(lambda raw: raw.replace(b"\0", b"").decode("utf-8", "surrogateescape"))


@given(st.lists(WORDS, min_size=2).filter(lambda words: words[0]))
def test_several_words_are_an_argv_to_the_byte(words: list[str]) -> None:
    assert spec_from_words(words).work == Argv(argv=tuple(words))


@given(WORDS.filter(lambda word: word.strip() and not word.startswith("{")))
def test_one_word_is_a_shell_command_to_the_byte(word: str) -> None:
    assert spec_from_words([word]).work == Shell(script=word)


@given(st.lists(WORDS, min_size=1).filter(lambda words: words[0]))
def test_a_list_in_a_spec_is_the_same_argv(words: list[str]) -> None:
    text = json.dumps({"command": words})

    assert spec_from_text(text).work == Argv(argv=tuple(words))


def test_every_key_of_a_spec_is_read() -> None:
    spec = spec_from_document(
        {
            "command": "sleep 2",
            "queue": "q",
            "priority": "high",
            "name": "n",
            "tags": {"a": "b"},
            "env": {"E": "1"},
            "cwd": "/tmp",
            "delay": "1m",
            "timeout": 1.5,
            "memory": "1.5G",
            "signal": "SIGUSR1@250ms",
            "split_output": True,
            "max_retries": 0,
            "backoff_base": 3,
            "backoff_max": "2m",
            "hold": True,
            "key": "k",
        }
    )

    assert spec == JobSpec(
        work=Shell(script="sleep 2"),
        queue="q",
        priority=10,
        name="n",
        tags={"a": "b"},
        env={"E": "1"},
        cwd="/tmp",
        delay_ms=60_000,
        timeout_ms=1_500,
        memory=3 << 29,
        warn=Warn(signal="USR1", before_ms=250),
        split_output=True,
        max_retries=0,
        backoff_base=3.0,
        backoff_max_s=120.0,
        hold=True,
        key="k",
    )


def test_a_task_is_read_with_its_arguments() -> None:
    spec = spec_from_document({"task": "mail.send", "args": [1], "kwargs": {"to": "x"}})

    assert spec.work == Task(name="mail.send", args=(1,), kwargs={"to": "x"})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("{", "not JSON"),
        ("{ echo hi; }", "needs a space before it"),
        ('{"comand": "x"}', "did you mean 'command'"),
        ("{}", "exactly one of"),
        ('{"command": null}', "exactly one of"),
        ('{"command": ""}', "command is empty"),
        ('{"command": []}', "command is empty"),
        ('{"command": {}}', "command must be text, got an object"),
        ('{"command": ["a", 1]}', "command must be text, got a number"),
        ('{"command": "a", "argv": ["b"]}', "exactly one of"),
        ('{"command": "a", "shell": false}', "must be a list of strings"),
        ('{"command": ["a"], "shell": true}', "runs without a shell"),
        ('{"argv": "a b"}', "must be a list of strings"),
        ('{"command": "a\\u0000b"}', "NUL"),
        ('{"command": "a", "args": [1]}', "belong to a task"),
        ('{"task": "t", "args": {}}', "args must be a list"),
        ('{"command": "a", "max_retries": "abc"}', "max_retries must be a whole number, got text"),
        ('{"command": "a", "max_retries": -1}', "0 or more"),
        ('{"command": "a", "max_retries": true}', "whole number"),
        ('{"command": "a", "priority": "urgent"}', "'urgent' is not a priority"),
        ('{"command": "a", "tags": ["x"]}', "tags must be an object"),
        ('{"command": "a", "env": {"A": 1}}', "env.A must be text"),
        ('{"command": "a", "delay": "soon"}', "delay 'soon' is not a length of time"),
        ('{"command": "a", "timeout": NaN}', "timeout must be a length of time"),
        ('{"command": "a", "run_at": "garbage"}', "'garbage' is not a time"),
        ('{"command": "a", "memory": "much"}', "memory 'much': write a size like"),
        ('{"command": "a", "memory": -1}', "0 or more"),
        ('{"command": "a", "signal": "USR1"}', "NAME@TIME such as USR1@60"),
        ('{"command": "a", "signal": "USR1@soon"}', "not a length of time"),
        ('{"command": "a", "split_output": 1}', "split_output must be true or false"),
        ('{"command": "a", "hold": "yes"}', "hold must be true or false"),
        ('{"command": "a", "delay": 1, "at": "18:30"}', "not both"),
        ("{" * 100_000, "not JSON"),
    ],
)
def test_a_bad_spec_is_refused_by_name(text: str, said: str) -> None:
    with pytest.raises(UsageProblem, match=said.replace("(", r"\(")):
        spec_from_text(text)


def test_the_command_line_wins_over_a_spec_and_tags_are_joined() -> None:
    written = JobSpec(queue="a", priority=1, delay_ms=5, tags={"x": "1", "y": "1"})
    typed = JobSpec(queue="b", run_at=9, tags={"y": "2"})

    both = written.overridden_by(typed)

    assert both == JobSpec(queue="b", priority=1, run_at=9, tags={"x": "1", "y": "2"})
