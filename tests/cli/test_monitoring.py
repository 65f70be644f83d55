"""What Prometheus and Grafana are given, as the program writes it."""

import json
from pathlib import Path

import pytest
import yaml

from queuectl_metrics.monitoring import grafana_dashboard, rule_file
from tests.cli.inprocess import Inside

FILES = ["queuectl-recording.yml", "queuectl-alerts.yml"]


def test_rules_are_written_into_a_folder(inside: Inside) -> None:
    done = inside.must("metrics", "rules", ".")

    assert done.text.splitlines() == FILES
    written = [(inside.folder / name).read_text(encoding="utf-8") for name in FILES]
    assert written == [rule_file("recording.yml"), rule_file("alerts.yml")]


def test_files_that_are_there_are_kept_unless_said_otherwise(inside: Inside) -> None:
    mine = inside.folder / FILES[1]
    mine.write_text("mine")

    refused = inside("metrics", "rules", ".")

    assert (refused.code, mine.read_text()) == (2, "mine")
    assert "--force" in refused.err
    assert not (inside.folder / FILES[0]).exists()
    inside.must("metrics", "rules", ".", "--force")
    assert mine.read_text(encoding="utf-8") == rule_file("alerts.yml")


def test_without_a_folder_they_are_printed(inside: Inside) -> None:
    """As one file that Prometheus takes: one document with one list of groups."""
    text = inside.must("metrics", "rules").text

    files = [yaml.safe_load(rule_file(name)) for name in ("recording.yml", "alerts.yml")]
    assert text.count("groups:\n") == 1
    assert yaml.safe_load(text)["groups"] == [group for file in files for group in file["groups"]]


def test_for_programs_the_files_are_texts_by_name(inside: Inside) -> None:
    found = inside.must("metrics", "rules", "--json").document["files"]

    assert list(found) == FILES
    assert found[FILES[1]] == rule_file("alerts.yml")


def test_runbooks_are_links_where_their_address_is_given(inside: Inside) -> None:
    text = inside.must("metrics", "rules", "--runbooks", "https://wiki.example.org/q").text

    assert "runbook_url: https://wiki.example.org/q/operations/alerts/no-workers.md" in text


@pytest.mark.parametrize("words", [("nowhere",), (".", "--runbooks", "wiki")])
def test_what_cannot_be_done_is_one_line(inside: Inside, words: tuple[str, ...]) -> None:
    refused = inside("metrics", "rules", *words)

    assert refused.code in (1, 2)
    assert len(refused.err.splitlines()) == 1


def test_the_dashboard_is_printed_as_grafana_takes_it(inside: Inside) -> None:
    text = inside.must("metrics", "grafana").text

    assert json.loads(text) == json.loads(grafana_dashboard())


def test_neither_makes_a_store(tmp_path: Path) -> None:
    inside = Inside(folder=tmp_path)

    inside.must("metrics", "grafana")
    inside.must("metrics", "rules")

    assert not inside.db.exists()
