"""The picture of a job's states in docs/internals.md is the transition table, arrow for arrow."""

import re
from pathlib import Path

from queuectl_store import TRANSITIONS, WAITING, JobState, Verb

INTERNALS = Path(__file__).parents[2] / "docs" / "internals.md"
# Said in a sentence below the picture: they leave every waiting state alike.
IN_WORDS = {Verb.HOLD, Verb.CANCEL}
ARROW = re.compile(r"^    (\w+|\[\*\]) --> (\w+): (.+)$", re.MULTILINE)


def drawn() -> set[tuple[str, str, str]]:
    return {
        (source, target, verb)
        for source, target, verbs in ARROW.findall(INTERNALS.read_text("utf-8"))
        if source != "[*]"
        for verb in verbs.split(", ")
    }


def in_the_table() -> set[tuple[str, str, str]]:
    return {
        (source.value, target.value, verb.value)
        for verb, move in TRANSITIONS.items()
        if verb not in IN_WORDS
        for source in move.sources - move.stays
        for target in move.targets
        if verb is not Verb.EDIT or target is not source
    }


def test_the_drawn_arrows_are_the_transition_table() -> None:
    assert drawn() == in_the_table()


def test_the_sentence_about_waiting_jobs_is_true() -> None:
    assert TRANSITIONS[Verb.CANCEL].sources == WAITING
    assert TRANSITIONS[Verb.HOLD].sources == WAITING - {JobState.HELD}
    assert TRANSITIONS[Verb.EDIT].sources == WAITING | {JobState.DEAD}
