"""Loading the demonstration county into an installation, through the same acts that people's requests become.

Everything is told on the day it happened: the parts' clock is set to each day in turn, and the deadline clock runs
at its end, so that lateness, escalations and counts look as they would after three weeks of work.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files
from uuid import UUID

from epiloop.core.jurisdictions import Code
from epiloop.ledger.events import Draft
from epiloop.project.demonstration.approving import approver_drafts
from epiloop.project.demonstration.county import County, county
from epiloop.project.demonstration.history import history
from epiloop.project.demonstration.population import Chunk, Frame, frames, generate
from epiloop.project.demonstration.records import CaseFound, Record
from epiloop.project.demonstration.roster import BEIJING, roster
from epiloop.project.demonstration.settling import division_drafts, place_drafts, roster_drafts, unit_drafts
from epiloop.project.demonstration.telling import Telling, identities, registered
from epiloop.project.rulebooks import read_rulebook
from epiloop.runtime.acts import Asked, Decide, Decision, perform
from epiloop.runtime.adopting import adopt
from epiloop.runtime.clock import catch_up, keep_books
from epiloop.runtime.parts import Parts

DAY = date(2022, 7, 10)
"""The day the demonstration plays on: the ninth edition had been in force for twelve days."""
HOUR = 10
BATCH = 4_000
RULEBOOKS = ("cn", "who")
NOTICE = "县防控指挥部〔2022〕1号"
"""Why they are adopted: a notice and its number, made up."""

Report = Callable[[str, int, int], None]


@dataclass
class SetClock:
    """A clock that stands where it is put."""

    at: datetime

    def __call__(self) -> datetime:
        return self.at


@dataclass
class Loading:
    """A load under way: acts are numbered, so that an interrupted load can be taken up again."""

    parts: Parts
    clock: SetClock
    report: Report
    number: int = field(default=0)

    def tell(self, kind: str, drafts: Iterable[Draft], *, step: str = "", total: int = 0) -> None:
        """Write drafts in acts of some thousand, keeping each stream's together."""
        done = 0
        for some in _batches(drafts):
            self.number += 1
            asked = Asked("demonstration", "demonstration", f"demonstration:{self.number}")
            decision = Decision(some)
            perform(self.parts, asked, dict.fromkeys((d.stream for d in some), kind), _decided(decision))
            done += len(some)
            if step:
                self.report(step, done, max(done, total))


def _decided(decision: Decision) -> Decide:
    return lambda _histories, _now: decision


def load(parts: Parts, *, people: int, seed: int, report: Report) -> tuple[County, datetime]:
    """Fill an empty installation; gives the county and the instant at which its clock should stand."""
    plan = county(people, seed, DAY)
    begin = datetime.combine(DAY - timedelta(days=25), time(8), BEIJING).astimezone(UTC)
    clock = SetClock(begin)
    loading = Loading(replace(parts, now=clock), clock, report)
    _registers(loading, plan, begin)
    _people(loading, plan, begin)
    _outbreak(loading, plan, frames(plan))
    return plan, clock.at


def _registers(loading: Loading, plan: County, at: datetime) -> None:
    for name in RULEBOOKS:
        asked = Asked("demonstration", "rule-keeping", f"demonstration:adopt:{name}")
        adopt(loading.parts, asked, read_rulebook(name), jurisdiction=plan.tree.county, reason=NOTICE)
    divisions = division_drafts(plan, at)
    loading.tell("division", divisions, step="Divisions", total=len(divisions))
    loading.tell("unit", unit_drafts(plan, at))
    loading.tell("place", place_drafts(plan, at), step="Places", total=2 * len(plan.places))
    loading.tell("unit", roster_drafts(plan, roster(plan), at), step="Rosters")
    loading.tell("unit", approver_drafts(plan, at))


def _people(loading: Loading, plan: County, at: datetime) -> None:
    """Everybody, some thousand at a time; the vault gets who they are before the ledger gets that they are."""
    done = 0
    waiting: list[Chunk] = []
    for chunk in generate(plan):
        waiting.append(chunk)
        if sum(map(len, waiting)) >= BATCH // 3 or chunk.community == len(plan.tree.communities) - 1:
            who = {person: identity for each in waiting for person, identity in identities(plan, each).items()}
            drafts = [draft for each in waiting for draft in registered(plan, each, at)]
            codes = {draft.stream: draft.jurisdiction for draft in drafts}
            loading.parts.vault.put(who, jurisdictions=codes, key=f"demonstration:{plan.seed}:{chunk.community}")
            loading.tell("person", drafts)
            done += len(who)
            waiting.clear()
            loading.report("People", done, plan.people)


def _outbreak(loading: Loading, plan: County, frame: Frame) -> None:
    """Three weeks, day by day: what happened, then what the deadline clock made of it."""
    told = history(plan, frame, hour=HOUR)
    numbers = {record.person: record.number for record in told.records if isinstance(record, CaseFound)}
    telling = Telling(plan, frame.stay, numbers)
    days = _by_day(told.records)
    for number, (day, records) in enumerate(days.items(), start=1):
        ends = datetime.combine(day + timedelta(days=1), time(), BEIJING).astimezone(UTC)
        loading.clock.at = min(ends, told.until)
        loading.tell("person", (draft for record in records for draft in telling.drafts(record)))
        catch_up(loading.parts)
        keep_books(loading.parts)
        loading.report("Outbreak, day by day", number, len(days))


def _by_day(records: Iterable[Record]) -> dict[date, list[Record]]:
    days: defaultdict[date, list[Record]] = defaultdict(list)
    for record in records:
        days[record.occurred_at.astimezone(BEIJING).date()].append(record)
    return dict(sorted(days.items()))


def _batches(drafts: Iterable[Draft]) -> Iterator[Sequence[Draft]]:
    """Batches of about BATCH drafts that part no stream from itself where its drafts follow each other."""
    batch: list[Draft] = []
    last: UUID | None = None
    for draft in drafts:
        if len(batch) >= BATCH and draft.stream != last:
            yield batch
            batch = []
        batch.append(draft)
        last = draft.stream
    if batch:
        yield batch


def busiest_worker(parts: Parts, plan: County, at: datetime) -> tuple[str, Code]:
    """The login of the community health worker on shift with most to do, and the community."""
    query = files("epiloop.project").joinpath("sql", "busiest_worker.sql").read_bytes()
    with parts.pool.connection() as connection:
        row = connection.execute(query, {"at": at, "soon": at + timedelta(hours=14)}).fetchone()
    return (row[0], row[1]) if row else ("health-1", plan.tree.communities[0].code)
