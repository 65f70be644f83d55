"""Where a setting's value comes from."""

import os
from pathlib import Path

import pytest

from queuectl.config import Layer, Settings, environment_layers, file_layer
from queuectl.exits import CommandError, UsageProblem
from queuectl.locate import find_settings_files, find_store, without_password


def test_the_first_layer_that_has_a_setting_wins() -> None:
    settings = Settings(
        [
            Layer(origin="command line", values={"queue": "a"}),
            *environment_layers({"QUEUECTL_QUEUE": "b", "QUEUECTL_GRACE": "5s", "OTHER": "x"}),
            Layer(origin="store", values={"grace": "6s", "lease": "20s"}),
            Layer(origin="file", values={"lease": "30s", "timeout": "1m"}),
        ]
    )

    found = {value.name: (value.text, value.origin) for value in settings.all()}

    assert found["queue"] == ("a", "command line")
    assert found["grace"] == ("5s", "QUEUECTL_GRACE")
    assert found["lease"] == ("20s", "store")
    assert found["timeout"] == ("1m", "file")
    assert found["max_retries"] == ("3", "default")


def test_a_value_that_does_not_fit_names_where_it_came_from() -> None:
    settings = Settings(environment_layers({"QUEUECTL_MAX_RETRIES": "many"}))

    with pytest.raises(UsageProblem, match="QUEUECTL_MAX_RETRIES"):
        settings.typed("max_retries")


def test_a_settings_file_gives_plain_values_and_lists(tmp_path: Path) -> None:
    file = tmp_path / "queuectl.toml"
    file.write_text('max_retries = 5\ntimeout = "30s"\nexit_retry = [75, 76]\nbackoff-base = 1.5\n')

    layer = file_layer(file)

    assert layer.values == {
        "max_retries": "5",
        "timeout": "30s",
        "exit_retry": "75,76",
        "backoff_base": "1.5",
    }


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("max_retry = 5", "did you mean 'max_retries'"),
        ("queue", "cannot read the settings"),
        ("[queue]\nname = 1", "plain value"),
    ],
)
def test_a_bad_settings_file_is_refused_by_name(tmp_path: Path, content: str, said: str) -> None:
    file = tmp_path / "queuectl.toml"
    file.write_text(content)

    with pytest.raises(UsageProblem, match=said) as caught:
        file_layer(file)

    assert "queuectl.toml" in str(caught.value)


def test_the_store_is_the_option_then_the_variable_then_the_nearest_folder(tmp_path: Path) -> None:
    (tmp_path / ".queuectl").mkdir()
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)

    option = find_store(option="x.db", environ={"QUEUECTL_DB": "y.db"}, cwd=below)
    variable = find_store(option=None, environ={"QUEUECTL_DB": "y.db"}, cwd=below)
    nearest = find_store(option=None, environ={}, cwd=below)

    assert (option.url, option.is_named) == ("x.db", True)
    assert (variable.url, variable.is_named) == ("y.db", True)
    assert (nearest.url, nearest.is_named) == (str(tmp_path / ".queuectl" / "queue.db"), False)


def test_the_nearest_settings_file_comes_before_the_users_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    own = tmp_path / "config" / "queuectl" / "queuectl.toml"
    own.parent.mkdir(parents=True)
    near = tmp_path / "a" / "queuectl.toml"
    for file in (own, near, tmp_path / "queuectl.toml"):
        file.touch()

    assert find_settings_files(cwd=below) == [near, own]


@pytest.mark.not_on("win32")
def test_a_store_that_another_user_planted_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store names commands to run: one in /tmp must not run as whoever passes by."""
    (tmp_path / ".queuectl").mkdir()
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)

    with pytest.raises(CommandError, match="belongs to another user"):
        find_store(option=None, environ={}, cwd=tmp_path)


def test_an_address_is_printed_without_its_password() -> None:
    shown = [
        without_password("postgresql://me:se@cret@host/db"),
        without_password("postgresql://host/db?password=secret&sslmode=require"),
        without_password("/some/queue.db"),
    ]

    assert shown == [
        "postgresql://me:***@host/db",
        "postgresql://host/db?password=***&sslmode=require",
        "/some/queue.db",
    ]
