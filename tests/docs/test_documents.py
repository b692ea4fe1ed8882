"""Documents are whole: links lead somewhere, every page is found from the index, and nothing local slipped in."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tests.docs.blocks import ROOT, anchors, documents, links, name

INDEX = ROOT / "docs" / "index.md"
LOCAL = re.compile(r"/(?:home|Users|tmp)/[a-z]|C:\\|localhost:\d")
WORKPLACE = re.compile(r"\b(?:agents?|prompt engineering|language model|LLM|subagent|chatbot)\b", re.IGNORECASE)


@pytest.mark.parametrize("path", documents(), ids=name)
def test_links_lead_somewhere(path: Path) -> None:
    wrong = [link for link in links(path) if not _resolves(path, link)]
    assert wrong == []


def test_every_page_is_found_from_the_index() -> None:
    seen, waiting = set[Path](), [INDEX]
    while waiting:
        page = waiting.pop()
        seen.add(page)
        targets = (page.parent / urlsplit(link).path for link in links(page) if not urlsplit(link).scheme)
        waiting += [found for found in (t.resolve() for t in targets) if found.suffix == ".md" and found not in seen]
    lost = {name(path) for path in (ROOT / "docs").rglob("*.md") if path.resolve() not in seen}
    assert lost == set()


@pytest.mark.parametrize("path", documents(), ids=name)
def test_no_path_of_a_machine_and_no_word_of_a_workplace(path: Path) -> None:
    text = path.read_text("utf-8")
    assert LOCAL.findall(text) == []
    assert WORKPLACE.findall(text) == []


def test_every_decision_is_numbered_once_and_in_the_list() -> None:
    pages = sorted(path.name for path in (ROOT / "docs" / "adr").glob("0*.md"))
    assert [page[:4] for page in pages] == [f"{number:04}" for number in range(1, len(pages) + 1)]
    listed = (ROOT / "docs" / "adr" / "index.md").read_text("utf-8")
    assert [page for page in pages if f"({page})" not in listed] == []


@pytest.mark.parametrize("path", sorted((ROOT / "docs" / "adr").glob("0*.md")), ids=name)
def test_a_decision_says_context_decision_and_consequences(path: Path) -> None:
    said = re.findall(r"^\*\*(\w+)\.\*\*", path.read_text("utf-8"), re.MULTILINE)
    assert said == ["Context", "Decision", "Consequences"]


def test_files_that_the_readme_names_are_there() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    table = text[text.index("### Where is it decided?") : text.index("## Privacy")]
    named = re.findall(r"`([\w./*-]+(?:/|\.py|\.sql|\.yaml))`", table)
    whole = [path for path in named if "/" in path.rstrip("/")]
    assert len(whole) > 15
    assert [path for path in whole if not (any(ROOT.glob(path)) or (ROOT / "src" / "epiloop" / path).exists())] == []


def test_the_licence_is_whole() -> None:
    text = (ROOT / "LICENSE").read_text("utf-8")
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text


def _resolves(page: Path, link: str) -> bool:
    parts = urlsplit(link)
    if parts.scheme:
        return parts.scheme == "https"
    target = (page.parent / parts.path).resolve() if parts.path else page
    if not target.exists():
        return False
    return not parts.fragment or parts.fragment in anchors(target)
