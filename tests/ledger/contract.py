"""The contract of a ledger. `test_memory.py` and `test_postgresql.py` run it on both."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import pytest

from epiloop.core.errors import Broken, Conflict
from epiloop.core.ids import EPILOOP
from epiloop.ledger.chain import GENESIS, check_chain
from epiloop.ledger.events import Act
from epiloop.ledger.port import Ledger, Sealed

AT = datetime(2022, 7, 1, 1, 0, tzinfo=UTC)
ONE, OTHER = uuid5(EPILOOP, "one"), uuid5(EPILOOP, "other")


def act(number: int, *, key: str = "", at: datetime = AT) -> Act:
    return Act(
        uuid5(EPILOOP, f"act {number}"), "duty-1", "case-investigation", key or f"key {number}", at, {"n": number}
    )


def draft(stream: UUID = ONE, source_key: str | None = None, **open_part: Any) -> Sealed:
    return Sealed(
        stream, "person", "visited", 1, AT, 4502260010000000, source_key, {"seen": True, **open_part}, b"\x01x"
    )


class LedgerContract:
    """Subclasses give a fixture `ledger`: an empty one inside a transaction."""

    def test_events_come_back_in_recorded_order_with_versions_from_one(self, ledger: Ledger) -> None:
        ledger.append(act(1), [draft(n=1), draft(n=2)], {})
        ledger.append(act(2), [draft(n=3)], ledger.heads([ONE], lock=True))
        assert [(event.version, event.open["n"]) for event in ledger.read(ONE)] == [(1, 1), (2, 2), (3, 3)]

    def test_every_stream_has_its_own_versions(self, ledger: Ledger) -> None:
        ledger.append(act(1), [draft(ONE), draft(OTHER), draft(ONE)], {})
        assert [event.version for event in ledger.read(ONE)] == [1, 2]
        assert [event.version for event in ledger.read(OTHER)] == [1]

    def test_an_event_is_stored_as_it_was_said(self, ledger: Ledger) -> None:
        said = draft(name="三江侗族自治县", ratio=36.60000000000001, big=2**60, nothing=None, list=[1, "二"])
        [event] = ledger.append(act(1), [said], {})
        assert ledger.read(ONE) == [event]
        assert event.open == said.open
        assert event.sealed == b"\x01x"
        assert event.recorded_at == AT

    def test_a_stream_nobody_wrote_to_is_empty(self, ledger: Ledger) -> None:
        assert ledger.read(OTHER) == []
        assert ledger.heads([OTHER], lock=True) == {}

    def test_what_was_recorded_later_is_not_known_earlier(self, ledger: Ledger) -> None:
        ledger.append(act(1), [draft(n=1)], {})
        ledger.append(act(2, at=AT + timedelta(hours=1)), [draft(n=2)], ledger.heads([ONE], lock=True))
        assert [event.open["n"] for event in ledger.read(ONE, known_at=AT)] == [1]

    def test_the_same_message_twice_is_one_fact(self, ledger: Ledger) -> None:
        ledger.append(act(1), [draft(source_key="lab:7", n=1)], {})
        again = [draft(source_key="lab:7", n=1), draft(source_key="lab:8", n=2), draft(source_key="lab:8", n=2)]
        events = ledger.append(act(2), again, ledger.heads([ONE], lock=True))
        assert [event.source_key for event in events] == ["lab:8"]
        assert [event.source_key for event in ledger.read(ONE)] == ["lab:7", "lab:8"]

    def test_a_source_key_is_unique_in_its_stream_only(self, ledger: Ledger) -> None:
        events = ledger.append(act(1), [draft(ONE, "lab:7"), draft(OTHER, "lab:7")], {})
        assert len(events) == 2

    def test_events_without_source_key_may_repeat(self, ledger: Ledger) -> None:
        assert len(ledger.append(act(1), [draft(), draft()], {})) == 2

    def test_the_result_of_an_act_is_found_by_its_key(self, ledger: Ledger) -> None:
        assert ledger.result_of("key 1") is None
        ledger.append(act(1), [], {})
        assert ledger.result_of("key 1") == {"n": 1}

    def test_a_key_used_before_is_refused(self, ledger: Ledger) -> None:
        ledger.append(act(1, key="same"), [draft()], {})
        with pytest.raises(Conflict):
            ledger.append(act(2, key="same"), [draft(OTHER)], {})

    def test_a_head_that_moved_meanwhile_is_a_conflict(self, ledger: Ledger) -> None:
        ledger.append(act(1), [draft()], {})
        old = ledger.heads([ONE], lock=True)
        ledger.append(act(2), [draft()], old)
        with pytest.raises(Conflict):
            ledger.append(act(3), [draft()], old)

    def test_a_stream_thought_new_that_exists_is_a_conflict(self, ledger: Ledger) -> None:
        ledger.append(act(1), [draft()], {})
        with pytest.raises(Conflict):
            ledger.append(act(2), [draft()], {})

    def test_the_chain_of_a_stream_holds_and_starts_at_genesis(self, ledger: Ledger) -> None:
        ledger.append(act(1), [draft(n=1), draft(n=2)], {})
        events = ledger.read(ONE)
        assert events[0].prev == GENESIS
        check_chain(events)

    @pytest.mark.parametrize(
        "change",
        [{"open": {"seen": False}}, {"sealed": b"\x01y"}, {"occurred_at": AT + timedelta(seconds=1)}, {"act": ONE}],
    )
    def test_any_change_to_an_event_breaks_its_chain(self, ledger: Ledger, change: dict[str, Any]) -> None:
        ledger.append(act(1), [draft(n=1), draft(n=2)], {})
        first, second = ledger.read(ONE)
        with pytest.raises(Broken):
            check_chain(_changed([first, second], change))

    def test_a_missing_event_breaks_the_chain(self, ledger: Ledger) -> None:
        ledger.append(act(1), [draft(n=1), draft(n=2)], {})
        with pytest.raises(Broken):
            check_chain(ledger.read(ONE)[1:])


def _changed(events: Sequence[Any], change: dict[str, Any]) -> list[Any]:
    return [events[0]._replace(**change), *events[1:]]
