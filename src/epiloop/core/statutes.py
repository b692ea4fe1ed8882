"""By which statutes visits may be opened for somebody outside the response: a closed list (PRIVACY R12).

The key service holds every legal order against it, so it can neither be a file of an installation nor of a rulebook: a
setting that adds a statute could add one of the police. None that serves to prosecute people or to keep order is here.
What is missing for a country comes with a release, reviewed like any other change.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from epiloop.core.errors import N_, InvalidInput, Refused

_NATIONAL = "https://flk.npc.gov.cn/"


@dataclass(frozen=True, slots=True)
class Statute:
    """An article, whom it entitles, from which day on and until which (the last one) it is in force; and its source."""

    title: Mapping[str, str]
    entitles: str
    since: date
    until: date | None
    source: str

    def in_force(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return self.since <= day and (self.until is None or day <= self.until)


STATUTES: Mapping[str, Statute] = {
    "cn-civil-procedure-70": Statute(
        {
            "en": "Civil Procedure Law of the People's Republic of China, art. 70",
            "zh": "《中华人民共和国民事诉讼法》第七十条",
        },
        N_("a court, for evidence in a civil case"),
        date(2022, 1, 1),
        None,
        _NATIONAL,
    ),
    "cn-administrative-litigation-40": Statute(
        {
            "en": "Administrative Litigation Law of the People's Republic of China, art. 40",
            "zh": "《中华人民共和国行政诉讼法》第四十条",
        },
        N_("a court, for evidence in a case against an authority"),
        date(2015, 5, 1),
        None,
        _NATIONAL,
    ),
    "cn-infectious-diseases-54": Statute(
        {
            "en": "Infectious Diseases Law of the People's Republic of China (2004), art. 54",
            "zh": "《中华人民共和国传染病防治法》（2004年修订）第五十四条",
        },
        N_("a health authority, to supervise how the law is carried out"),
        date(2004, 12, 1),
        date(2025, 8, 31),
        _NATIONAL,
    ),
    "ihr-2005-45": Statute(
        {"en": "International Health Regulations (2005), art. 45", "zh": "《国际卫生条例（2005）》第四十五条"},
        N_("a National IHR Focal Point, to assess and manage a risk to public health"),
        date(2007, 6, 15),
        None,
        "https://www.who.int/publications/i/item/9789241580496",
    ),
}
"""Word that is signed and stored -> the article. `entitles` is a message id."""


def in_force(day: date) -> list[str]:
    """The words of those that are in force on a day, in the order of the list."""
    return [word for word, one in STATUTES.items() if one.in_force(day)]


def check_statute(word: str, day: date) -> Statute:
    """The statute. Raises InvalidInput, naming the choices, if it is none of the list; Refused if not in force."""
    if word not in STATUTES:
        raise InvalidInput(
            N_("%(statute)s is no statute by which visits are opened."),
            where="statute",
            remedy=N_("Use one of: %(choices)s"),
            statute=repr(word),
            choices=", ".join(in_force(day)),
        )
    if not STATUTES[word].in_force(day):
        raise Refused(
            N_("%(statute)s is not in force on %(day)s."),
            where="statute",
            remedy=N_("Use one of: %(choices)s"),
            statute=word,
            day=day,
            choices=", ".join(in_force(day)),
        )
    return STATUTES[word]
