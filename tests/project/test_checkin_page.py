"""The check-in page as it is built: scripts and catalogue know the same texts, and the worker keeps all files."""

import json
import re
import shutil

import pytest

from epiloop.gate.texts import TEXTS
from epiloop.project.checkin_page import PAGES, render, texts
from epiloop.project.frontend import SOURCE
from epiloop.project.languages import compile_changed

SCRIPTS = "\n".join(path.read_text("utf-8") for path in sorted((SOURCE / "src" / "checkin").glob("**/*.ts")))
IN_THE_FILE = {"no-script"}


def test_scripts_ask_for_texts_that_there_are_and_for_all_of_them():
    assert set(re.findall(r'\bt\(\s*"([\w-]+)"', SCRIPTS)) <= set(TEXTS)
    assert set(TEXTS) - set(re.findall(r'"([\w-]+)"', SCRIPTS)) == IN_THE_FILE


def test_both_languages_say_everything_with_the_same_values():
    compile_changed()
    known = texts()
    for key, english in known["en"].items():
        chinese = known["zh-hans"][key]
        assert re.search(r"[\u4e00-\u9fff]", chinese), key
        assert sorted(re.findall(r"%\(\w+\)s", english)) == sorted(re.findall(r"%\(\w+\)s", chinese)), key


@pytest.mark.skipif(not (PAGES / "manifest.json").exists(), reason="the check-in page is not built: ./epiloop build")
def test_the_worker_keeps_every_file_of_the_page_and_is_another_one_when_the_page_is(tmp_path):
    pages = tmp_path / "pages"
    shutil.copytree(PAGES, pages)
    render(pages)
    first = (pages / "sw.js").read_text("utf-8")
    files = json.loads(re.search(r"__FILES=(\[.*?\])", first)[1])
    assert {name for name in files if name != "./"} == {
        path.name for path in pages.iterdir() if re.search(r"-[\w-]{8,}\.(js|css)$", path.name)
    }
    render(pages)
    assert (pages / "sw.js").read_text("utf-8") == first
    page = (pages / "index.en.html").read_text("utf-8")
    assert page.count("</script>") == 2
    assert 'lang="zh-Hans"' in (pages / "index.zh-hans.html").read_text("utf-8")
