"""The days of a key service's home: where secrets and segments lie, by which settings they are kept, who tends them.

days/secrets        one file for each day
days/standby        their copies, unless the settings name a directory of another machine
days/segments       sealed check-ins, a directory for each day
days/books          which files each day has to have
days/collection     decisions on collecting, a line each
days/destroyed      which day was destroyed when, a line each
"""

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from epiloop.core.errors import N_, EpiloopError, InvalidInput
from epiloop.project import account
from epiloop.project.clock import clock_that_is_watched
from epiloop.project.home import KeyHome, key_home_at
from epiloop.vault.hours import signing_key
from keyservice.books import Books
from keyservice.collection import Decisions
from keyservice.days import USUAL, DaySecrets, Retention
from keyservice.destroyed import Record
from keyservice.keeping import Keeping, Rules
from keyservice.segments import Segments

TEND_SECONDS, WARM_SECONDS = 5, 60
STANDS_SECONDS = 300.0
"""So long settings that destroy more have to stand before they do: an editor cuts a file before it writes it."""
SWAPS = Path("/proc/swaps")

log = logging.getLogger("keyservice")


def keeping(home: KeyHome, master: bytes | None = None) -> Keeping:
    """The days of a home, whose directories are made; not the standby's, if the settings name one: it may be away.

    Announces nothing without the master key. Raises InvalidInput for settings that are none.
    """
    rules_of(_settings(home))
    given = str(home.settings.get("standby", ""))
    secrets, standby = home.days_dir / "secrets", Path(given) if given else home.days_dir / "standby"
    for folder in (home.days_dir, secrets, home.days_dir / "books", *([] if given else [standby])):
        _make(folder, home)
    return Keeping(
        DaySecrets(secrets, standby),
        Segments(home.days_dir / "segments", Books(home.days_dir / "books")),
        decisions(home),
        Record(home.days_dir / "destroyed"),
        _rules(home),
        clock_that_is_watched(home),
        zone_of(home.settings),
        signing_key(master) if master else b"",
    )


def decisions(home: KeyHome) -> Decisions:
    """The decisions on collecting."""
    _make(home.days_dir, home)
    return Decisions(home.days_dir / "collection")


def rules_of(settings: Mapping[str, Any]) -> Rules:
    """How long check-ins are kept. Raises InvalidInput."""
    days, basis, renewal = settings.get("keep_days", USUAL), settings.get("keep_basis", ""), settings.get("renewal")
    if not isinstance(days, int) or not isinstance(basis, str) or renewal not in (None, False, True):
        raise InvalidInput(N_("The settings of how long check-ins are kept are not numbers and words."))
    return Rules(Retention(days, basis), bool(renewal))


def zone_of(settings: Mapping[str, Any]) -> ZoneInfo:
    """The clock of the jurisdiction. Raises InvalidInput."""
    name = str(settings.get("time_zone", "Asia/Shanghai"))
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise InvalidInput(N_("There is no time zone called %(name)s."), name=name) from None


def tend(kept: Keeping) -> None:
    """Destroy, make, merge from now on until this process ends; what fails is said once and tried again."""
    with contextlib.suppress(EpiloopError):  # the next start sweeps too
        kept.segments.sweep()
    told = _tended(kept, "")
    threading.Thread(target=_tend_on, args=(kept, told), daemon=True).start()


def warm(kept: Keeping) -> None:
    """Have the days mapped and checked in this process from now on."""
    threading.Thread(target=_warm_on, args=(kept,), daemon=True).start()


def status(kept: Keeping) -> dict[str, Any]:
    """What `epiloop keys status` shows of days; where they cannot be looked at, that."""
    try:
        found = kept.status()
    except EpiloopError as wrong:
        return {"days": [], "retention": {"wrong": str(wrong)}, "collection": {"on": False}}
    found["retention"]["swap"] = has_swap()
    return found


def has_swap() -> bool:
    """Whether this machine may write memory, and with it secrets of days, to a disk."""
    return SWAPS.exists() and len(SWAPS.read_text().splitlines()) > 1


def _make(folder: Path, home: KeyHome) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    account.give(folder, home.owner)


def _rules(home: KeyHome, seconds: Callable[[], float] = time.monotonic) -> Callable[[], Rules]:
    """The rules of the settings as they are now; those of before where there is nothing to be read, and as long as
    fewer days have not stood there for some minutes: what is destroyed does not come back.
    """
    known = rules_of(_settings(home))
    fewer, since = known, seconds()

    def rules() -> Rules:
        nonlocal known, fewer, since
        try:
            told = rules_of(_settings(key_home_at(home.home)))
        except (InvalidInput, OSError, UnicodeError) as wrong:
            log.error("settings of days: %s", wrong)
            fewer = known
            return known
        if told.retention.days >= known.retention.days:
            known = fewer = told
        elif told != fewer:
            fewer, since = told, seconds()
            log.warning("settings of days: fewer days count in %d s", STANDS_SECONDS)
        elif seconds() - since >= STANDS_SECONDS:
            known = told
        return known

    return rules


def _settings(home: KeyHome) -> Mapping[str, Any]:
    """The settings. Raises InvalidInput where nothing is set: a file that is being written is empty for a moment."""
    if not home.settings:
        raise InvalidInput(
            N_("The settings cannot be read: %(reason)s."), where=str(home.settings_file), reason="nothing is set"
        )
    return home.settings


def _tend_on(kept: Keeping, told: str) -> None:
    while True:
        time.sleep(TEND_SECONDS)
        told = _tended(kept, told)


def _tended(kept: Keeping, told: str) -> str:
    """Tend once; gives what was wrong, which is not said again."""
    try:
        kept.tend()
    except EpiloopError as wrong:
        if str(wrong) != told:
            log.error("days: %s", wrong)
        return str(wrong)
    except Exception as wrong:  # this thread outlives everything, and says nothing of the text
        log.error("days: %s", type(wrong).__name__)
    return ""


def _warm_on(kept: Keeping) -> None:
    while True:
        try:
            kept.warm()
        except EpiloopError:
            log.debug("days are not at hand")  # who needs them is told why
        time.sleep(WARM_SECONDS)
