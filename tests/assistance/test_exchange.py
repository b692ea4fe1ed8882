"""Two installations exchange requests by file, people are handed over, nothing is done twice and nothing is lost."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import cbor2
import pytest
from tests.assistance.conftest import FAR, THERE, WHO, Side, signs_in

from epiloop.core.errors import EpiloopError, InvalidInput, Refused
from epiloop.operations.assistance.events import Answer
from epiloop.operations.assistance.minimal import Kind, Result, check_items
from epiloop.operations.investigation import events as e
from epiloop.runtime.clock import catch_up
from epiloop.runtime.requests.assistance import arriving, asking, own, posting, taking
from epiloop.runtime.requests.people import tell
from epiloop.runtime.verifying import verify
from epiloop.vault.port import Identity

OTHER = Identity("Quixotrine Zzyzx", (("passport", "QZX7788991"),))
Two = tuple[Side, Side]


def carry(one: Side, other: Side, request: UUID) -> UUID:
    """All messages about a request, as a file, from one side to the other; the request as it stands there."""
    raw = posting.export(one.running, one.by(f"out-{one.clock()}-{len(one.rows('select 1 from act'))}"), request)
    assert signs_in(raw) == []
    return posting.import_file(other.running, other.by("in"), raw)[-1].request


def step(side: Side, request: UUID) -> str:
    return str(side.rows("select step from assistance where id = %s", request)[0][0])


def open_duties(side: Side, subject: UUID) -> set[str]:
    found = side.rows(
        "select kind from duty where subject = %s and state = 'open' and valid_from <= %s"
        " and coalesce(valid_until, 'infinity') > %s",
        subject,
        side.clock(),
        side.clock(),
    )
    return {str(row[0]) for row in found}


def open_loops(side: Side, person: UUID) -> list[str]:
    found = side.rows(
        "select measure from loop where subject = %s and coalesce(closes_at, 'infinity') > %s", person, side.clock()
    )
    return [str(row[0]) for row in found]


def whole(*sides: Side) -> None:
    for side in sides:
        with side.running.parts.pool.connection() as connection:
            assert verify(connection).broken == []


def test_a_request_goes_there_by_file_and_comes_back_answered(pair: Two) -> None:
    near, far = pair
    person = near.contact("a")
    request = near.ask("ask", Kind.CONTROL, [person], far)
    assert open_duties(near, request) == {"send-request", "get-answer"}
    there = carry(near, far, request)
    assert (step(near, request), step(far, there)) == ("sent", "arrived")
    assert open_duties(near, request) == {"get-receipt", "get-answer"}
    assert open_duties(far, there) == {"receive-request", "answer-request"}
    near.clock.at += timedelta(minutes=10)
    asking.receive(far.running.parts, far.by("tap"), there)
    assert open_duties(far, there) == {"answer-request"}
    carry(far, near, there)
    assert step(near, request) == "received"
    taking.take_up(far.running.parts, far.by("take"), there, 1, stay=THERE)
    assert open_duties(far, there) == set()
    carry(far, near, there)
    assert step(near, request) == "answered"
    assert near.rows("select result, at is not null from assistance_person") == [("found", True)]
    asking.close(near.running.parts, near.by("close"), request)
    carry(near, far, request)
    assert (step(near, request), step(far, there)) == ("closed", "closed")
    # whom they found is under their rules now, and under ours as before
    (registered,) = far.rows("select person from assistance_person")
    assert open_loops(far, UUID(str(registered[0]))) == ["close-contact"]
    assert open_loops(near, person) == ["close-contact"]
    assert far.running.parts.vault.reveal([registered[0]], asker="test", purpose="supervision")[registered[0]] == WHO
    whole(near, far)


def test_somebody_known_there_is_recognised_and_the_copy_of_the_identity_goes(pair: Two) -> None:
    near, far = pair
    known = far.person("known", stay=THERE)
    there = carry(near, far, near.ask("ask", Kind.CONTROL, [near.contact("a")], far))
    one = asking.opened(far.running.parts, far.by("look"), there)
    asked = one.state.told.people[0]
    (hit,) = taking.alike(far.running.parts, far.by("look"), one)[asked]
    assert hit.right == known
    taking.take_up(far.running.parts, far.by("take"), there, 1, person=known, stay=THERE)
    assert open_loops(far, known) == ["close-contact"]
    assert far.running.parts.vault.reveal([asked], asker="test", purpose="supervision") == {}
    assert far.rows("select count(*) from person") == [(1,)]
    whole(far)


def test_who_was_not_found_is_erased_when_the_request_ends(pair: Two) -> None:
    near, far = pair
    request = near.ask("ask", Kind.WHEREABOUTS, [near.person("a")], far)
    there = carry(near, far, request)
    asked = asking.opened(far.running.parts, far.by("look"), there).state.told.people[0]
    found = far.running.parts.vault.reveal([asked], asker="test", purpose="supervision")[asked]
    assert found == replace(WHO, address=""), "what the kind does not need is not said"
    answers = [Answer(1, Result.NOT_FOUND, far.clock())]
    asking.answer(far.running.parts, far.by("answer"), there, answers)
    carry(far, near, there)
    asking.close(near.running.parts, near.by("close"), request)
    carry(near, far, request)
    assert far.running.parts.vault.reveal([asked], asker="test", purpose="supervision") == {}
    whole(near, far)


def test_a_person_is_handed_over_without_a_gap_and_never_twice(pair: Two) -> None:
    near, far = pair
    person = near.contact("a")
    tell(near.running.parts, near.by("in"), person, e.Admitted("centralised"))
    request = near.ask("ask", Kind.TAKE_OVER, [person], far)
    there = carry(near, far, request)
    near.clock.at += timedelta(hours=1)
    assert open_loops(near, person) == ["close-contact"], "ours until they have taken over"
    done = taking.take_up(far.running.parts, far.by("take"), there, 1, stay=THERE)
    taken = UUID(str(done.result["person"]))
    assert open_loops(far, taken) == ["close-contact"]
    zero = "select day_zero from loop where subject = %s"
    assert far.rows(zero, taken) == near.rows(zero, person)
    assert near.rows("select kind, due from duty where state = 'open' and subject = %s order by 1, 2", person) == (
        far.rows("select kind, due from duty where state = 'open' and subject = %s order by 1, 2", taken)
    )
    near.clock.at += timedelta(minutes=30)
    carry(far, near, there)
    assert open_loops(near, person) == []
    (ended,) = near.rows("select closes_at, outcome from loop where subject = %s", person)
    assert ended == (near.clock.at - timedelta(minutes=30), "transferred-out")
    assert near.rows("select max(ends) from status_span where subject = %s", person) == [(ended[0],)]
    assert far.rows("select min(starts) <= %s from status_span where subject = %s", ended[0], taken) == [(True,)]
    with pytest.raises(Refused):
        taking.take_up(far.running.parts, far.by("again"), there, 1, stay=THERE)
    carry(far, near, there)
    assert near.rows("select count(*) from event where kind = 'handed-over'") == [(1,)]
    whole(near, far)


def test_a_refusal_comes_back_as_a_duty_of_the_sender_who_answers_for_the_person_still(pair: Two) -> None:
    near, far = pair
    person = near.contact("a")
    request = near.ask("ask", Kind.TAKE_OVER, [person], far)
    there = carry(near, far, request)
    answers = [Answer(1, Result.REFUSED, far.clock())]
    asking.answer(far.running.parts, far.by("no"), there, answers, "no room")
    carry(far, near, there)
    assert open_duties(near, request) == {"settle-refusal", "close-request"}
    assert open_loops(near, person) == ["close-contact"]
    near.clock.at += timedelta(hours=3)
    catch_up(near.running.parts)
    risen = near.rows("select duty, level, owner_post from escalation where subject = %s order by 2", request)
    assert ("refusal", 1, "headquarters-duty-officer") in risen
    whole(near)


def test_what_is_late_goes_up_on_both_sides(pair: Two) -> None:
    near, far = pair
    request = near.ask("ask", Kind.WHEREABOUTS, [near.person("a")], far)
    there = carry(near, far, request)
    near.clock.at += timedelta(hours=9)
    for side in pair:
        catch_up(side.running.parts)
    assert {row[0] for row in near.rows("select duty from escalation where subject = %s", request)} == {
        "receipt",
        "answer",
    }
    assert {row[0] for row in far.rows("select duty from escalation where subject = %s", there)} == {
        "receive",
        "answer",
    }
    whole(near, far)


def test_inside_one_installation_a_person_changes_hands_and_stays_one(pair: Two) -> None:
    near, _ = pair
    near.running.letters.introduce("Both counties", (near.county, FAR), "")
    person = near.contact("a")
    request = near.ask("ask", Kind.TAKE_OVER, [person], near)
    assert posting.send_waiting(near.running) == 1
    (there,) = near.rows("select id from assistance where not outgoing")
    taking.take_up(near.running.parts, near.by("take"), UUID(str(there[0])), 1, stay=THERE)
    assert posting.send_waiting(near.running) == 2
    assert step(near, request) == "answered"
    assert open_loops(near, person) == ["close-contact"]
    assert near.rows("select jurisdiction from person") == [(THERE,)]
    assert near.rows("select distinct jurisdiction from duty where subject = %s", person) == [(THERE,)]
    whole(near)


def test_a_message_that_comes_twice_is_one_and_others_are_refused_in_clear_words(pair: Two) -> None:
    near, far = pair
    request = near.ask("ask", Kind.WHEREABOUTS, [near.person("a")], far)
    raw = posting.export(near.running, near.by("out"), request)
    (letter,) = cbor2.loads(raw)
    first = arriving.deliver(far.running, letter)
    acts = far.rows("select count(*) from act")
    again = arriving.deliver(far.running, letter)
    assert (first.repeated, again.repeated, again.request) == (False, True, first.request)
    assert far.rows("select count(*) from act") == acts
    other = posting.export(near.running, near.by("out-2"), request)
    assert posting.import_file(far.running, far.by("in"), other)[0].repeated, "sealed anew it is the same message"
    for wrong, words in (
        (letter[:-1] + bytes([letter[-1] ^ 1]), "signature"),
        (letter.replace(b"epiloop letter v1", b"epiloop letter v2"), "not a message"),
        (letter[: len(letter) // 2], "not a message"),
        (b"", "not a message"),
    ):
        with pytest.raises(EpiloopError, match=words):
            arriving.deliver(far.running, wrong)
    with pytest.raises(Refused, match="another installation"):
        arriving.deliver(near.running, letter)
    far.clock.at += timedelta(days=15)
    fresh = near.ask("late", Kind.WHEREABOUTS, [near.person("b", OTHER)], far)
    late = posting.export(near.running, near.by("out-3"), fresh)
    far.clock.at += timedelta(days=15)
    with pytest.raises(Refused, match="too old"):
        posting.import_file(far.running, far.by("in"), late)
    assert far.rows("select count(*) from assistance") == [(1,)]


def test_a_key_that_nobody_registered_is_refused(pair: Two) -> None:
    near, far = pair
    request = near.ask("ask", Kind.WHEREABOUTS, [near.person("a")], far)
    raw = posting.export(near.running, near.by("out"), request)
    card = own.own_card(near.running.letters)
    own.drop(far.running.parts, far.by("drop"), own.peer_id(card))
    with pytest.raises(Refused, match="has the key"):
        posting.import_file(far.running, far.by("in"), raw)
    with pytest.raises(Refused, match="not the digits"):
        own.add(far.running.parts, far.running.letters, far.by("add"), own.card_file(near.running.letters), "12345")
    assert far.rows("select count(*) from assistance") == [(0,)]


def test_a_request_says_no_more_than_its_kind_needs_and_lies_nowhere_in_clear(pair: Two) -> None:
    near, far = pair
    carry(near, far, near.ask("ask", Kind.TAKE_OVER, [near.contact("a")], far))
    with pytest.raises(InvalidInput, match="does not say"):
        check_items(Kind.WHEREABOUTS, [{"name": WHO.name, "disease": "covid-19"}])
    for side in pair:
        for table in ("event", "assistance", "assistance_person", "peer", "act", "audit"):
            assert signs_in(repr(side.rows(f"select t::text from {table} t")).encode()) == [], table
    assert "disease" not in repr(far.rows("select open::text from event where kind = 'assistance-arrived'"))
