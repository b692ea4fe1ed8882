"""What rows count for, worked out before they are written, is what the view `counted` says of them afterwards."""

from datetime import timedelta

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.reading import rows
from tests.reading.rows import EVER, GRID, NOON, TOWN

from epiloop.project.home import Installation
from epiloop.store import replay, writing
from epiloop.store.counting import HOUR, Place, counted, instant, tally
from epiloop.store.tables import DutyRow, EscalationRow, LoopRow

HOURS = st.integers(0, 3)
MAYBE = st.one_of(st.none(), HOURS)
INSTANTS = st.builds(lambda h, s: NOON + timedelta(hours=h, seconds=s), HOURS, st.sampled_from([0, 0, 1, -1]))
SINCE = st.one_of(st.just(EVER), INSTANTS)
UNTIL = st.one_of(st.none(), INSTANTS)
PLACES = st.sampled_from([GRID, TOWN])


@st.composite
def some_rows(draw: st.DrawFn) -> list[LoopRow | DutyRow | EscalationRow]:
    """Rows of two subjects, whether or not rules would ever make them."""
    found: list[LoopRow | DutyRow | EscalationRow] = []
    for subject in (1, 2):
        place = draw(PLACES)
        if draw(st.booleans()):
            found.append(rows.loop(subject, opened_at=draw(INSTANTS), closes_at=draw(UNTIL), jurisdiction=place))
        for key in draw(st.sets(st.sampled_from(["a", "b", "c"]))):
            done = draw(UNTIL)
            states = st.sampled_from(["open", "void"] if done is None else ["open", "done"])
            edges = {"due": draw(INSTANTS), "valid_from": draw(SINCE), "valid_until": draw(UNTIL), "done_at": done}
            found.append(rows.duty(subject, key, state=draw(states), jurisdiction=place, **edges))
            for level in draw(st.sets(st.sampled_from([0, 1, 2]))):
                found.append(rows.rung(subject, level, draw(INSTANTS), key))
    return found


def in_view(engine: "psycopg.Connection[tuple[object, ...]]") -> dict[Place, int]:
    query = "select community, line, measure, owner_post, metric, hour, count(*) from counted group by 1, 2, 3, 4, 5, 6"
    return {(row[0], row[1:5], row[5]): row[6] for row in engine.execute(query.encode())}  # type: ignore[misc]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(first=some_rows(), then=some_rows())
def test_rows_count_for_what_the_view_says(clean: Installation, first: list[LoopRow], then: list[LoopRow]) -> None:
    subjects = [rows.n_id(1), rows.n_id(2)]
    with psycopg.connect(clean.dsn("engine")) as engine:
        for told in (first, then):
            writing.replace(engine, told, known=subjects)
            real = {
                (place, tuple(sort), instant(hour * HOUR)): n for (place, sort, hour), n in tally(counted(told)).items()
            }
            assert real == in_view(engine)
            assert replay.tally_differs(engine) == 0
        writing.replace(engine, [], known=subjects)
        writing.fold_tally(engine)
        assert replay.tally_differs(engine) == 0
