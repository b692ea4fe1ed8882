"""Keeping days: made some days ahead, filled with what gates sealed, given to searches, destroyed on schedule.

`collect`, `announcement` and `days` are for those who serve calls, in several processes; `tend` is for one process,
which calls it at its start and several times a minute. Whatever is due goes then, and is not read even before: who
reads asks the clock, not the directory. A clock that runs ahead destroys too early; there is nothing to be done about
that here, and a machine that keeps days follows time servers.
"""

import logging
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from epiloop.core.errors import N_, EpiloopError, Unavailable
from epiloop.exposure import Segment
from epiloop.vault.hours import announce
from keyservice.collection import Decision, Decisions
from keyservice.days import DayKeys, DaySecrets, Retention
from keyservice.destroyed import DayTold, Record, told
from keyservice.gathering import gathered
from keyservice.segments import Gap, Kept, Segments

AHEAD = timedelta(days=7)
"""Days are made so long before they come: so long gates can seal without the key service."""
_NOTHING, _WHOLE = Kept(0, 0, 0), Gap(0, 0)

log = logging.getLogger("keyservice")


@dataclass(frozen=True, slots=True)
class Rules:
    """How long check-ins are kept, and whether collecting them needs a renewed decision."""

    retention: Retention
    renewal: bool


@dataclass(frozen=True, slots=True)
class Keeping:
    """The days of a key service. `rules` and `clock` are asked each time; `zone` says when a day begins."""

    secrets: DaySecrets
    segments: Segments
    decisions: Decisions
    record: Record
    rules: Callable[[], Rules]
    clock: Callable[[], datetime]
    zone: tzinfo
    signer: bytes
    randomness: Callable[[int], bytes] = os.urandom

    def __repr__(self) -> str:
        return "Keeping(...)"

    def today(self) -> date:
        """The calendar day of the jurisdiction."""
        return self.clock().astimezone(self.zone).date()

    def keys(self) -> dict[date, DayKeys]:
        """The keys of all days that can be read now, and of those ahead. Raises Unavailable, Broken, NotAllowed."""
        if self.decisions.has_ended():
            return {}
        return self.secrets.held(self._first(), self.today() + AHEAD)

    def announcement(self) -> bytes:
        """The public keys of the days for which check-ins are collected, signed; makes those that are missing."""
        with suppress(Unavailable):  # then those that there are
            self._make_ahead()
        return announce({day: keys.public for day, keys in self._open().items()}, self.signer)

    def collect(self, rows: bytes, keys: bytes) -> dict[str, int]:
        """Keep what gates sealed, durably; the same rows again change nothing. `rows` and `keys`: one after the other.

        Gives how many are kept, and how many were dropped for which reason. Raises InvalidInput; Unavailable where it
        cannot be kept now, and then nothing was taken.
        """
        held = self._open()
        found = gathered(rows, keys, held, self.zone)
        for day, block in found.blocks.items():
            self.segments.write(held[day], block)
        dropped = {reason.name.lower().replace("_", "-"): count for reason, count in found.dropped.items()}
        if dropped:
            log.warning("collected: %d; dropped: %s", found.kept, dropped)
        return {"kept": found.kept, **dropped}

    def days(self) -> tuple[dict[date, list[Segment]], dict[date, DayKeys]]:
        """All segments of the days that are kept, with their keys, for a search. Raises Broken, Unavailable."""
        keys = self.keys()
        return self.segments.opened(keys), keys

    def gaps(self) -> dict[date, Gap]:
        """What is missing of the days that are kept: a search over such a day is not whole. Raises Broken,
        Unavailable.
        """
        return self.segments.gaps(self.keys())

    def warm(self) -> None:
        """Have the days at hand before a search asks for them. Raises as `days`."""
        self.segments.warm(self.keys())

    def tend(self) -> None:
        """Destroy what is due, restore what lacks a copy, make the days ahead, merge small files.

        Raises Unavailable or Broken when all that could be done is done: the next run goes on.
        """
        failed = []
        for step in (self._destroy, self._restore, self._make_ahead, self._merge):
            try:
                step()
            except EpiloopError as wrong:
                failed.append(wrong)
        if failed:
            raise failed[0]

    def renew(self, text: str, until: date) -> Decision:
        """A decision to collect until the end of a day. After an end, that is carried out first: no day outlives it.

        Raises InvalidInput; Unavailable without the standby, whose copies of the ended days nobody could destroy.
        """
        if self.decisions.has_ended():
            self._recorded(date.max, self.secrets.end)
        return self.decisions.renew(text, until, at=self.clock(), today=self.today())

    def end(self, text: str) -> tuple[date, ...]:
        """The end of the event: recorded first, then every day is destroyed; gives the days. Raises InvalidInput,
        Unavailable.
        """
        self.decisions.end(text, at=self.clock())
        return self._recorded(date.max, self.secrets.end)

    def told(self) -> dict[date, DayTold]:
        """What everybody may know, by day. Raises Broken, Unavailable."""
        first = self._first()
        held = [one.day for one in self.secrets.status() if not one.leftover and one.day >= first]
        kept = self.segments.status()
        return told({day: kept[day].rows for day in held if day in kept}, self.record.all(), self.today())

    def status(self) -> dict[str, Any]:
        """What there is: days, retention, collection. Nothing personal."""
        rules = self.rules()
        return {
            "days": self._days(),
            "retention": {
                "days": rules.retention.days,
                "basis": rules.retention.basis,
                "standby": str(self.secrets.standby),
                "wrong": self._wrong(),
            },
            "collection": self._collection(rules),
        }

    def _first(self) -> date:
        """The first day that is still kept."""
        return self.rules().retention.last_gone(self.today()) + timedelta(days=1)

    def _wanted(self) -> list[date]:
        """The days for which check-ins are collected: those that are kept, and those ahead as far as decided."""
        allowed = self.decisions.last_day(renewal=self.rules().renewal)
        first = self._first()
        last = min(allowed, self.today() + AHEAD) if allowed else first - AHEAD
        return [first + timedelta(days=number) for number in range((last - first).days + 1)]

    def _open(self) -> dict[date, DayKeys]:
        """The keys of these days. Raises Unavailable if one is missing that was made long ago: what came for it would
        be dropped as of a day that is gone.
        """
        wanted, keys, today = self._wanted(), self.keys(), self.today()
        for day in wanted:
            if day <= today and day not in keys:
                raise Unavailable(N_("The secret of a day is not there yet, or not any more."), where=str(day))
        return {day: keys[day] for day in wanted if day in keys}

    def _destroy(self) -> None:
        retention, today, ended = self.rules().retention, self.today(), self.decisions.has_ended()
        last = date.max if ended else retention.last_gone(today)

        def destroy() -> tuple[date, ...]:
            if not any(held.day <= last for held in self.secrets.status()):
                return ()
            return self.secrets.end() if ended else self.secrets.destroy(today, retention)

        self._recorded(last, destroy)

    def _recorded(self, last: date, destroy: Callable[[], tuple[date, ...]]) -> tuple[date, ...]:
        """Destroy secrets until the last day, record it, and remove what they were of: also if a copy could not be
        reached, and then nothing is recorded yet. A day that a killed process did not record still had its segments.
        """
        gone: tuple[date, ...] = ()
        try:
            gone = destroy()
            self.record.add(gone, self.clock())
        finally:
            dropped = self.segments.drop(last)
        if lost := {*dropped} - {*gone}:
            self.record.add(lost - {one.day for one in self.record.all()}, self.clock())
        return gone

    def _restore(self) -> None:
        if not self.secrets.is_whole():
            ended = self.decisions.ended_on(self.zone)
            self.secrets.heal(self.today(), self.rules().retention, ended=ended)

    def _make_ahead(self) -> None:
        known = {held.day for held in self.secrets.status()}
        for day in self._wanted():
            if day not in known:
                self.secrets.make(day, self.randomness(32), new=self.segments.set_aside)

    def _merge(self) -> None:
        """Of the days that are over one in a run: a large one takes a while, and what is due waits for no more."""
        today = self.today()
        for day, keys in sorted(self.keys().items(), reverse=True):
            if self.segments.merge(keys, over=day < today) and day < today:
                return

    def _days(self) -> list[dict[str, Any]]:
        held = {one.day: one for one in self.secrets.status()}
        kept, gaps = self.segments.status(), self._gaps()
        return [
            {
                "day": day.isoformat(),
                "held": day in held and not held[day].leftover,
                "copied": day in held and held[day].copied,
                "leftover": day in held and held[day].leftover,
                "rows": kept.get(day, _NOTHING).rows,
                "bytes": kept.get(day, _NOTHING).bytes,
                "files": kept.get(day, _NOTHING).files,
                "missing_files": gaps.get(day, _WHOLE).files,
                "missing_rows": gaps.get(day, _WHOLE).rows,
                "whole": day not in gaps,
            }
            for day in sorted(held.keys() | kept.keys())
        ]

    def _gaps(self) -> dict[date, Gap]:
        """The gaps; none where secrets cannot be read: that is told otherwise."""
        try:
            return self.gaps()
        except EpiloopError:
            return {}

    def _wrong(self) -> str:
        """What is wrong with the secrets and their copies; "" if nothing is."""
        try:
            self.secrets.check()
        except EpiloopError as wrong:
            return str(wrong)
        return ""

    def _collection(self, rules: Rules) -> dict[str, Any]:
        decision = self.decisions.last()
        last = self.decisions.last_day(renewal=rules.renewal)
        return {
            "on": last is not None and last >= self.today(),
            "renewal": rules.renewal,
            "what": decision.what if decision else None,
            "decision": decision.text if decision else None,
            "decided_at": decision.at.isoformat() if decision else None,
            "until": decision.until.isoformat() if decision and decision.until else None,
        }
