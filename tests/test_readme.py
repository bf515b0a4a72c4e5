"""The pages for readers: their links lead somewhere, their pictures are there and small."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = ("README.md", "display/README.md", "tests/scenarios/README.md", "CONTRIBUTING.md", "ARCHITECTURE.md")
PICTURE_BYTES_MAX = 200_000
LINK = re.compile(r"\]\(([^)\s]+)\)")


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name: str) -> None:
    page = ROOT / name
    text = page.read_text(encoding="utf-8")
    heads = {
        re.sub(r"[^\w -]", "", one).lower().replace(" ", "-") for one in re.findall(r"^#+ (.+)$", text, re.M)
    }
    for link in LINK.findall(text):
        if link.startswith(("http://", "https://")):
            continue
        path, _, head = link.partition("#")
        assert not path or (page.parent / path).exists(), link
        assert path or head in heads, link


def test_pictures_of_the_demo_are_small() -> None:
    pictures = list((ROOT / "tests" / "pictures").glob("*.png"))
    assert pictures
    assert {one.name for one in pictures if one.stat().st_size > PICTURE_BYTES_MAX} == set()
