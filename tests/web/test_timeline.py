"""A person's time line: nothing written over something else, on a desk and on a phone, whenever it is looked at."""

from datetime import timedelta
from uuid import uuid4

import pytest
from tests.web.outbreak import START
from tests.web.staff import account, signed_in
from tests.web.test_look import DESK, PHONE
from tests.web.test_work_look import sign_in_quietly

pytestmark = pytest.mark.browser

OVERLAPS = """() => {
  const drawing = [...document.querySelectorAll('svg.timeline')].filter(svg => svg.checkVisibility());
  const texts = [...drawing[0].querySelectorAll('text')].map(text => [text.textContent, text.getBoundingClientRect()]);
  const found = [];
  texts.forEach(([one, a], n) => texts.slice(n + 1).forEach(([other, b]) => {
    if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 2 && b.top < a.bottom - 2)
      found.push([one, other]);
  }));
  return {drawings: drawing.length, texts: texts.length, found, inside: texts.every(([, a]) =>
    a.left >= 0 && a.right <= drawing[0].getBoundingClientRect().right + 1)};
}"""


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("language", ["en-GB", "zh-CN"])
def test_no_word_of_the_time_line_lies_over_another(cast, outbreak, site, chromium, size, language):
    outbreak.at = START + timedelta(hours=3)
    investigator = account("investigator-7", "investigator")
    person = f"/people/{outbreak.people['contact']}/"
    signed_in(investigator).post(f"{person}record/admission/", {"key": str(uuid4()), "stage": "centralised"})
    context = chromium.new_context(locale=language, **size)
    page = context.new_page()
    sign_in_quietly(page, site, investigator)
    for days in (0, 4, 9, 12):
        outbreak.at = START + timedelta(days=days, hours=3)
        page.goto(site + person)
        seen = page.evaluate(OVERLAPS)
        assert seen["drawings"] == 1
        assert seen["texts"] > 4
        assert seen["found"] == [], days
        assert seen["inside"], days
    context.close()
