"""Each alert by promtool: made-up series in which it fires, and such in which it must not."""

import re
from pathlib import Path

import pytest

from queuectl_metrics.monitoring import RULE_FILES, rule_file
from scripts.bootstrap import ROOT
from tests.cli.inprocess import Inside
from tests.metrics.rules import Series, alerts, check_firing, run, write_rules

JOB = 'job="queuectl",instance="a:1"'
QUEUE = f'{JOB},queue="mail"'
UP: Series = {f"up{{{JOB}}}": "1x120", f"queuectl_info{{{JOB}}}": "1x120"}
MAIL = {"job": "queuectl", "queue": "mail"}

FIRES: dict[str, tuple[Series, str, dict[str, str]]] = {
    "QueuectlScrapeDown": (
        {f"up{{{JOB}}}": "1x5 0x20", f"queuectl_info{{{JOB}}}": "1x120"},
        "10m",
        {"job": "queuectl", "instance": "a:1"},
    ),
    "QueuectlStoreUnreadable": (
        {f"queuectl_store_up{{{JOB}}}": "1x5 0x20"},
        "10m",
        {"job": "queuectl"},
    ),
    "QueuectlNoWorkers": (
        {
            f"queuectl_workers{{{JOB}}}": "1x5 0x20",
            f'queuectl_jobs{{{QUEUE},state="pending"}}': "3x30",
        },
        "10m",
        {"job": "queuectl"},
    ),
    "QueuectlQueueNotServed": (
        {
            f"queuectl_workers{{{JOB}}}": "1x30",
            f'queuectl_jobs{{{QUEUE},state="pending"}}': "3x30",
            f"queuectl_queue_served{{{QUEUE}}}": "0x30",
        },
        "10m",
        MAIL,
    ),
    "QueuectlBacklogGrows": (
        {f'queuectl_jobs{{{QUEUE},state="pending"}}': "90+10x60"},
        "50m",
        MAIL,
    ),
    "QueuectlOldestJobTooOld": (
        {f"queuectl_oldest_pending_age_seconds{{{QUEUE}}}": "600+60x30"},
        "20m",
        MAIL,
    ),
    "QueuectlQueuePaused": (
        {
            f'queuectl_jobs{{{QUEUE},state="pending"}}': "3x300",
            f"queuectl_queue_paused{{{QUEUE}}}": "1x300",
            f"up{{{JOB}}}": "1x300",
            f"queuectl_info{{{JOB}}}": "1x300",
        },
        "250m",
        MAIL,
    ),
    "QueuectlFailureRatioHigh": (
        {
            f'queuectl_attempts_total{{{QUEUE},outcome="succeeded"}}': "0+2x60",
            f'queuectl_attempts_total{{{QUEUE},outcome="failed"}}': "0+1x60",
            f'queuectl_attempts_total{{{QUEUE},outcome="crashed"}}': "0+1x60",
        },
        "30m",
        MAIL,
    ),
    "QueuectlDeadLetters": (
        {f"queuectl_jobs_dead_total{{{QUEUE}}}": "0x20 1x20"},
        "25m",
        MAIL,
    ),
    "QueuectlLeasesExpire": (
        {f"queuectl_leases_expired_total{{{JOB}}}": "4x20 5x20"},
        "25m",
        {"job": "queuectl"},
    ),
    "QueuectlResultsRefused": (
        {f"queuectl_fenced_results_total{{{JOB}}}": "0x20 1x20"},
        "25m",
        {"job": "queuectl"},
    ),
    "QueuectlScheduleMissed": (
        {f'queuectl_schedule_lag_seconds{{{JOB},schedule="nightly"}}': "0x10 60+60x20"},
        "20m",
        {"job": "queuectl", "schedule": "nightly"},
    ),
    "QueuectlStoreNearlyFull": (
        {f"queuectl_store_free_bytes{{{JOB}}}": "1000000000x30"},
        "20m",
        {"job": "queuectl"},
    ),
    "QueuectlNamesFolded": (
        {f'queuectl_labels_folded{{{JOB},label="queue"}}': "3x30"},
        "20m",
        {"job": "queuectl", "label": "queue"},
    ),
}

FIRES_TOO: list[tuple[str, Series, str, dict[str, str]]] = [
    (
        "QueuectlDeadLetters",
        # Its first sample is not 0: the queue and its first death are new.
        {f"queuectl_jobs_dead_total{{{QUEUE}}}": "_x20 2x20"},
        "25m",
        MAIL,
    ),
    (
        "QueuectlScheduleMissed",
        {f'queuectl_schedule_missed_total{{{JOB},schedule="nightly"}}': "0x10 1x20"},
        "20m",
        {"job": "queuectl", "schedule": "nightly"},
    ),
    (
        "QueuectlScheduleMissed",
        {f'queuectl_schedule_missed_total{{{JOB},schedule="nightly"}}': "_x10 1x20"},
        "20m",
        {"job": "queuectl", "schedule": "nightly"},
    ),
    (
        "QueuectlStoreNearlyFull",
        # 20 GB that shrink by 50 MB a minute: gone in less than seven hours.
        {f"queuectl_store_free_bytes{{{JOB}}}": "20000000000-50000000x60"},
        "50m",
        {"job": "queuectl"},
    ),
]

QUIET: dict[str, tuple[Series, str]] = {
    "all is well": (
        {
            f"queuectl_store_up{{{JOB}}}": "1x120",
            f"queuectl_workers{{{JOB}}}": "2x120",
            f'queuectl_jobs{{{QUEUE},state="pending"}}': "5x120",
            f"queuectl_queue_served{{{QUEUE}}}": "1x120",
            f"queuectl_queue_paused{{{QUEUE}}}": "0x120",
            f"queuectl_oldest_pending_age_seconds{{{QUEUE}}}": "20x120",
            f'queuectl_attempts_total{{{QUEUE},outcome="succeeded"}}': "0+60x120",
            f'queuectl_attempts_total{{{QUEUE},outcome="failed"}}': "0+6x120",
            f"queuectl_jobs_dead_total{{{QUEUE}}}": "7x120",
            f"queuectl_leases_expired_total{{{JOB}}}": "3x120",
            f"queuectl_fenced_results_total{{{JOB}}}": "1x120",
            f'queuectl_schedule_lag_seconds{{{JOB},schedule="nightly"}}': "0x120",
            f'queuectl_schedule_missed_total{{{JOB},schedule="nightly"}}': "4x120",
            f"queuectl_store_free_bytes{{{JOB}}}": "50000000000x120",
            f'queuectl_labels_folded{{{JOB},label="queue"}}': "0x120",
        },
        "60m",
    ),
    "no worker, and nothing to do": (
        {
            f"queuectl_workers{{{JOB}}}": "0x120",
            f'queuectl_jobs{{{QUEUE},state="pending"}}': "0x120",
            f"queuectl_queue_served{{{QUEUE}}}": "0x120",
        },
        "60m",
    ),
    "a scrape that failed once": (
        {f"up{{{JOB}}}": "1x5 0 1x20", f"queuectl_info{{{JOB}}}": "1x120"},
        "7m",
    ),
    "another job is down": (
        {'up{job="node",instance="b:1"}': "0x60"},
        "30m",
    ),
    "a large backlog that shrinks": (
        {f'queuectl_jobs{{{QUEUE},state="pending"}}': "9000-10x120"},
        "60m",
    ),
    "a small backlog that grows": (
        {f'queuectl_jobs{{{QUEUE},state="pending"}}': "1+1x90"},
        "60m",
    ),
    "a paused queue grows and gets old": (
        {
            f'queuectl_jobs{{{QUEUE},state="pending"}}': "90+10x90",
            f"queuectl_oldest_pending_age_seconds{{{QUEUE}}}": "600+60x90",
            f"queuectl_queue_paused{{{QUEUE}}}": "1x90",
        },
        "60m",
    ),
    "four attempts, all failed": (
        {f'queuectl_attempts_total{{{QUEUE},outcome="failed"}}': "0x20 1+1x3 4x40"},
        "30m",
    ),
    "many given back, none failed": (
        {
            f'queuectl_attempts_total{{{QUEUE},outcome="released"}}': "0+9x60",
            f'queuectl_attempts_total{{{QUEUE},outcome="succeeded"}}': "0+1x60",
        },
        "40m",
    ),
    "a large disk that something writes to": (
        {f"queuectl_store_free_bytes{{{JOB}}}": "1000000000000-2000000000x60"},
        "50m",
    ),
    "a death of long ago": (
        {f"queuectl_jobs_dead_total{{{QUEUE}}}": "0x20 3x100"},
        "60m",
    ),
}


@pytest.mark.parametrize("name", FIRES)
def test_it_fires(promtool: str, tmp_path: Path, name: str) -> None:
    series, at, labels = FIRES[name]

    check_firing(
        promtool, tmp_path, {**UP, **series}, at=at, firing=[{"alertname": name, **labels}]
    )


@pytest.mark.parametrize(("name", "series", "at", "labels"), FIRES_TOO)
def test_it_fires_too(
    promtool: str, tmp_path: Path, name: str, series: Series, at: str, labels: dict[str, str]
) -> None:
    check_firing(
        promtool, tmp_path, {**UP, **series}, at=at, firing=[{"alertname": name, **labels}]
    )


@pytest.mark.parametrize("what", QUIET)
def test_nothing_fires(promtool: str, tmp_path: Path, what: str) -> None:
    series, at = QUIET[what]

    check_firing(promtool, tmp_path, {**UP, **series}, at=at, firing=[])


def test_no_series_at_all_is_noticed(promtool: str, tmp_path: Path) -> None:
    check_firing(promtool, tmp_path, {}, at="10m", firing=[{"alertname": "QueuectlScrapeDown"}])


def test_several_exporters_of_one_store_count_nothing_twice(promtool: str, tmp_path: Path) -> None:
    """Six failures are too few for a ratio; as two exporters tell them, they look like twelve."""
    series = {
        f'queuectl_attempts_total{{job="queuectl",instance="{i}",queue="q",outcome="failed"}}': (
            "0x30 0+2x3 6x30"
        )
        for i in ("a:1", "b:1")
    }

    check_firing(promtool, tmp_path, {**UP, **series}, at="40m", firing=[])


def test_every_alert_is_proved_to_fire() -> None:
    assert {alert["alert"] for alert in alerts()} == FIRES.keys()


def test_the_rules_pass_promtools_own_check(promtool: str, tmp_path: Path) -> None:
    said = run(promtool, "check", "rules", *write_rules(tmp_path))

    assert said.count("SUCCESS") == len(RULE_FILES)


def test_every_alert_says_what_when_and_where_to_read_on() -> None:
    for alert in alerts():
        words = alert["annotations"]
        assert words.keys() == {"summary", "description", "runbook"}, alert["alert"]
        assert alert["labels"]["severity"] in {"critical", "warning"}
        page = ROOT / words["runbook"]
        assert page.read_text(encoding="utf-8").startswith(f"# {alert['alert']}\n")


def test_no_page_is_left_over() -> None:
    named = {alert["annotations"]["runbook"] for alert in alerts()}

    there = (ROOT / "docs/operations/alerts").glob("*.md")
    assert {path.relative_to(ROOT).as_posix() for path in there} == named


def test_the_overview_lists_every_alert_with_its_severity() -> None:
    text = (ROOT / "docs/operations/monitoring.md").read_text(encoding="utf-8")
    row = re.compile(r"^\| \[(\w+)\]\((alerts/[\w-]+\.md)\) \| .* \| (\w+) \|$", re.MULTILINE)

    wanted = [
        (each["alert"], each["annotations"]["runbook"], each["labels"]["severity"])
        for each in alerts()
    ]
    assert [(a, f"docs/operations/{page}", s) for a, page, s in row.findall(text)] == wanted


@pytest.mark.parametrize(
    "page", sorted((ROOT / "docs/operations/alerts").glob("*.md")), ids=lambda path: path.stem
)
def test_what_a_page_tells_to_type_exists(inside: Inside, page: Path) -> None:
    typed = re.findall(r"`queuectl ([^`\n]+)`", page.read_text(encoding="utf-8"))

    assert typed
    for line in typed:
        words = line.replace(" …", "").split()
        options = {word for word in words if word.startswith("--")}
        plain = words[: next((n for n, w in enumerate(words) if w.startswith("-")), len(words))]
        helped = _help(inside, [word for word in plain if word.islower() and word.isalpha()])
        assert all(f"{option} " in helped for option in options), line


def _help(inside: Inside, words: list[str]) -> str:
    """Return the help of the longest beginning of *words* that is a command."""
    text = ""
    for count in range(1, min(2, len(words)) + 1):
        found = inside(*words[:count], "--help")
        if count == 2 and found.code != 0:
            break
        assert found.code == 0, words
        text = found.text
    return text


def test_links_to_the_pages_are_made_where_asked_for() -> None:
    text = rule_file("alerts.yml", runbooks="https://wiki.example.org/queuectl/")

    assert "runbook: docs/" not in text
    link = "runbook_url: https://wiki.example.org/queuectl/operations/alerts/no-workers.md"
    assert link in text


@pytest.mark.parametrize("address", ["wiki", "javascript:x", 'https://a/"', "https://a/ b", ""])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="is no address"):
        rule_file("alerts.yml", runbooks=address)
