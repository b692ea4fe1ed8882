"""The parts of pages, rendered from templates as page engineers write them."""

from datetime import date, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.http import QueryDict
from django.template import Context, Template
from django.utils import translation
from tests.web.staff import COUNTY

ZONE = ZoneInfo("Asia/Shanghai")
AT = datetime(2022, 7, 1, 9, 0, tzinfo=ZONE)


def render(text, language="en", **values):
    with translation.override(language):
        page = Context({"at": AT, "zone": ZONE, **values})
        return Template("{% load epiloop %}" + text).render(page)


def test_a_number_is_a_link_to_its_list_and_zero_is_not():
    link = render('{% number 1284 "/people/?late=1" "late" "late" %}')
    assert 'href="/people/?late=1"' in link
    assert "1,284" in link
    assert "<a" not in render('{% number 0 "/people/" %}')
    assert "–" in render('{% number none "/people/" %}', none=None)


def test_what_is_late_says_how_late_and_until_when_it_was_due():
    late = render("{% due when %}", when=AT - timedelta(hours=5, minutes=12))
    assert 'class="late"' in late
    assert "−5 h 12 m" in late
    assert 'title="2022-07-01 03:48:00 +08:00"' in late
    assert "today by 03:48" in late, "for a screen reader, and as the word beside the colour"


@pytest.mark.parametrize(("hours", "kind"), [(0.5, "due"), (14, "due"), (15, "due"), (15.01, ""), (40, "")])
def test_what_is_due_today_is_amber_and_what_is_due_later_is_plain(hours, kind):
    said = render("{% due when %}", when=AT + timedelta(hours=hours))
    assert ('class="due"' in said) == (kind == "due")


def test_what_is_done_says_when():
    assert "已办 今日 08:00" in render("{% due when done %}", "zh-hans", when=AT, done=AT - timedelta(hours=1))


def test_an_owner_is_a_post_with_signed_for_or_not():
    seen = render('{% owner "Transfer team 2" "duty-3" seen_at %}', seen_at=AT)
    unseen = render('{% owner "转运二组" seen=no escalated_to="县专班" %}', "zh-hans", no=False)
    assert "signed for" in seen
    assert "on now: duty-3" in seen
    assert "未签收" in unseen
    assert "已提级至 县专班" in unseen


def test_status_words_say_until_when_by_which_clause_and_why():
    said = render(
        '{% status_words "Centralised isolation" until=until clause="cn close-contact" why_url="#why" kind="due" %}',
        until=AT + timedelta(days=4),
    )
    assert "Centralised isolation" in said
    assert "5 July 09:00" in said
    assert 'href="#why"' in said


class Example(forms.Form):
    day = forms.DateField(label="Day", help_text="Last exposure.")


def test_a_field_ties_label_help_and_error_to_its_control():
    form = Example({"day": "yesterday-ish"})
    said = render("{% error_summary form %}{% field form.day %}", form=form)
    assert 'href="#id_day"' in said
    assert 'for="id_day"' in said
    assert 'aria-describedby="id_day_help id_day_error"' in said
    assert 'aria-invalid="true"' in said
    assert 'value="yesterday-ish"' in said, "what was typed is kept"
    assert "error-summary" not in render("{% error_summary form %}", form=Example())


def test_the_next_page_keeps_the_filters():
    request = SimpleNamespace(GET=QueryDict("line=people&after=old"), path="/board/")
    assert render("{% next_link after %}", request=request, after="x=1") == "?line=people&amp;after=x%3D1"
    assert render("{% next_link none %}", request=request, none=None) == ""


def test_long_work_asks_again_until_it_is_finished():
    assert 'hx-trigger="every 1s"' in render('{% progress "/import/1/" 10 100 "Reading" %}')
    assert "hx-" not in render('{% progress "/import/1/" 100 100 "Read" finished=yes %}', yes=True)


def test_a_bar_is_drawn_without_style_and_has_words():
    said = render("{% bar 0.884 'late' %}")
    assert 'aria-label="88.4 %"' in said
    assert 'width="88.4"' in said
    assert "style=" not in said


def test_what_is_shown_is_escaped():
    said = render(
        "{% number 3 url %}{% owner post %}{% empty post %}", url='"><script>', post="<script>alert(1)</script>"
    )
    assert "<script>" not in said


def test_a_day_and_an_empty_value():
    assert ">5 July<" in render("{% day when %}", when=date(2022, 7, 5))
    assert render("{% day when %}{% moment when %}{% due when %}{% span when %}", when=None) == ""


def test_a_place_of_a_grant_is_named_or_shown_by_its_code():
    assert render("{% grant_place where %}", where=COUNTY, place_names={COUNTY: "三江"}) == "三江"
    assert render("{% grant_place where %}", where=COUNTY) == "450226"
    assert render("{% grant_place 0 %}", "zh-hans") == "全部辖区"
