"""Divisions are found by whatever people type; the tree is that of the day."""

from datetime import date

import psycopg
import pytest
from tests.reading.rows import n_id, seen

from epiloop.core.jurisdictions import code, range_of
from epiloop.project.home import Installation
from epiloop.store import writing
from epiloop.store.reading.divisions import children, division, names, path, search
from epiloop.store.tables import TABLES, DivisionRow

DAY = date(2022, 4, 19)
TREE = [
    ("45", None, "广西壮族自治区", "Guangxi", "guangxizhuangzuzizhiqu", "gxzzzzq"),
    ("4502", "45", "柳州市", "Liuzhou", "liuzhoushi", "lzs"),
    ("450226", "4502", "三江侗族自治县", "Sanjiang", "sanjiangdongzuzizhixian", "sjdzzzx"),
    ("450226100", "450226", "古宜镇", "Guyi Town", "guyizhen", "gyz"),
    ("450226100201", "450226100", "黄排村委会", "Huangpai", "huangpaicunweihui", "hpcwh"),
    ("450226100202", "450226100", "三江村委会", "", "sanjiangcunweihui", "sjcwh"),
    ("32", None, "江苏省", "Jiangsu", "jiangsusheng", "jss"),
]


@pytest.fixture
def tree(clean: Installation) -> Installation:
    levels = {2: 0, 4: 1, 6: 2, 9: 3, 12: 4}
    since = date(1949, 10, 1)
    rows = [
        DivisionRow(n_id(n), code(own), levels[len(own)], code(above) if above else None, *words, False, since, None)
        for n, (own, above, *words) in enumerate(TREE, 1)
    ]
    merged = rows[4]._replace(id=n_id(90), code=code("450226100209"), name_zh="老村委会", valid_until=date(2020, 1, 1))
    with psycopg.connect(clean.dsn("engine")) as engine:
        writing.copy_rows(engine, TABLES[DivisionRow], [*rows, merged])
    return clean


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("三江", ["450226", "450226100202"]),
        ("古宜镇", ["450226100"]),
        ("guyi", ["450226100"]),
        ("gu yi", ["450226100"]),
        ("gyz", ["450226100"]),
        ("sanjiang", ["450226", "450226100202"]),
        ("SJ", ["450226", "450226100202"]),
        ("4502261002", ["450226100201", "450226100202"]),
        ("4502", ["4502", "450226", "450226100", "450226100201", "450226100202"]),
        ("侗族", ["450226"]),
        ("村委会", ["450226100201", "450226100202"]),
        ("Liuzhou", ["4502"]),
        ("guyi town", ["450226100"]),
        *((text, []) for text in ("", "%", "_", "老村", "不在")),
    ],
)
def test_a_division_is_found_by_what_people_type(tree: Installation, text: str, found: list[str]) -> None:
    with seen(tree) as app:
        assert [row.code for row in search(app, text, DAY)] == [code(one) for one in found]


def test_a_search_stays_inside_what_is_asked_and_within_its_limit(tree: Installation) -> None:
    with seen(tree) as app:
        assert search(app, "j", DAY, inside=range_of(code("45"))) == []
        assert len(search(app, "45", DAY, limit=2)) == 2


def test_the_tree_is_that_of_the_day(tree: Installation) -> None:
    town, old = code("450226100"), code("450226100209")
    with seen(tree) as app:
        assert [row.code for row in path(app, town, DAY)] == [
            code(one) for one in ("45", "4502", "450226", "450226100")
        ]
        assert [row.name_zh for row in children(app, town, DAY)] == ["黄排村委会", "三江村委会"]
        assert len(children(app, town, date(2019, 1, 1))) == 3
        assert [row.code for row in children(app, None, DAY)] == [code("32"), code("45")]
        assert division(app, old, DAY) is None
        assert names(app, [old, town, 7], DAY)[old].name_zh == "老村委会"
