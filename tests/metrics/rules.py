"""The shipped rules as data, and what a test asks promtool about them."""

import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from queuectl_metrics.monitoring import RULE_FILES, rule_file

Series = Mapping[str, str]


def alerts() -> Iterator[dict[str, Any]]:
    """Give every alert of the package."""
    for group in yaml.safe_load(rule_file("alerts.yml"))["groups"]:
        yield from group["rules"]


def write_rules(folder: Path) -> list[Path]:
    """Write the rules into *folder* and return their files."""
    found = [folder / name for name in RULE_FILES]
    for path in found:
        path.write_text(rule_file(path.name), encoding="utf-8")
    return found


def run(program: str, *words: str | Path, stdin: bytes = b"") -> str:
    """Run promtool; return what it said, or fail with that."""
    done = subprocess.run([program, *words], input=stdin, capture_output=True, check=False)
    said = (done.stdout + done.stderr).decode()
    assert done.returncode == 0, said
    return said


def check_firing(
    promtool: str, folder: Path, series: Series, *, at: str, firing: list[dict[str, str]]
) -> None:
    """Let promtool hold that with *series* exactly these alerts fire.

    Args:
        series: Values by series, in promtool's notation, one a minute.
        at: When to look, such as `10m`.
        firing: The labels of each alert, but for `alertstate` and `severity`.
    """
    severity = {alert["alert"]: alert["labels"]["severity"] for alert in alerts()}
    expected = [
        {
            "labels": _selector(
                {**labels, "alertstate": "firing", "severity": severity[labels["alertname"]]}
            ),
            "value": 1,
        }
        for labels in firing
    ]
    asked = {"expr": 'ALERTS{alertstate="firing"}', "eval_time": at, "exp_samples": expected}
    case = {
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": [asked],
    }
    document = {
        "rule_files": [str(path) for path in write_rules(folder)],
        "evaluation_interval": "1m",
        "tests": [case],
    }
    place = folder / "test.yml"
    place.write_text(json.dumps(document), encoding="utf-8")  # JSON is YAML
    run(promtool, "test", "rules", place)


def _selector(labels: Mapping[str, str]) -> str:
    inside = ", ".join(f"{name}={json.dumps(value)}" for name, value in labels.items())
    return f"ALERTS{{{inside}}}"


def hurry(text: str, *, free_bytes: int) -> str:
    """Return rules with their times so short that a test can wait for them.

    Args:
        free_bytes: What takes the place of the bytes under which a disk is nearly full.
    """
    changes = (
        (r"\[\d+[mh]\]", "[15s]"),
        (r"offset \d+m", "offset 15s"),
        (r"for: \w+", "for: 1s"),
        (r"age_seconds\) > 900", "age_seconds) > 3"),
        (r"lag_seconds\) > 120", "lag_seconds) > 2"),
        (r"< 1073741824", f"< {free_bytes}"),
        # What other programs write in seconds says nothing of a day.
        (r", 86400\)", ", 0)"),
    )
    for pattern, replacement in changes:
        text = re.sub(pattern, replacement, text)
    return text
