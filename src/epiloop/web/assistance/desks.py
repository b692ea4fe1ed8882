"""Whom the other side may call: the posts of a jurisdiction that are on duty now, with their lines."""

from collections.abc import Sequence
from dataclasses import dataclass

from epiloop.core.jurisdictions import Code, Range
from epiloop.store.reading import owners
from epiloop.web import titles
from epiloop.web.acting import Acting

RIGHT = "register.read"
FIRST = ("disease-control-duty-officer", "investigator", "headquarters-duty-officer")
"""Posts that answer such calls mostly; they are offered first."""
MOST = 20


@dataclass(frozen=True, slots=True)
class Desk:
    """A post with its line."""

    key: str
    post: str
    phone: str

    @property
    def words(self) -> str:
        """As it is offered."""
        return f"{self.post} · {self.phone}"


def desks(who: Acting, here: Code) -> Sequence[Desk]:
    """The posts of a jurisdiction itself with somebody on shift and a telephone."""
    if not who.can(RIGHT, here):
        return ()
    with who.reading(who.scope(RIGHT)) as connection:
        seats = owners.on_shift(connection, Range(here, here + 1), who.at, limit=MOST).rows
    found = {f"{seat.post}": Desk(str(seat.post), titles.post(seat.kind), seat.desk or seat.phone) for seat in seats}
    order = {str(seat.post): FIRST.index(seat.kind) if seat.kind in FIRST else len(FIRST) for seat in seats}
    return sorted((desk for desk in found.values() if desk.phone), key=lambda desk: order[desk.key])
