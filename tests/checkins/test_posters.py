"""Posters: what stands on them, and that a camera reads the very code that was signed, also small and in grey light."""

import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.checkins import reading_paper as paper
from tests.checkins.test_codes import CLAIMS, SIGNERS, claims, verifier

from epiloop.core.errors import InvalidInput
from epiloop.operations.checkins import codes, short
from epiloop.operations.checkins.keys import Algorithm
from epiloop.papers import posters
from epiloop.papers.lettering import SONG, lines, register, width
from epiloop.papers.posters import Poster, Wording
from epiloop.project.languages import LOCALE

AT = datetime(2022, 7, 1, 4, tzinfo=UTC)


def chinese(message: str) -> str:
    import polib

    catalogue = polib.pofile(str(LOCALE / "zh_Hans" / "LC_MESSAGES" / "django.po"))
    return next(entry.msgstr for entry in catalogue if entry.msgid == message and not entry.msgctxt)


WORDING = Wording(chinese, 14)


def poster(said: codes.Claims = CLAIMS, algorithm: Algorithm = Algorithm.EDDSA) -> Poster:
    address = codes.address("https://epi.sanjiang.example", codes.signed(said, SIGNERS[algorithm]))
    human = short.spoken(short.short_code(said.place, said.zone, said.number))
    names = said.name_zh, said.name_en, said.zone_zh, said.zone_en
    return Poster(address, *names, human, said.number, said.issued.date())


def printed(*some: Poster, size: str = "A4") -> bytes:
    out = io.BytesIO()
    posters.write(some, out, WORDING, size=size)
    return out.getvalue()


@pytest.mark.parametrize(("size", "points"), [("A4", (595, 842)), ("A5", (420, 595))])
@pytest.mark.parametrize("algorithm", Algorithm)
def test_the_code_on_the_paper_is_the_code_that_was_signed(size: str, points: tuple[int, int], algorithm) -> None:
    pdf = printed(poster(algorithm=algorithm), size=size)
    assert paper.sizes(pdf) == [points]
    [[found]] = paper.codes(pdf, dpi=100)
    assert verifier().verify(found, AT) == CLAIMS


@settings(max_examples=12, deadline=None)
@given(claims)
def test_whatever_a_place_is_called_its_poster_is_read(said: codes.Claims) -> None:
    [[found]] = paper.codes(printed(poster(said)), dpi=110)
    assert verifier().verify(found, AT) == said


def test_a_poster_in_grey_light_behind_dirt_and_aslant_is_read() -> None:
    [page] = paper.pages(printed(poster()), dpi=150)
    dark = (page * 0.45 + 40 + np.random.default_rng(1).normal(0, 12, page.shape)).clip(0, 255)
    height, across = page.shape
    dark[int(height * 0.36) : int(height * 0.38), int(across * 0.5) : int(across * 0.6)] = 60
    slanted = np.stack([np.roll(row, number // 12) for number, row in enumerate(dark)]).astype(np.uint8)
    [found] = zxingcpp.read_barcodes(np.ascontiguousarray(slanted))
    assert verifier().verify(found.text, AT) == CLAIMS


def test_a_poster_says_the_same_in_both_languages() -> None:
    [text] = paper.texts(printed(poster()))
    for said in ("Check in here", "扫码登记", "Sanjiang County Hospital", "三江侗族自治县人民医院", "14 天", "14 days"):
        assert said in text, said
    assert poster().short in text
    assert date(2022, 7, 1).isoformat() in text


@pytest.mark.parametrize("signs", [2, 24, 60])
def test_names_stand_in_full_and_leave_the_code_its_quiet_zone(signs: int) -> None:
    zone = "鲜肉和水产品以及冷冻食品集中交易区域"
    named = replace(
        poster(), name_zh="市" * signs, name_en="Market " * (signs // 5), zone_zh=zone, zone_en="Fresh meat"
    )
    pdf = printed(named)
    [text] = paper.texts(pdf)
    assert "市" * signs + zone in re.sub(r"[\s·]", "", text)
    [page] = paper.pages(pdf, dpi=100)
    [found] = zxingcpp.read_barcodes(page)
    top, module = found.position.top_left.y, (found.position.top_right.x - found.position.top_left.x) / 61
    assert page[int(top - 4 * module) : int(top) - 2].min() > 200, "letters in the quiet zone"


def test_one_page_for_each_and_none_for_none() -> None:
    assert len(paper.codes(printed(poster(), poster(), poster()))) == 3
    with pytest.raises(InvalidInput):
        printed()
    with pytest.raises(InvalidInput):
        printed(poster(), size="A3")


@given(st.text(st.sampled_from("三江侗族自治县abc，。 "), max_size=60), st.integers(60, 300))
def test_lines_are_no_wider_than_their_room_and_lose_nothing(text: str, room: int) -> None:
    register()
    found = lines(text, SONG, 12, room)
    assert "".join(found).replace(" ", "") == text.replace(" ", "")
    for line in found:
        assert width(line.rstrip("，。"), SONG, 12) <= room or " " not in line
        assert not line.startswith(("，", "。")) or line == found[0]
