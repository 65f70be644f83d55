"""The installer explains itself to old Pythons and picks a uv that is new enough."""

import ast
from pathlib import Path

import pytest

from scripts import bootstrap

OLDEST_READER = (3, 6)


def fake_uv(folder: Path, version: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "uv"
    program.write_text(f"#!/bin/sh\necho 'uv {version} (x86_64-unknown-linux-gnu)'\n")
    program.chmod(0o755)
    return program


@pytest.mark.parametrize("name", ["bootstrap.py", "demo", "test", "bench"])
def test_an_old_python_can_read_far_enough_to_be_told(name: str) -> None:
    source = (bootstrap.ROOT / "scripts" / name).read_text(encoding="utf-8")

    ast.parse(source, feature_version=OLDEST_READER)


@pytest.mark.not_on("win32")
@pytest.mark.parametrize("version", ["99.0.0", bootstrap.required_uv()])
def test_a_new_enough_uv_on_the_path_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    program = fake_uv(tmp_path, version)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")

    assert bootstrap.find_uv() == str(program)


@pytest.mark.not_on("win32")
def test_an_old_uv_on_the_path_gives_way_to_the_one_of_the_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    floor = bootstrap.required_uv()
    fake_uv(tmp_path / "old", "0.1.9")
    own = fake_uv(tmp_path / "tools" / f"uv-{floor}" / "bin", floor)
    monkeypatch.setenv("PATH", str(tmp_path / "old"), prepend=":")
    monkeypatch.setattr(bootstrap, "TOOLS", tmp_path / "tools")

    assert bootstrap.find_uv() == str(own)


@pytest.mark.not_on("win32", "darwin")
def test_uv_trusts_whom_the_system_trusts_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Behind a proxy that signs for others nothing else can be installed from."""
    monkeypatch.delenv("UV_SYSTEM_CERTS", raising=False)
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    assert bootstrap.environment()["UV_SYSTEM_CERTS"] == "true"

    monkeypatch.setenv("UV_SYSTEM_CERTS", "false")
    assert bootstrap.environment()["UV_SYSTEM_CERTS"] == "false"


def test_versions_compare_as_numbers() -> None:
    assert bootstrap.numbers("0.13.10") > bootstrap.numbers("0.13.9")
    assert bootstrap.version_of("/nowhere/uv") < bootstrap.numbers("0.0.1")
