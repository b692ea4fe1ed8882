"""Chinese is complete and is Chinese: every message of the source has a text, no half-width punctuation, no English."""

import re
from pathlib import Path

import polib
import pytest
import yaml

from epiloop.project.collecting import messages, missing
from epiloop.project.languages import LOCALE
from epiloop.rules import vocabulary

PATH = LOCALE / "zh_Hans" / "LC_MESSAGES" / "django.po"
RULEBOOKS = Path(__file__).parents[2] / "rulebooks"
CATALOGUE = polib.pofile(str(PATH))
LIVE = [entry for entry in CATALOGUE if not entry.obsolete]

CHINESE = "\u4e00-\u9fff\u3001-\u3011\uff01-\uff5e“”"
HALF_WIDTH = re.compile(rf"(?<=[{CHINESE}])[,;:!?()\"'](?!\S*://)|[,;!?()](?=[{CHINESE}])|(?<=[{CHINESE}])\.(?![\w/])")
VALUE = re.compile(r"%\(\w+\)[-#0 +]*[\d.]*[a-zA-Z]|%[sdifg]")
LATIN = re.compile(r"[A-Za-z](?:[\w./-]*\w)?", re.ASCII)
TYPED = """
    account admin-1 approve base64 begins bus car case cases certificates chmod code codes column complete constant
    days docs/reference/events.md duty duty-3 elsewhere ends ends_when environment epiloop exposure false file flight
    gathering hall-2 household https init invalid jurisdiction key keys keys.example level list listen
    log/postgres.log log/web.log market master measures name name_zh negative otherwise outer_limit parameters
    parent_code pending person pkcs11 place port positive print python-pkcs11 reason reject root rotate rulebook.yaml
    rulebooks ship single site source stage subject system tests trace traces train transit true unknown up value
    vehicle verify where yaml zip
"""
"""Lower-case words that a person types or reads as they are: commands, options, columns and keys of files."""
NOT_OURS = ("销号", "事件")
"""Words that users take for something else: people are released (解除), events are records (记录)."""


def _texts(entry):
    return [entry.msgstr, *entry.msgstr_plural.values()]


def _titles(path):
    """Every Chinese title in a rulebook file, with its place."""

    def within(value):
        if isinstance(value, dict):
            yield from (value["zh"],) if isinstance(value.get("zh"), str) else ()
            for part in value.values():
                yield from within(part)
        elif isinstance(value, list):
            for part in value:
                yield from within(part)

    return list(within(yaml.safe_load(path.read_text("utf-8"))))


def _plain_clauses(path):
    """Clauses in words that stand there in one language only; a number reads the same in both."""
    found = re.findall(r"(?m)^\s*clause: (?!\{)(.*)$", path.read_text("utf-8"))
    return [clause for clause in found if re.search(r"[A-Za-z]{3,}", clause)]


def _vocabulary():
    kinds = [*vocabulary.STATUSES.values(), *vocabulary.DUTIES.values()]
    pairs = [*vocabulary.POSTS.values(), *vocabulary.KEY_POSTS.values(), *vocabulary.PARTIES.values()]
    return [kind.zh for kind in kinds] + [chinese for _, chinese in pairs]


def test_every_message_of_the_source_has_a_chinese_text():
    found = {Path(place).parts[1] for message in messages() for place, _ in message.locations if message.id}
    assert {"core", "cli", "rules", "runtime", "web"} <= found, "the search for messages looks everywhere"
    assert missing(PATH) == []


@pytest.mark.parametrize("text", ["请登录,再试", "密接(次密接)", "原因:不详", "请稍候...", "“规则”.", "(密接)"])
def test_half_width_punctuation_is_found_beside_chinese(text):
    assert HALF_WIDTH.search(text)


def test_chinese_has_no_half_width_punctuation():
    assert [text for entry in LIVE for text in _texts(entry) if HALF_WIDTH.search(text)] == []
    assert [text for text in _vocabulary() if HALF_WIDTH.search(text)] == []


def test_titles_of_rulebooks_have_no_half_width_punctuation():
    titles = [title for path in sorted(RULEBOOKS.rglob("*.yaml")) for title in _titles(path)]
    assert len(titles) > 50, "the search for titles finds them"
    assert [title for title in titles if HALF_WIDTH.search(title)] == []


def test_clauses_of_rulebooks_are_named_in_chinese_too():
    assert [clause for path in sorted(RULEBOOKS.rglob("*.yaml")) for clause in _plain_clauses(path)] == []


def test_a_translation_names_the_same_values_as_its_text():
    def values(text):
        return set(VALUE.findall(text))

    wrong = [
        entry.msgid
        for entry in LIVE
        for text in _texts(entry)
        if text and values(text) != values(f"{entry.msgid} {entry.msgid_plural}")
    ]
    assert wrong == []


def test_no_english_is_left_in_chinese_but_names_and_what_is_typed():
    left = []
    for entry in LIVE:
        english = set(LATIN.findall(VALUE.sub(" ", f"{entry.msgid} {entry.msgid_plural}")))
        for text in _texts(entry):
            words = set(LATIN.findall(VALUE.sub(" ", text)))
            left += [(word, text) for word in words if word.islower() and word not in TYPED.split()]
            left += [(word, text) for word in words if not word.islower() and word not in english]
    assert left == []


def test_a_message_stands_in_the_catalogue_once():
    gone = {(entry.msgctxt, entry.msgid) for entry in CATALOGUE if entry.obsolete}
    live = [(entry.msgctxt, entry.msgid) for entry in LIVE]
    assert [key for key in live if key in gone] == []
    assert len(live) == len(set(live))


@pytest.mark.parametrize("word", NOT_OURS)
def test_words_that_users_misunderstand_are_not_used(word):
    assert [text for entry in LIVE for text in _texts(entry) if word in text] == []
    assert [text for text in _vocabulary() if word in text] == []
