"""`{% load epiloop %}`: the parts pages are made of. Each is described in docs/explanation/pages.md."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from html import escape
from typing import Any
from uuid import UUID

from django import template
from django.forms import BaseForm, BoundField
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from epiloop.core.instants import day_of
from epiloop.core.jurisdictions import Code, short
from epiloop.core.rights import EVERYWHERE, ROLE_NAMES
from epiloop.web import built, marked, said
from epiloop.web.people.begun import record_address as address_of_record
from epiloop.web.titles import Titles
from epiloop.web.whose import Shown

register = template.Library()

TAGS_OF_LANGUAGES = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant"}


@register.simple_tag(takes_context=True)
def moment(context: Context, when: datetime | None) -> str:
    """When something happened or will: "today 09:28"; the exact time on hover; empty for None."""
    return marked.moment(when, context["at"], context["zone"]) if when else ""


@register.simple_tag(takes_context=True)
def terms_clause(context: Context, written: str) -> str:
    """The clause of terms of exposure in the reader's language."""
    return Titles(context["who"].laws).terms(written)


@register.simple_tag(takes_context=True)
def due(context: Context, when: datetime | None, done_at: datetime | None = None) -> str:
    """A deadline: late "−5 h 12 m" in red, of today "today by midnight" in amber, else plain; done with its time."""
    at, zone = context["at"], context["zone"]
    if done_at is not None:
        return marked.done(done_at, at, zone)
    return marked.due(when, at, zone) if when else ""


@register.simple_tag
def options(offered: Iterable[tuple[str, str]], chosen: str | None = None) -> str:
    """The choices of a filter as (word, name), the chosen one selected."""
    return marked.options(offered, chosen or "")


@register.simple_tag(takes_context=True)
def duty_line(context: Context, line: Shown, kind: str = "") -> str:
    """One duty of a list; `kind` "late": nobody having signed for it is said in red."""
    return marked.duty_line(line, context["at"], context["zone"], late=kind == "late")


@register.simple_tag(takes_context=True)
def whose(context: Context, line: Shown, kind: str = "") -> str:
    """Whose a duty is, who is on now, who signed for it, how far it went up."""
    return marked.whose(line, context["at"], context["zone"], late=kind == "late")


@register.simple_tag(takes_context=True)
def day(context: Context, when: date | None) -> str:
    """A calendar day: "today", "5 July"; the ISO date on hover; empty for None."""
    if when is None:
        return ""
    today = day_of(context["at"], context["zone"])
    words = said.said_day(when, today)
    return format_html('<time datetime="{0}" title="{0}">{1}</time>', when.isoformat(), words)


@register.simple_tag
def span(length: timedelta | None) -> str:
    """A length of time: "5 h 12 m"; empty for None."""
    return said.said_span(length) if length is not None else ""


@register.simple_tag(takes_context=True)
def clock(context: Context) -> str:
    """The jurisdiction's day and time at the instant of the page: "Tue 19 April 21:40"."""
    at, zone = context["header"].at, context["zone"]
    today = day_of(at, zone)
    return format_html(
        '<time datetime="{}" title="{}">{} <strong>{}</strong></time>',
        at.isoformat(),
        said.exact(at, zone),
        said.said_calendar_day(today),
        said.said_time(at, zone),
    )


@register.simple_tag
def number(value: int | None, url: str = "", kind: str = "", label: str = "") -> str:
    """A counted number as a link to the list behind it; zero is quiet and None a dash, both without a link.

    `kind`: "", "late", "due" or "done". `label` says for a screen reader what is counted.
    """
    if not value:
        return SafeString(f'<span class="zero">{"–" if value is None else 0}</span>')
    spoken = f'<span class="unseen"> {escape(label)}</span>' if label else ""
    return SafeString(f'<a class="number {escape(kind)}" href="{escape(url)}">{value:,}{spoken}</a>')


@register.inclusion_tag("parts/owner.html", takes_context=True)
def owner(
    context: Context, post: str, on_now: str = "", seen_at: datetime | None = None, escalated_to: str = "", **more: Any
) -> dict[str, Any]:
    """Whose it is: the post, who is on now, signed for or not, how far it went up. `seen=False` shows "not seen"."""
    return {
        **{name: context[name] for name in ("at", "zone")},
        "post": post,
        "on_now": on_now,
        "seen_at": seen_at,
        "escalated_to": escalated_to,
        "seen": more.get("seen"),
    }


@register.inclusion_tag("parts/status.html", takes_context=True)
def status_words(context: Context, words: str, **more: Any) -> dict[str, Any]:
    """What a subject may do now, in words: `until` (instant), `then`, `clause`, `why_url`, `appeal_url`, `kind`."""
    return {"at": context["at"], "zone": context["zone"], "words": words, **more}


@register.inclusion_tag("parts/empty.html")
def empty(title: str, hint: str = "", url: str = "", label: str = "") -> dict[str, str]:
    """An empty state: what would appear here (`title`), how it comes (`hint`), and the action, if any."""
    return {"title": title, "hint": hint, "url": url, "label": label}


@register.inclusion_tag("parts/error_summary.html")
def error_summary(form: BaseForm) -> dict[str, Any]:
    """All errors of a form above it, each leading to its field; nothing for a form without errors."""
    fields = [(bound, bound.errors) for bound in form if bound.errors]
    return {"form": form, "fields": fields, "general": form.non_field_errors()}


@register.inclusion_tag("parts/field.html")
def field(bound: BoundField, **more: Any) -> dict[str, Any]:
    """A form field: label, help, error, control, tied together for screen readers. `optional=True` says so."""
    said_by = [f"{bound.auto_id}_help"] if bound.help_text else []
    said_by += [f"{bound.auto_id}_error"] if bound.errors else []
    extra: dict[str, Any] = {"aria-describedby": " ".join(said_by)} if said_by else {}
    if bound.errors:
        extra["aria-invalid"] = "true"
    return {"field": bound, "control": bound.as_widget(attrs=extra), "optional": more.get("optional", False)}


@register.inclusion_tag("parts/progress.html")
def progress(url: str, done: int, total: int | None, text: str, *, finished: bool = False) -> dict[str, Any]:
    """Long work: asks `url` again each second (htmx) until `finished`; `url` answers with this same part."""
    return {"url": url, "done": done, "total": total, "text": text, "finished": finished}


@register.simple_tag(takes_context=True)
def next_link(context: Context, after: str | None) -> str:
    """The address of the next page of a keyset list, `?after=...` with the other filters kept; "" at the end."""
    if not after:
        return ""
    query = context["request"].GET.copy()
    query["after"] = after
    return f"?{query.urlencode()}"


@register.simple_tag
def record_address(person: UUID, kind: str, following: str = "", **said: object) -> str:
    """The address of a form of a person; what it begins with is sealed in it."""
    return address_of_record(person, kind, following, **said)


@register.simple_tag
def bar(share: float, kind: str = "", label: str = "") -> str:
    """A share from 0 to 1 as a thin bar (SVG, no inline style); the number in words belongs beside it."""
    percent = round(max(0.0, min(1.0, share)) * 100, 1)
    return format_html(
        '<svg class="bar {}" viewBox="0 0 100 6" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<rect width="100" height="6" rx="3"/><rect width="{}" height="6" rx="3"/></svg>',
        *(kind, label or f"{percent:g} %", percent),
    )


@register.simple_tag(takes_context=True)
def here(context: Context, path: str) -> str:
    """` aria-current="page"` if the page lies at or under the path."""
    request = context.get("request")
    return SafeString(' aria-current="page"') if request and request.path.startswith(path) else SafeString("")


@register.simple_tag
def island(name: str) -> str:
    """The script (and style) tags of one island of the front end, by the name of its file in frontend/src."""
    return built.tags(name)


@register.simple_tag
def html_lang(language: str) -> str:
    """The language tag for `<html lang>`: "zh-Hans" for "zh-hans"."""
    return TAGS_OF_LANGUAGES.get(language, language)


@register.simple_tag
def role_name(role: str) -> str:
    """A role in the reader's language."""
    return gettext(ROLE_NAMES.get(role, role))


@register.simple_tag(takes_context=True)
def grant_place(context: Context, jurisdiction: int) -> str:
    """Where a grant holds: the name from `place_names` of the page (see `header.named`), or "everywhere"."""
    if jurisdiction == EVERYWHERE:
        return gettext("everywhere")
    names: dict[int, str] = context.get("place_names") or {}
    return names.get(jurisdiction) or short(Code(jurisdiction))


@register.simple_tag
def short_code(jurisdiction: int) -> str:
    """A jurisdiction's code as people write it: "450226"."""
    return short(Code(jurisdiction))
