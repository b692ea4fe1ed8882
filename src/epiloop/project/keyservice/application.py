"""The application that granian's workers of the key service load: a vault on the home named in the environment."""

import logging
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from epiloop.core.errors import Unavailable
from epiloop.project import leash
from epiloop.project.home import KeyHome, key_home_at
from epiloop.project.keyservice import certificates, daykeeping, enrolling, master
from epiloop.project.keyservice.process import HOME_VARIABLE, THREADS
from epiloop.project.logs import PlainLine
from epiloop.vault.cases import CALLS as CASES
from keyservice import serving
from keyservice.cases import Around, Cases
from keyservice.identity import LocalVault
from keyservice.keeping import Keeping


def _log_plainly() -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(PlainLine())
    logging.basicConfig(handlers=[handler], level=logging.WARNING)


def _status(home: KeyHome, vault: LocalVault, kept: Keeping, started: datetime) -> dict[str, Any]:
    """What `epiloop keys status` shows: the vault's part, and that of the process and its keys."""
    wrapping = master.about(home)
    tls = home.key_file(certificates.CERTIFICATE)
    return {
        "process": {"up": True, "since": started.isoformat()},
        **_of_the_vault(vault),
        "master": {
            "provider": wrapping.provider,
            "version": wrapping.version,
            "made_at": wrapping.made_at.isoformat(),
            "wrapped_at": wrapping.wrapped_at.isoformat(),
            "age_days": (datetime.now(UTC) - wrapping.made_at).days,
            "wrapping_age_days": (datetime.now(UTC) - wrapping.wrapped_at).days,
        },
        "certificate_ends_at": certificates.end_of(tls).isoformat() if home.listen else None,
        **daykeeping.status(kept),
        "enrolment": enrolling.said(home),
    }


def _of_the_vault(vault: LocalVault) -> dict[str, Any]:
    try:
        return vault.status()
    except Unavailable:
        return {"database": {"up": False}}


def _made() -> serving.Application:
    home = key_home_at(Path(os.environ[HOME_VARIABLE]))
    key = master.unlocked(home)
    kept = daykeeping.keeping(home, key)
    vault = LocalVault.on(home.dsn("vault"), key, connections=THREADS, clock=kept.clock)
    around = Around(kept.days, kept.clock, kept.zone, lambda: enrolling.is_open(home), kept.told, kept.gaps)
    cases = Cases(vault.pool, key, around)
    started = datetime.now(UTC)
    daykeeping.warm(kept)
    return serving.application(
        vault,
        status=lambda: _status(home, vault, kept, started),
        collect=kept.collect,
        announcement=kept.announcement,
        **{name: getattr(cases, name) for name in CASES},
    )


leash.fasten_to_parent()
_log_plainly()
application = _made()
