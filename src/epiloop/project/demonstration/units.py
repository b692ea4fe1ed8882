"""The units of the county (schools, hospitals, markets, works...) and their places with zones."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from epiloop.project.demonstration.columns import NOBODY, Floats, Ints, drawn, stream
from epiloop.project.demonstration.identifiers import PHONES
from epiloop.project.demonstration.kinds import INDEX, KINDS, UnitKind
from epiloop.project.demonstration.tree import DemoTree

STREAM = 1
_BRAND = (
    ("鑫", "xin"), ("福", "fu"), ("瑞", "rui"), ("祥", "xiang"), ("和", "he"), ("兴", "xing"), ("隆", "long"),
    ("宏", "hong"), ("达", "da"), ("金", "jin"), ("源", "yuan"), ("丰", "feng"), ("顺", "shun"), ("安", "an"),
    ("泰", "tai"), ("康", "kang"), ("宁", "ning"), ("美", "mei"), ("佳", "jia"), ("华", "hua"), ("盛", "sheng"),
    ("天", "tian"), ("诚", "cheng"), ("永", "yong"), ("信", "xin"), ("合", "he"), ("众", "zhong"), ("嘉", "jia"),
    ("恒", "heng"), ("旺", "wang"), ("腾", "teng"), ("飞", "fei"),
)  # fmt: skip
"""Lucky characters, as written and as read."""
_NUMBERED = frozenset({"kindergarten", "primary-school", "middle-school", "high-school", "hospital", "isolation-site"})
_NUMERALS = "一二三四五六七八九十"
PUBLIC_ZONES = (
    ("square", "鼓楼广场", "Drum Tower Square", 300),
    ("committee", "村（社区）服务站", "Service Point", 60),
)
Names = tuple[str, str]
"""A name in Chinese and in English."""


@dataclass(frozen=True)
class Units:
    """One entry per unit: kind (index into KINDS), community (index), staff wanted, names, phone."""

    kind: Ints
    community: Ints
    staff: Ints
    names: tuple[Names, ...]
    phones: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.kind)

    @cached_property
    def guests(self) -> Ints:
        """How many people besides staff a unit takes: pupils, residents, customers at one time."""
        rate = np.array([kind.guests for kind in KINDS])[self.kind]
        return np.asarray(np.ceil(self.staff * rate), dtype=np.int64)

    def of_kind(self, key: str) -> Ints:
        """The indexes of all units of a kind."""
        return np.flatnonzero(self.kind == INDEX[key])


@dataclass(frozen=True)
class Places:
    """One entry per place, which is one zone of a unit or a public place of a community (unit NOBODY). `zone` is the
    zone's word, `zone_names` what it is called.
    """

    unit: Ints
    community: Ints
    kind: tuple[str, ...]
    zone: tuple[str, ...]
    zone_names: tuple[Names, ...]
    names: tuple[Names, ...]
    capacity: Ints

    def __len__(self) -> int:
        return len(self.unit)


def units(tree: DemoTree, people: int, seed: int) -> Units:
    """The units that `people` people have, spread over the communities."""
    rng = stream(seed, STREAM)
    crowd = np.array([item.people for item in tree.communities], dtype=np.float64)
    kinds, where = [], []
    for index, kind in enumerate(KINDS):
        spots = _spots(rng, kind, tree, people, crowd)
        where.append(spots)
        kinds.append(np.full(len(spots), index, dtype=np.int64))
    kind_column, community = np.concatenate(kinds), np.concatenate(where)
    staff = _staff(rng, kind_column, people)
    names = _names(rng, kind_column, community, tree)
    phones = tuple(f"108{number:08d}" for number in (np.arange(len(names)) * 61_803_399 + seed) % PHONES)
    return Units(kind_column, community, staff, names, phones)


def _spots(rng: np.random.Generator, kind: UnitKind, tree: DemoTree, people: int, crowd: Floats) -> Ints:
    """The communities where the units of a kind stand; the largest community of each township if everywhere."""
    count = max(kind.least, round(people / kind.per))
    urban = np.array([item.urban for item in tree.communities])
    town, country = crowd * urban, crowd * ~urban
    weights = kind.urban * (town + 1e-3) / (town + 1e-3).sum() + (1 - kind.urban) * (country + 1e-9) / crowd.sum()
    if not kind.everywhere:
        return np.sort(drawn(rng, weights, count))
    seats = [int(np.flatnonzero(tree.township_of == item)[0]) for item in range(len(tree.townships))]
    return np.sort(np.concatenate((seats, drawn(rng, weights, max(0, count - len(seats))))).astype(np.int64))


def _staff(rng: np.random.Generator, kind: Ints, people: int) -> Ints:
    """Log-normal sizes.

    Kinds of which a small county has more than its people need shrink; no unit employs more than one person in 60.
    """
    needed = np.array([people / item.per for item in KINDS]) / np.maximum(1, np.bincount(kind, minlength=len(KINDS)))
    median = (np.array([item.staff for item in KINDS]) * np.minimum(1, needed))[kind]
    spread = np.array([item.spread for item in KINDS])[kind]
    size = median * np.exp(spread * rng.standard_normal(len(kind)))
    return np.maximum(2, np.minimum(np.round(size), max(4, people / 60))).astype(np.int64)


def _names(rng: np.random.Generator, kind: Ints, community: Ints, tree: DemoTree) -> tuple[Names, ...]:
    """ "古宜镇鑫源餐馆" (Guyi Town Xinyuan Restaurant), "古宜镇第三小学": no two alike in Chinese."""
    used: set[str] = set()
    names = []
    for one, where in zip(kind.tolist(), community.tolist(), strict=True):
        township = tree.communities[where].township
        names.append(_name(rng, KINDS[one], (tree.names[township], tree.names_en[township]), used))
    return tuple(names)


def _name(rng: np.random.Generator, kind: UnitKind, town: Names, used: set[str]) -> Names:
    numbered = kind.key in _NUMBERED
    number, brand = 1, ("", "")
    name = f"{town[0]}{kind.zh}" if not numbered else f"{town[0]}第{_numeral(number)}{kind.zh}"
    while name in used:
        number += 1
        if not numbered:
            brand = _brand(rng, 2 + number // 20)
        name = f"{town[0]}第{_numeral(number)}{kind.zh}" if numbered else f"{town[0]}{brand[0]}{kind.zh}"
    used.add(name)
    english = (town[1], brand[1], kind.en, f"No. {number}" if numbered else "")
    return name, " ".join(part for part in english if part)


def _brand(rng: np.random.Generator, length: int) -> Names:
    """A made-up name of a firm, as written and as read."""
    chosen = rng.integers(0, len(_BRAND), length)
    written, read = zip(*(_BRAND[index] for index in chosen), strict=True)
    return "".join(written), "".join(read).capitalize()


def _numeral(number: int) -> str:
    """Chinese numerals up to 99, digits above."""
    if number > 99:
        return str(number)
    tens, ones = divmod(number, 10)
    ten = ("" if tens == 1 else _NUMERALS[tens - 1]) + "十" if tens else ""
    return ten + (_NUMERALS[ones - 1] if ones else "")


def places(tree: DemoTree, all_units: Units) -> Places:
    """Every zone of every unit, then the public places of every community."""
    unit, community, kind, zone, zone_names, names, capacity = [], [], [], [], [], [], []
    crowd = (all_units.staff + all_units.guests).tolist()
    for index, (number, where) in enumerate(zip(all_units.kind.tolist(), all_units.community.tolist(), strict=True)):
        whose = all_units.names[index]
        for word, zh, share in KINDS[number].zones:
            unit.append(index)
            community.append(where)
            kind.append(KINDS[number].key)
            zone.append(word)
            zone_names.append((zh, word.replace("-", " ").capitalize()))
            names.append((f"{whose[0]}{zh}", f"{whose[1]}, {word.replace('-', ' ')}"))
            capacity.append(max(1, round(crowd[index] * share)))
    for where, item in enumerate(tree.communities):
        for word, zh, en, most in PUBLIC_ZONES:
            unit.append(NOBODY)
            community.append(where)
            kind.append("public")
            zone.append(word)
            zone_names.append((zh, en))
            names.append((f"{item.name}{zh}", f"{tree.names_en[item.code]} {en}"))
            capacity.append(most)
    numbers = (np.array(unit), np.array(community), tuple(kind), tuple(zone), tuple(zone_names), tuple(names))
    return Places(*numbers, np.array(capacity, dtype=np.int64))
