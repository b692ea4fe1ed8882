"""The small parts of which a page has a hundred, written as text: a template takes ten times as long for each.

All that comes from outside goes through `escape`; what is a word of ours or a number stands as it is.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta, tzinfo
from html import escape

from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext

from epiloop.core.instants import day_of
from epiloop.web import said
from epiloop.web.whose import Shown

SOON = timedelta(hours=1)


def time(moment: datetime, words: str, zone: tzinfo, kind: str = "") -> SafeString:
    """An instant in words, the exact one on hover."""
    marked = f' class="{kind}"' if kind else ""
    exact = said.exact(moment, zone)
    return SafeString(f'<time datetime="{moment.isoformat()}" title="{exact}"{marked}>{escape(words)}</time>')


def moment(when: datetime, at: datetime, zone: tzinfo) -> SafeString:
    """When something happened or will: "today 09:28"."""
    return time(when, said.said_moment(when, at, zone), zone)


def due(when: datetime, at: datetime, zone: tzinfo) -> SafeString:
    """A deadline: late "−5 h 12 m" in red, of today "today by midnight" in amber, else plain."""
    words = said.said_due(when, at, zone)
    if late := said.said_late(when, at):
        return SafeString(f'{time(when, late, zone, "late")}<span class="unseen"> {escape(words)}</span>')
    soon = when - at < SOON or day_of(when - timedelta(microseconds=1), zone) == day_of(at, zone)
    return time(when, words, zone, "due" if soon else "")


def done(when: datetime, at: datetime, zone: tzinfo) -> SafeString:
    """When a duty was done."""
    return time(when, said.said_done(when, at, zone), zone, "done")


def options(offered: Iterable[tuple[str, str]], chosen: str = "") -> SafeString:
    """The choices of a filter, one of them chosen."""
    return SafeString(
        "".join(
            f'<option value="{escape(key)}"{" selected" if key == chosen else ""}>{escape(name)}</option>'
            for key, name in offered
        )
    )


def duty_line(line: Shown, at: datetime, zone: tzinfo, *, late: bool) -> SafeString:
    """One duty of a list: until when, what, for whom, where, after which law, whose."""
    record = line.duty
    when = done(record.done_at, at, zone) if record.done_at else due(record.due, at, zone)
    title = escape(line.title)
    what = f'{title} <span class="code">{line.subject}</span>'
    if line.url:
        what = f'<a href="{line.url}">{title}<span class="code subject"> {line.subject}</span></a>'
    return SafeString(
        f'<li class="line"><span class="when">{when}</span>\n'
        f'<span class="what">{what}\n'
        f'<span class="context">{escape(line.place)} · {escape(line.clause)}</span></span>\n'
        f'<span class="whose">{whose(line, at, zone, late=late)}</span></li>\n'
    )


def whose(line: Shown, at: datetime, zone: tzinfo, *, late: bool) -> SafeString:
    """Whose a duty is: the post, and of an open one who is on now, who signed for it, how far it went up."""
    steps = "".join((_on_now(line), _taken(line, at, zone, late=late), _risen(line))) if line.open else ""
    return SafeString(f'<span class="owner">{escape(line.post)}{steps}</span>')


def _on_now(line: Shown) -> str:
    owner = line.owner
    if line.stand_in:
        nobody = f'<span class="late">{_word("nobody on duty")}</span>'
        answers = f"{escape(line.stand_in)} · {escape(owner.account or '')} {escape(owner.phone)}"
        return f'<span class="owner-now">{nobody} → {answers}</span>'
    if owner.account:
        colon = pgettext("between label and value", ": ")
        phone = f'<span class="nowrap">{escape(owner.phone)}</span>'
        instead = gettext("for %(who)s") % {"who": owner.substitute_for}
        after = f" · {escape(instead)}" if owner.substitute_for else ""
        return f'<span class="owner-now">{_word("on now")}{colon}{escape(owner.account)} {phone}{after}</span>'
    if owner.individual:
        return ""
    return f'<span class="owner-now late">{_word("nobody on duty, no duty officer either")}</span>'


def _taken(line: Shown, at: datetime, zone: tzinfo, *, late: bool) -> str:
    if isinstance(line.taken_at, datetime):
        return f'<span class="chip done">{_word("signed for")} {moment(line.taken_at, at, zone)}</span>'
    return f'<span class="chip{" late" if late else ""}">{_word("not signed for")}</span>'


def _risen(line: Shown) -> str:
    if not line.risen_to:
        return ""
    words = gettext("escalated to %(escalated_to)s") % {"escalated_to": line.risen_to}
    return f'<span class="chip">{escape(words)}</span>'


def _word(message: str) -> str:
    return escape(gettext(message))
