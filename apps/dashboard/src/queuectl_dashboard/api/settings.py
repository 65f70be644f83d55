"""The settings that all programs of the store share."""

from typing import Any, Literal

from queuectl_dashboard.api.desk import Desk
from queuectl_dashboard.api.kinds import Asked, Shape, Words
from queuectl_dashboard.api.routes import Topic
from queuectl_store import SETTINGS, Setting, setting

topic = Topic("settings")


class SettingDocument(Shape):
    """A setting as it holds for the store; a worker's own command line may say otherwise."""

    key: str
    value: str
    origin: Literal["store", "default"]
    default: str
    kind: str
    help: str


class Settings(Shape):
    """All settings, in the order of the documentation."""

    settings: list[SettingDocument]


class SettingValue(Asked):
    """What to set it to, written as for `queuectl config set`."""

    value: Words


@topic.get("/settings", answer=Settings)
def list_settings(desk: Desk) -> dict[str, Any]:
    """List every setting with its origin."""
    said = desk.store.settings.all()
    return {"settings": [_document(each, said) for each in SETTINGS.values()]}


@topic.get("/settings/<name:name>", answer=SettingDocument)
def show_setting(desk: Desk, name: str) -> dict[str, Any]:
    """Show one setting with its origin."""
    return _document(_known(name), desk.store.settings.all())


@topic.rule("PUT", "/settings/<name:name>", body=SettingValue, answer=SettingDocument)
def change_setting(desk: Desk, name: str, body: SettingValue) -> dict[str, Any]:
    """Set a setting for every program that uses the store."""
    known = _known(name)
    desk.store.settings.set(known.name, body.value)
    return _document(known, desk.store.settings.all())


@topic.rule("DELETE", "/settings/<name:name>", answer=SettingDocument)
def reset_setting(desk: Desk, name: str) -> dict[str, Any]:
    """Give a setting its default again."""
    known = _known(name)
    desk.store.settings.unset(known.name)
    return _document(known, desk.store.settings.all())


class NoSetting(LookupError):
    """There is no setting of that name."""


def _known(name: str) -> Setting:
    if name not in SETTINGS:
        raise NoSetting(f"there is no setting {name[:40]!r}; /settings lists them")
    return setting(name)


def _document(known: Setting, said: dict[str, str]) -> dict[str, Any]:
    is_set = known.name in said
    return {
        "key": known.name,
        "value": said[known.name] if is_set else known.default,
        "origin": "store" if is_set else "default",
        "default": known.default,
        "kind": known.kind,
        "help": known.help,
    }
