"""Notices to contacts: what holds for them, what to do, by when, whom to call, how to appeal - in both languages.

A notice names neither the case nor a place nor anybody else (PRIVACY R10): whoever finds it on a table learns nothing
about others. It is made of what is computed for its reader alone. The wording is fixed here, not assembled on a page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from epiloop.papers.tables import write_csv

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
COLUMNS = ("number", "code", "telephone", "what_holds", "from", "until", "first_due", "clause", "call_back")
"""Of the list for those who telephone."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What is told to one person. `code`: what they are called while covered; `holds`: the status (English, Chinese).

    `clause`: the law it rests on, likewise; `since`: from when it holds, `until`: when it ends at the latest;
    `due`: when the first thing is due; `phone`: the duty line, nobody's own.
    """

    code: str
    holds: tuple[str, str]
    clause: tuple[str, str]
    since: datetime | None
    until: datetime | None
    due: datetime | None
    phone: str
    reach: str = ""

    def __repr__(self) -> str:
        return "Notice(...)"


@dataclass(frozen=True, slots=True)
class Wording:
    """A notice in one language: its title and its paragraphs, each under a short heading."""

    language: str
    title: str
    parts: tuple[tuple[str, str], ...]


def wordings(notice: Notice, zone: tzinfo) -> tuple[Wording, Wording]:
    """The notice in Chinese and in English."""
    return _chinese(notice, zone), _english(notice, zone)


def call_list(notices: Sequence[Notice], zone: tzinfo, *, chinese: bool) -> bytes:
    """The list for those who telephone, as CSV whose cells no program takes for formulas (PRIVACY R27)."""
    rows = [
        [
            str(number),
            one.code,
            one.reach,
            one.holds[chinese],
            _stamp(one.since, zone),
            _stamp(one.until, zone),
            _stamp(one.due, zone),
            one.clause[chinese],
            one.phone,
        ]
        for number, one in enumerate(notices, start=1)
    ]
    return write_csv(list(COLUMNS), rows)


def _english(notice: Notice, zone: tzinfo) -> Wording:
    do = "Stay where you are, keep away from others, wear a mask, and use no public transport. Staff will call you"
    do += f" and tell you the next step by {_said(notice.due, zone)}." if notice.due else " and tell you the next step."
    appeal = "You may appeal in person, in writing or by telephone; somebody who did not decide it decides about that."
    span = f"from {_said(notice.since, zone)} until {_said(notice.until, zone, ends=True)} at the latest"
    holds = f"{notice.holds[0]}, {span}. It ends by itself."
    rule = f" Rule: {notice.clause[0]}." if notice.clause[0] else ""
    return Wording(
        "en",
        "Notice for your health",
        (
            ("Why you get this", "You may have been exposed to an infectious disease. This is not a diagnosis."),
            ("What holds for you", f"{holds}{rule}" if notice.until else "Nothing restricts you yet."),
            ("What to do now", do),
            ("If you feel ill", "Fever, cough or anything unusual: call at once. Do not go to a clinic by yourself."),
            ("Whom to call", notice.phone or "The duty officer of your community."),
            ("If you do not agree", f"{appeal} Ask for a letter with which you see your data and who looked at it."),
        ),
    )


def _chinese(notice: Notice, zone: tzinfo) -> Wording:
    do = "请留在目前所在的地方，不与他人接触，佩戴口罩，不乘坐公共交通工具。"
    do += (
        f"工作人员将在{_said_zh(notice.due, zone)}前联系您，告知下一步安排。"
        if notice.due
        else "工作人员会联系您，告知下一步安排。"
    )
    span = f"自{_said_zh(notice.since, zone)}起，最迟至{_said_zh(notice.until, zone, ends=True)}"
    holds = f"{notice.holds[1]}，{span}，到期自动解除。"
    rule = f"依据：{notice.clause[1]}。" if notice.clause[1] else ""
    return Wording(
        "zh-Hans",
        "健康告知书",
        (
            ("为什么告知您", "您可能有传染病暴露风险。这不是诊断。"),
            ("对您的管理措施", f"{holds}{rule}" if notice.until else "目前没有对您采取限制措施。"),
            ("现在请这样做", do),
            ("如有不适", "如出现发热、咳嗽等不适，请立即来电，不要自行前往医疗机构。"),
            ("联系电话", notice.phone or "您所在社区的值班人员。"),
            (
                "如有异议",
                "您可以当面、书面或者电话提出申诉，由未参与原决定的人员处理。您还可以索取查询函，查看自己的数据以及谁查看过。",
            ),
        ),
    )


def _stamp(at: datetime | None, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}" if at else ""


def _said(at: datetime | None, zone: tzinfo, *, ends: bool = False) -> str:
    """An instant as people say it; what ends at midnight ends with the day before."""
    if at is None:
        return ""
    day, clock = _day_and_clock(at, zone, ends=ends)
    words = f"{day.day} {MONTHS[day.month - 1]} {day.year}"
    return f"the end of {words}" if clock == "24:00" else f"{words}, {clock}"


def _said_zh(at: datetime | None, zone: tzinfo, *, ends: bool = False) -> str:
    if at is None:
        return ""
    day, clock = _day_and_clock(at, zone, ends=ends)
    return f"{day.year}年{day.month}月{day.day}日{clock}"


def _day_and_clock(at: datetime, zone: tzinfo, *, ends: bool) -> tuple[date, str]:
    local = at.astimezone(zone)
    if ends and local.time() == time():
        return local.date() - timedelta(days=1), "24:00"
    return local.date(), f"{local:%H:%M}"
