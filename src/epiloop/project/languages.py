"""Message catalogues: compiled when they changed, and collected from the source. Needs no GNU gettext."""

import gettext
import os
from pathlib import Path

LOCALE = Path(__file__).resolve().parent.parent / "locale"
DOMAIN = "django"


def compile_changed(locale: Path = LOCALE) -> list[Path]:
    """Compile each catalogue that is newer than its compiled form; gives those compiled.

    A directory that cannot be written to is left as it is: an installed package brings its catalogues compiled.
    """
    changed = [path for path in sorted(locale.glob("*/LC_MESSAGES/*.po")) if _is_older(path.with_suffix(".mo"), path)]
    changed = [path for path in changed if os.access(path.parent, os.W_OK)]
    for path in changed:
        _compile(path)
    return changed


def of_terminal() -> gettext.NullTranslations:
    """The messages in the language of the terminal (LANGUAGE, LC_ALL, LC_MESSAGES, LANG): Chinese, else English."""
    names = (os.environ.get(name, "") for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"))
    wanted = next((name for name in names if name), "")
    languages = ["zh_Hans"] if wanted.lower().startswith("zh") else ["en"]
    return gettext.translation(DOMAIN, LOCALE, languages, fallback=True)


def _is_older(compiled: Path, source: Path) -> bool:
    return not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime


def _compile(path: Path) -> None:
    import polib

    part = path.with_suffix(f".mo.{os.getpid()}")
    polib.pofile(str(path)).save_as_mofile(str(part))
    part.replace(path.with_suffix(".mo"))
