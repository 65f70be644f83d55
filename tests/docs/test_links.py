"""Every link from one file of the project to another leads somewhere."""

from pathlib import Path

import pytest

from scripts.bootstrap import ROOT
from tests.docs.markdown import anchors, documents, links


def dead_links(document: Path) -> list[str]:
    text = document.read_text(encoding="utf-8")
    local = [link for link in links(text) if "://" not in link and not link.startswith("mailto:")]
    return [link for link in local if not leads_somewhere(document, link)]


def leads_somewhere(document: Path, link: str) -> bool:
    name, _, fragment = link.partition("#")
    target = (document.parent / name).resolve() if name else document
    if not target.exists() or not target.is_relative_to(ROOT):
        return False
    if not fragment or target.suffix != ".md":
        return True
    return fragment in anchors(target.read_text(encoding="utf-8"))


@pytest.mark.parametrize("document", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_relative_link_resolves(document: Path) -> None:
    assert dead_links(document) == []


def test_a_dead_link_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.docs.test_links.ROOT", tmp_path)
    document = tmp_path / "page.md"
    document.write_text(
        "# One `two`\n[a](#one-two) [b](gone.md) [c](page.md#three) `[d](code.md)`\n"
        "```\n[e](block.md)\n```\n[f](https://example.org/x) [g](../outside.md)\n"
    )

    assert dead_links(document) == ["gone.md", "page.md#three", "../outside.md"]
