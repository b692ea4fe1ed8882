"""From the text of a cell to a typed value. A complaint names the kind of text that stood there, never the text."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from types import MappingProxyType

from epiloop.core.errors import N_, InvalidInput
from epiloop.core.jurisdictions import code
from epiloop.operations.investigation.events import (
    Classification,
    Detection,
    Outcome,
    Relation,
    SettingKind,
    Severity,
)
from epiloop.registers.people.events import Sex

Value = str | int | float | bool | date | Enum | None


@dataclass(frozen=True, slots=True)
class Reading:
    """How a field's text is to be read: its value map (text, case-folded -> word or None) and its date formats."""

    values: Mapping[str, str | None] = field(default_factory=lambda: MappingProxyType({}))
    formats: tuple[str, ...] = ()


class OwnWords(str):
    """A list's own words for a setting or a relation: free text, which is sealed with the rest of it."""

    __slots__ = ()


class Unreadable(InvalidInput):
    """The text of a cell is not what its field needs; the row is rejected with this as the reason."""


SYNONYMS: Mapping[type[Enum], Mapping[str, str]] = {
    Sex: {
        "f": "female",
        "w": "female",
        "woman": "female",
        "女": "female",
        "女性": "female",
        "m": "male",
        "man": "male",
        "男": "male",
        "男性": "male",
        "u": "unknown",
        "不详": "unknown",
        "未知": "unknown",
    },
    Classification: {
        "确诊": "confirmed",
        "确诊病例": "confirmed",
        "疑似": "suspected",
        "疑似病例": "suspected",
        "suspect": "suspected",
        "临床诊断病例": "probable",
        "无症状": "asymptomatic",
        "无症状感染者": "asymptomatic",
    },
    Outcome: {
        "dead": "died",
        "death": "died",
        "deceased": "died",
        "死亡": "died",
        "recover": "recovered",
        "cured": "recovered",
        "治愈": "recovered",
        "痊愈": "recovered",
        "出院": "discharged",
        "alive": "",
        "存活": "",
        "在治": "",
    },
    Detection: {},
    Severity: {"轻型": "mild", "普通型": "moderate", "重型": "severe", "危重型": "critical"},
    SettingKind: {
        "home": "household",
        "家庭": "household",
        "hospital": "health-care",
        "医院": "health-care",
        "医疗机构": "health-care",
        "work": "workplace",
        "工作单位": "workplace",
        "学校": "school",
        "交通工具": "transport",
        "聚餐": "meal",
        "聚会": "gathering",
        "葬礼": "funeral",
        "商超": "shop",
        "其他": "other",
    },
    Relation: {
        "relative": "family",
        "家人": "family",
        "亲属": "family",
        "同事": "colleague",
        "同学": "schoolmate",
        "朋友": "friend",
        "邻居": "neighbour",
        "其他": "other",
    },
}
"""Other words for the values of closed lists; "" says nothing. A mapping's `values` come first."""

YES = frozenset({"1", "y", "yes", "true", "是", "有"})
NO = frozenset({"0", "n", "no", "false", "否", "无"})
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T ]\s*\d{1,2}:\d{2}.*)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")


def read(kind: str, text: str, reading: Reading) -> Value:
    """The value of a cell for a field kind, None where the value map says "nothing". Raises Unreadable."""
    word: str | None = reading.values.get(text.casefold(), text)
    if word is None or word == "":
        return None
    return PARSERS[kind](word, reading)


def class_of(text: str) -> str:
    """Which kind of text this is, as a message id: enough to find the mistake without repeating what stood there."""
    if _DAY.fullmatch(text) or _COMPACT.fullmatch(text):
        return N_("a date")
    if re.fullmatch(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}", text):
        return N_("a date of unclear order")
    if re.fullmatch(r"[-+]?\d+([.,]\d+)?", text):
        return N_("a number")
    return N_("text")


def is_identifying(text: str) -> bool:
    """Whether it looks like a Chinese identity number (check digit and all) or mobile phone number."""
    if re.fullmatch(r"1[3-9]\d{9}", text):
        return True
    if not re.fullmatch(r"\d{17}[\dXx]", text):
        return False
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(text[:17]))
    return "10X98765432"[total % 11] == text[17].upper()


def _unreadable(wanted: str, text: str, remedy: str) -> Unreadable:
    return Unreadable(
        N_("%(found)s stands where %(wanted)s is needed."), remedy=remedy, found=class_of(text), wanted=wanted
    )


def _text(text: str, _reading: Reading) -> str:
    return text


def _word(text: str, _reading: Reading) -> str:
    return re.sub(r"[\s_]+", "-", text.casefold())


def _whole(text: str, _reading: Reading) -> int:
    number = _number(text, _reading)
    if number != int(number):
        raise _unreadable(N_("a whole number"), text, N_("Round it in the file."))
    return int(number)


def _age(text: str, reading: Reading) -> int:
    """Completed years; lists give infants as 0.5."""
    return int(_number(text, reading))


def _number(text: str, _reading: Reading) -> float:
    try:
        return float(text)
    except ValueError:
        raise _unreadable(N_("a number"), text, N_("Correct the cell or map another column.")) from None


def _date(text: str, reading: Reading) -> date:
    for form in reading.formats:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a calendar day has no zone
        except ValueError:
            continue
    match = _DAY.fullmatch(text) or _COMPACT.fullmatch(text)
    try:
        return date(*(int(part) for part in match.groups())) if match else _no_date(text)
    except ValueError:
        return _no_date(text)


def _no_date(text: str) -> date:
    remedy = N_("Write it as 2015-06-05, or state the format in the mapping.")
    raise _unreadable(N_("a date of the calendar"), text, remedy)


def _flag(text: str, _reading: Reading) -> bool:
    if text.casefold() in YES | NO:
        return text.casefold() in YES
    raise _unreadable(N_("yes or no"), text, N_("Add a value map to the mapping."))


def _jurisdiction(text: str, _reading: Reading) -> int:
    try:
        return int(code(text))
    except InvalidInput:
        remedy = N_("A code has 2, 4, 6, 9, 12, 14 or 16 digits.")
        raise _unreadable(N_("a jurisdiction code"), text, remedy) from None


def _own(enum: type[Enum]) -> Callable[[str, Reading], Enum | OwnWords | None]:
    """As `_choice`, but a word of the list's own is no mistake."""
    parse = _choice(enum)

    def parse_or_keep(text: str, reading: Reading) -> Enum | OwnWords | None:
        try:
            return parse(text, reading)
        except Unreadable:
            return OwnWords(text)

    return parse_or_keep


def _choice(enum: type[Enum]) -> Callable[[str, Reading], Enum | None]:
    choices = {str(member.value): member for member in enum}

    def parse(text: str, _reading: Reading) -> Enum | None:
        word = SYNONYMS[enum].get(text.casefold(), text.casefold())
        if word and word not in choices:
            raise Unreadable(
                N_("This is none of: %(choices)s."),
                remedy=N_("Add a value map to the mapping."),
                choices=", ".join(choices),
            )
        return choices.get(word)

    return parse


PARSERS: Mapping[str, Callable[[str, Reading], Value]] = {
    "text": _text,
    "word": _word,
    "whole": _whole,
    "age": _age,
    "number": _number,
    "date": _date,
    "flag": _flag,
    "jurisdiction": _jurisdiction,
    "sex": _choice(Sex),
    "classification": _choice(Classification),
    "outcome": _choice(Outcome),
    "detection": _choice(Detection),
    "severity": _choice(Severity),
    "setting": _own(SettingKind),
    "relation": _own(Relation),
}
"""How each kind of field is read."""
