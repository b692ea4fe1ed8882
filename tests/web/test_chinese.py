"""Chinese is complete and is Chinese: every text of pages has a translation, without half-width punctuation."""

import re
from pathlib import Path

import polib
import pytest
from django.utils.translation.template import templatize

import epiloop

ROOT = Path(epiloop.__file__).parent
CATALOGUE = polib.pofile(str(ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"))
DONE = [entry for entry in CATALOGUE if entry.msgstr or any(entry.msgstr_plural.values())]
TRANSLATED = {(entry.msgctxt or "", entry.msgid) for entry in DONE}
TEXT = r'"((?:[^"\\]|\\.)*)"'
MARKED = re.compile(rf"\b(?:N_|_|gettext|gettext_lazy|gettext_noop)\(\s*u?{TEXT}")
WITH_CONTEXT = re.compile(rf"\bpgettext(?:_lazy)?\(\s*{TEXT},\s*{TEXT}")
IN_TEMPLATE = re.compile(r"(?<![a-z])gettext\(u?'((?:[^'\\]|\\.)*)'\)|(?<![a-z])gettext\(u?\"((?:[^\"\\]|\\.)*)\"\)")
HALF_WIDTH = re.compile(r"(?<=[\u4e00-\u9fff])[,;:!?()]|[,;!?()](?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])\.(?!\w)")
COMPLETE = ("core", "runtime/accounts", "web")


def _texts(folder):
    for path in sorted((ROOT / folder).rglob("*.py")):
        source = path.read_text("utf-8")
        yield from ((path.name, "", found) for found in MARKED.findall(source))
        yield from ((path.name, *found) for found in WITH_CONTEXT.findall(source))
    for path in sorted((ROOT / folder).rglob("*.html")):
        for found in IN_TEMPLATE.findall(templatize(path.read_text("utf-8"))):
            yield path.name, "", next(part for part in found if part)


@pytest.mark.parametrize("folder", COMPLETE)
def test_every_text_has_a_chinese_translation(folder):
    texts = set(_texts(folder))
    missing = sorted({(name, text) for name, context, text in texts if (context, text) not in TRANSLATED})
    assert len(texts) > 5, "the search for texts finds some"
    assert missing == []


def test_chinese_has_no_half_width_punctuation():
    texts = [text for entry in CATALOGUE for text in (entry.msgstr, *entry.msgstr_plural.values())]
    assert [text for text in texts if HALF_WIDTH.search(text)] == []
    assert HALF_WIDTH.search("请登录,再试"), "the pattern finds what it is for"


def test_a_translation_names_the_same_values_as_its_text():
    wrong = [entry.msgid for entry in DONE if not _same_values(entry)]
    assert wrong == []


def _same_values(entry):
    """Dates are put together differently in Chinese: it may use the parts of a date, and no name of a month."""
    wanted = set(re.findall(r"%\((\w+)\)", entry.msgid + entry.msgid_plural))
    given = set(re.findall(r"%\((\w+)\)", entry.msgstr + "".join(entry.msgstr_plural.values())))
    return given - wanted <= {"day", "month", "year"} and wanted - given <= {"month_name"}
