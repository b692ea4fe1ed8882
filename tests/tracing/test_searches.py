"""A search from the request to a contact's duties, on the real database and key service; and what each refuses."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from tests.tracing.searches import HERE, KEYS, NOW, STRANGER, Searches, account_id, playing

from epiloop.core.errors import NotAllowed, NotFound, Refused
from epiloop.core.jurisdictions import code
from epiloop.operations.investigation import events as e
from epiloop.operations.tracing.state import Request
from epiloop.registers.people import events as p
from epiloop.runtime.heads import wrong_days
from epiloop.runtime.requests import By
from epiloop.runtime.requests.people import tell
from epiloop.runtime.requests.tracing import emergencies as glass
from epiloop.runtime.requests.tracing import histories
from epiloop.runtime.requests.tracing.answers import chosen, plain, plausible, search
from epiloop.runtime.requests.tracing.asking import Asking, propose, text_of, window
from epiloop.runtime.requests.tracing.confirming import Source, confirm
from epiloop.runtime.requests.tracing.deciding import approve, refuse, standing, withdraw
from epiloop.runtime.requests.tracing.met import person_of
from epiloop.store.reading import people as stored
from epiloop.store.reading.asking import EVERYWHERE
from epiloop.store.scoped import reading
from epiloop.vault import grants
from epiloop.vault.port import Identity
from epiloop.vault.reach import ReachKind, code_of
from epiloop.vault.results import Found
from epiloop.vault.signatures import signed
from epiloop.vault.spots import spot


@pytest.fixture
def story(clean):
    with playing(clean) as made:
        yield made


def asked(story: Searches, key: str = "ask", ring: int = 1, by: By | None = None, private: bytes = KEYS["asker"]):
    by = by or story.by("asker", key)
    of = window(story.parts, by, story.people["case"], story.parts.now())
    at = story.parts.now()
    text = text_of(story.parts, by, of, Asking("county office", ring), at=at, id_=story.parts.new_id())
    done = propose(story.parts, by, text, signed(text, private))
    return UUID(str(done.result["trace"])), text


def approved(story: Searches, key: str = "ask", ring: int = 1, **asker):
    request, text = asked(story, key, ring, **asker)
    by = story.by("approver", "approve", "duty-officer")
    approve(story.parts, by, request, "city office", signed(text, KEYS["approver"]))
    return request


def state(story: Searches, request) -> Request:
    return standing(story.parts, request)[0]


def test_from_a_request_to_duties_of_those_who_were_met(story):
    story.attest(Found.CONFIRMED)
    request = approved(story)
    found = search(story.made, story.by("asker", "search"), request)
    assert [(one.rank, one.together, one.kinds) for one in found.people] == [(1, 30, ("market",)), (2, 20, ("market",))]
    assert (found.first, found.second, found.counted) == (2, 0, False)
    known, stranger = found.people
    assert known.subject == story.people["known"], "the key service knows whose number it is"
    assert (stranger.subject, stranger.reach.text) == (None, STRANGER)
    assert [one["known"] for one in plain(found)] == [True, False]
    source = Source(request, story.people["case"], "covid-19", HERE)
    done = confirm(story.made, story.by("asker", "confirm"), source, found.people)
    assert (done.confirmed, done.registered) == (2, 1)
    new = person_of(story.made.stamp, code_of(ReachKind.PHONE, STRANGER))
    with reading(story.made.readers, EVERYWHERE) as connection:
        page = stored.person_page(connection, new, story.parts.now())
    assert [loop.measure for loop in page.loops] == ["close-contact"]
    assert page.duties
    assert state(story, request).confirmed == 2
    again = search(story.made, story.by("asker", "again"), request)
    assert again.people[1].subject == new, "who was registered is known from then on"


def test_who_is_found_by_check_ins_that_cannot_both_be_is_shown_and_chosen_one_by_one_only(story):
    story.attest(Found.CONFIRMED)
    known = code_of(ReachKind.PHONE, "13800002222")
    story.visits((known, NOW - timedelta(days=2), 5), zone=spot(code("320412100"), b"shop"))
    found = search(story.made, story.by("asker", "search"), approved(story))
    assert [(one.together, one.doubtful) for one in found.people] == [(20, False), (30, True)], "doubtful last"
    assert [one["doubtful"] for one in plain(found)] == [False, True]
    assert plausible(found) == [found.people[0]]
    assert chosen(found, [found.people[1].handle]) == [found.people[1]]


def test_who_lives_with_the_case_by_the_register_is_met_without_any_check_in(story):
    home, mate = UUID(int=51), story.person("mate", Identity("覃某", (), ("13855550000",)))
    for who in ("case", "mate", "known"):
        tell(story.parts, story.operator(f"home of {who}"), story.people[who], p.HouseholdJoined(home))
    request = approved(story)
    story.attest(Found.POSITIVE)
    assert search(story.made, story.by("asker", "first"), request).people == (), (
        "nobody is named before it is confirmed"
    )
    story.attest(Found.CONFIRMED, "S2")
    found = search(story.made, story.by("asker", "search"), request)
    told = [(one.rank, one.subject, one.ring, one.kinds) for one in found.people]
    assert {one[1] for one in told[:2]} == {mate, story.people["known"]}
    assert {one[3] for one in told[:2]} == {("household",), ("household", "market")}
    assert [one[:1] + one[2:] for one in told[2:]] == [(3, 1, ("market",))], "and the stranger at the market"
    assert (found.first, state(story, request).first) == (3, 3)
    assert chosen(found, [found.people[0].handle]) == [found.people[0]]


def test_neither_the_maker_nor_anybody_of_the_same_unit_approves(story):
    story.attest(Found.CONFIRMED)
    request, text = asked(story)
    own, near = (signed(text, KEYS[who]) for who in ("asker", "colleague"))
    with pytest.raises(NotAllowed):
        approve(story.parts, story.by("asker", "own", "duty-officer"), request, "county office", own)
    with pytest.raises(NotAllowed):
        approve(story.parts, story.by("colleague", "near", "duty-officer"), request, "county office", near)
    with pytest.raises(NotAllowed):  # also past our own check, which goes by what the caller says of the unit
        approve(story.parts, story.by("colleague", "near", "duty-officer"), request, "elsewhere", near)
    with pytest.raises(NotAllowed):  # a signature of somebody else
        approve(story.parts, story.by("approver", "forged", "duty-officer"), request, "city office", near)
    assert state(story, request).step == "asked"
    with pytest.raises(Refused):
        search(story.made, story.by("asker", "search"), request)


def test_with_a_first_positive_people_are_counted_and_nobody_is_named(story):
    request = approved(story)
    with pytest.raises(Refused):  # no laboratory has signed anything
        search(story.made, story.by("asker", "early"), request)
    story.attest(Found.POSITIVE)
    found = search(story.made, story.by("asker", "first"), request)
    assert (found.people, found.first, found.counted) == ((), 2, True)
    story.attest(Found.CONFIRMED, "S2")
    assert len(search(story.made, story.by("asker", "second"), request).people) == 2


def test_a_look_stands_in_the_log_of_each_person_with_time_unit_purpose_and_what_it_was_for(story):
    story.attest(Found.CONFIRMED)
    request = approved(story)
    search(story.made, story.by("asker", "search"), request)
    looks = story.parts.vault.accesses(subject=story.people["known"])
    (look,) = [one for one in looks if one.kind == "trace"]
    told = (look.asker, look.purpose, look.unit, look.case)
    assert told == (str(account_id("asker")), "case-investigation", "county office", request)
    assert [one.kind for one in story.parts.vault.accesses(subject=story.people["case"])][:1] == ["trace"]


def test_nobody_but_the_staff_named_in_the_text_is_answered(story):
    story.attest(Found.CONFIRMED)
    request = approved(story)
    with pytest.raises(NotAllowed):
        search(story.made, story.by("colleague", "search"), request)


def test_a_case_that_was_discarded_is_searched_no_more_though_its_positive_stays_signed(story):
    story.attest(Found.CONFIRMED)
    request = approved(story)
    search(story.made, story.by("asker", "search"), request)
    gone = e.CaseDiscarded(UUID(int=7), "covid-19")
    tell(story.parts, story.operator("discarded"), story.people["case"], gone)
    with pytest.raises(Refused, match="no case any more"):
        search(story.made, story.by("asker", "again"), request)
    assert state(story, request).step == "done"


def test_what_was_refused_or_ended_opens_nothing(story):
    story.attest(Found.CONFIRMED)
    request, _ = asked(story)
    refuse(story.parts, story.by("approver", "refuse", "duty-officer"), request, "no need")
    assert state(story, request).step == "refused"
    other = approved(story, "another")
    withdraw(story.parts, story.by("asker", "end"), other)
    for each in (request, other):
        with pytest.raises(Refused):
            search(story.made, story.by("asker", f"search {each}"), each)


def test_nobody_ends_with_the_key_service_what_they_may_not_end_here(story):
    """Right, place and step are checked before the key service is told: what it still opens is what stands here."""
    story.attest(Found.CONFIRMED)
    request = approved(story)
    with pytest.raises(NotAllowed):
        refuse(story.parts, story.by("colleague", "no right"), request, "no need")
    with pytest.raises(NotAllowed):
        withdraw(story.parts, story.by("approver", "no right", "duty-officer"), request)
    with pytest.raises(Refused):
        refuse(story.parts, story.by("approver", "too late", "duty-officer"), request, "no need")
    assert state(story, request).step == "approved"
    assert search(story.made, story.by("asker", "search"), request).people


def test_an_emergency_is_neither_refused_nor_ended_and_says_kinds_of_places_and_no_zone(story):
    by = story.by("asker", "glass")
    emergency = glass.Emergency(story.people["case"], "A child is missing.", "county office")
    text = glass.text_of(story.parts, by, emergency, at=story.parts.now(), id_=story.parts.new_id())
    done = glass.break_glass(story.parts, by, text, signed(text, KEYS["asker"]))
    request = UUID(str(done.result["trace"]))
    with pytest.raises(NotFound):
        refuse(story.parts, story.by("approver", "refuse", "duty-officer"), request, "no need")
    with pytest.raises(NotFound):
        withdraw(story.parts, story.by("asker", "end"), request)
    (stay,) = histories.visits(story.parts, by, request)
    assert (stay.kind, stay.zone) == ("market", b"")


def test_the_same_text_handed_in_twice_is_one_request(story):
    request, text = asked(story)
    again = propose(story.parts, story.by("asker", "again"), text, signed(text, KEYS["asker"]))
    assert again.result["trace"] == str(request)
    with story.parts.pool.connection() as connection:
        assert connection.execute("select count(*) from trace").fetchone() == (1,)


def test_a_text_that_somebody_changed_is_refused_before_it_reaches_the_key_service(story):
    by = story.by("asker", "ask")
    of = window(story.parts, by, story.people["case"], story.parts.now())
    at = story.parts.now()
    text = text_of(story.parts, by, of, Asking("county office"), at=at, id_=story.parts.new_id())
    given = grants.read(text)
    for change in (
        {"since": given.since.replace(day=20, month=6)},
        {"expires": given.expires + timedelta(days=2)},
        {"second_until": given.until - timedelta(hours=1)},
        {"kinds": given.kinds[1:]},
    ):
        wider = grants.write(replace(given, **change))
        with pytest.raises(Refused):
            propose(story.parts, by, wider, signed(wider, KEYS["asker"]))
    with pytest.raises(NotAllowed):
        propose(story.parts, story.by("colleague", "theirs"), text, signed(text, KEYS["colleague"]))


def test_no_dump_of_the_application_names_who_was_met_or_where(story):
    """Canaries: the stranger's number and the place, searched in every table after a search (PRIVACY R10, R16)."""
    story.attest(Found.CONFIRMED)
    search(story.made, story.by("asker", "search"), approved(story))
    with story.parts.pool.connection() as connection:
        tables = connection.execute("select event::text from event").fetchall()
        tables += connection.execute("select trace::text from trace").fetchall()
    text = "\n".join(row[0] for row in tables)
    assert STRANGER not in text
    assert str(story.place) not in "\n".join(row[0] for row in tables if "trace-" in row[0])


def test_a_search_over_a_day_of_which_a_file_was_removed_says_so_as_does_verify(story, clean):
    story.attest(Found.CONFIRMED)
    request = approved(story)
    assert search(story.made, story.by("asker", "whole"), request).gaps == ()
    day = (NOW - timedelta(days=2)).date()
    there = clean.keyservice.days_dir / "segments" / day.isoformat()
    away = there.rename(there.with_name("away"))
    try:
        assert search(story.made, story.by("asker", "with a gap"), request).gaps == (day,)
        assert [line for line in wrong_days(story.parts.vault) if f"of {day} sealed check-ins are missing" in line]
    finally:
        away.rename(there)
    assert search(story.made, story.by("asker", "whole again"), request).gaps == ()
