"""Decision records are short, numbered once, and all of one form."""

import re
from collections import Counter
from pathlib import Path

import pytest

from scripts.bootstrap import ROOT

RECORDS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
NAME = re.compile(r"^\d{4}(-[a-z0-9]+)+\.md$")
SECTIONS = ["Context", "Decision", "Consequences"]
LONGEST = 60

every_record = pytest.mark.parametrize("record", RECORDS, ids=lambda path: path.stem)


@every_record
def test_a_record_is_named_by_its_number_and_title(record: Path) -> None:
    assert NAME.match(record.name)


@every_record
def test_a_record_has_a_title_and_its_three_sections_in_order(record: Path) -> None:
    lines = record.read_text(encoding="utf-8").splitlines()

    assert lines[0].startswith("# ")
    assert [line.removeprefix("## ") for line in lines if line.startswith("## ")] == SECTIONS


@every_record
def test_a_record_is_short(record: Path) -> None:
    assert len(record.read_text(encoding="utf-8").splitlines()) <= LONGEST


def test_no_number_is_given_twice() -> None:
    counts = Counter(record.name[:4] for record in RECORDS)

    assert [number for number, count in counts.items() if count > 1] == []
