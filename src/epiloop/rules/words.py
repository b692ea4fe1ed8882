"""What a JSON Schema cannot see in a measure: unknown words, days that do not fit, versions that overlap, restrictions
that would never end. Every mistake is reported on the document with its line."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from epiloop.core import jurisdictions
from epiloop.core.errors import N_, InvalidInput
from epiloop.rules import vocabulary
from epiloop.rules.text import Document, Path

BASES = ("opening", "day-zero", "stage-start", "stage-end", "deadline")
PYTHON = {"str": str, "int": int, "float": (int, float), "bool": bool}


def check_measure(document: Document, measures: Iterable[str]) -> None:
    """Report everything wrong in a measure file that fits the schema; `measures` are the names it may refer to."""
    raw = document.value
    known = set(measures)
    for index, name in enumerate(raw.get("superseded_by", ())):
        if name not in known:
            document.report(("superseded_by", index), N_("There is no measure %(name)s."), name=name)
    check_versions(document, raw["versions"])
    for index, version in enumerate(raw["versions"]):
        if not version.get("repealed"):
            _check_version(document, version, ("versions", index))


# --- versions -------------------------------------------------------------------------------------------------------


def check_versions(document: Document, versions: list[dict[str, Any]]) -> None:
    """Report versions of a rule that are no days, stand twice or overlap."""
    for index, version in enumerate(versions):
        path: Path = ("versions", index)
        _check_dates(document, version, path)
        for name, other in enumerate(versions[:index]):
            if version["version"] == other["version"]:
                document.report((*path, "version"), N_("Version %(id)s stands here twice."), id=version["version"])
            if _overlap(version, other):
                line = document.line(("versions", name))
                what = N_("This version overlaps the one in line %(line)s.")
                document.report((*path, "in_force"), what, line=line)


def _check_dates(document: Document, version: dict[str, Any], path: Path) -> None:
    for name in ("version", "in_force", "issued", "until"):
        if name in version and not _is_day(version[name]):
            document.report((*path, name), N_("%(value)s is not a day."), value=version[name])
    if version.get("issued", "") > version["in_force"]:
        document.report((*path, "issued"), N_("A version cannot be in force before it is issued."))
    if "until" in version and version["until"] <= version["in_force"]:
        document.report((*path, "until"), N_("A version cannot end before it is in force."))
    for index, code in enumerate(version.get("scope", ())):
        try:
            jurisdictions.code(code)
        except InvalidInput:
            document.report((*path, "scope", index), N_("%(code)s is not a jurisdiction code."), code=code)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two versions hold at once: the same first day, or one's stated end after the next one's first day."""
    if not _share_scope(one.get("scope"), other.get("scope")):
        return False
    first, second = sorted((one, other), key=lambda version: str(version["in_force"]))
    return bool(first["in_force"] == second["in_force"] or first.get("until", "") > second["in_force"])


def _share_scope(one: list[str] | None, other: list[str] | None) -> bool:
    # A version for some jurisdictions is an exception to the one for all; only like with like overlaps.
    if one is None or other is None:
        return one is None and other is None
    return any(a.startswith(b) or b.startswith(a) for a in one for b in other)


# --- one version ----------------------------------------------------------------------------------------------------


def _check_version(document: Document, raw: dict[str, Any], path: Path) -> None:
    for match_path, match in _matches(raw, path):
        _check_match(document, match, match_path)
    _check_trigger(document, raw, path)
    _check_closers(document, raw, path)
    for owner_path, owner in _owners(raw, path):
        if owner["post"] not in vocabulary.POSTS:
            _unknown(document, (*owner_path, "post"), N_("post"), owner["post"], vocabulary.POSTS)
    stages = {stage["stage"]: stage for stage in raw.get("stages", ())}
    _check_stages(document, raw.get("stages", []), (*path, "stages"))
    _check_duties(document, raw.get("duties", []), stages, (*path, "duties"))


def _check_trigger(document: Document, raw: dict[str, Any], path: Path) -> None:
    triggers = raw["trigger"] if isinstance(raw["trigger"], list) else [raw["trigger"]]
    for trigger in triggers:
        values = vocabulary.FACTS.get(trigger["fact"], {})
        if raw["day_zero"] != "at" and values.get(raw["day_zero"]) != "date":
            what = N_("%(name)s is not a day that %(fact)s gives.")
            document.report((*path, "day_zero"), what, name=raw["day_zero"], fact=trigger["fact"])
        for index, name in enumerate(raw.get("per", ())):
            if name not in values:
                _unknown(document, (*path, "per", index), N_("value"), name, values)


def _check_closers(document: Document, raw: dict[str, Any], path: Path) -> None:
    """A closing fact that takes back one trigger names it by a value that both have."""
    triggers = raw["trigger"] if isinstance(raw["trigger"], list) else [raw["trigger"]]
    for index, closer in enumerate(raw.get("closes_on", ())):
        for match in (closer, *triggers) if "each" in closer else ():
            values = vocabulary.FACTS.get(match["fact"], {})
            if closer["each"] not in values:
                _unknown(document, (*path, "closes_on", index, "each"), N_("value"), closer["each"], values)


def _check_stages(document: Document, stages: list[dict[str, Any]], path: Path) -> None:
    names: set[str] = set()
    for index, stage in enumerate(stages):
        here: Path = (*path, index)
        if stage["stage"] in names:
            document.report((*here, "stage"), N_("Stage %(name)s stands here twice."), name=stage["stage"])
        names.add(stage["stage"])
        for place, status in _statuses(stage, here):
            if status not in vocabulary.STATUSES:
                _unknown(document, place, N_("status"), status, vocabulary.STATUSES)
        if index and "begins_on" in stage:
            document.report((*here, "begins_on"), N_("Only the first stage begins on a fact."))
        _check_bounds(document, stage, here)


def _check_bounds(document: Document, stage: dict[str, Any], path: Path) -> None:
    if "days" in stage:
        return
    if "outer_limit" not in stage:
        document.report(path, N_("This restriction would never end: state days or outer_limit."))
    if "ends_when" not in stage:
        document.report(path, N_("A stage without days needs ends_when."))
    if stage["clock"] == "exposure":
        document.report((*path, "clock"), N_("A stage without days counts on the stage clock."))


def _check_duties(
    document: Document, duties: list[dict[str, Any]], stages: dict[str, dict[str, Any]], path: Path
) -> None:
    names: set[tuple[str, str]] = set()
    for index, duty in enumerate(duties):
        here: Path = (*path, index)
        key = (duty["duty"], duty.get("stage", ""))
        if key in names:
            document.report((*here, "duty"), N_("Duty %(name)s stands here twice for this stage."), name=duty["duty"])
        names.add(key)
        if duty["kind"] not in vocabulary.DUTIES:
            _unknown(document, (*here, "kind"), N_("duty kind"), duty["kind"], vocabulary.DUTIES)
        if duty.get("stage", "") and duty["stage"] not in stages:
            _unknown(document, (*here, "stage"), N_("stage"), duty["stage"], stages)
        else:
            _check_schedule(document, duty, stages, here)


def _check_schedule(document: Document, duty: dict[str, Any], stages: dict[str, Any], path: Path) -> None:
    within = duty.get("within")
    if within:
        if within["of"] not in BASES and within["of"] not in vocabulary.FACTS:
            _unknown(document, (*path, "within", "of"), N_("base"), within["of"], BASES)
        if within["of"].startswith("stage-") and "stage" not in duty:
            document.report((*path, "within", "of"), N_("%(of)s needs a stage."), of=within["of"])
    if "on_days" in duty and duty["clock"] == "stage":
        days = stages[duty["stage"]].get("days")
        beyond = [day for day in duty["on_days"] if days and day > days]
        if beyond:
            what = N_("Stage %(stage)s has %(days)s days; there is no day %(day)s.")
            document.report((*path, "on_days"), what, stage=duty["stage"], days=days, day=beyond[0])


# --- words ----------------------------------------------------------------------------------------------------------


def _check_match(document: Document, match: dict[str, Any], path: Path) -> None:
    if match["fact"] not in vocabulary.FACTS:
        _unknown(document, (*path, "fact"), N_("fact"), match["fact"], vocabulary.FACTS)
        return
    types = vocabulary.FACTS[match["fact"]]
    for name, wanted in match.get("where", {}).items():
        here: Path = (*path, "where", name)
        if name not in types:
            _unknown(document, here, N_("value"), name, types)
            continue
        for value in _given(wanted):
            if not _fits(value, types[name]):
                what = N_("%(value)s is not a value of %(name)s: %(choices)s.")
                document.report(here, what, value=value, name=name, choices=_choices(types[name]))
            elif name == "post" and value not in vocabulary.KEY_POSTS:
                _unknown(document, here, N_("key post"), value, vocabulary.KEY_POSTS)


def _given(wanted: Any) -> list[Any]:
    if isinstance(wanted, dict):
        wanted = wanted.get("not", [])
    return wanted if isinstance(wanted, list) else [wanted]


def _fits(value: Any, kind: vocabulary.ValueType) -> bool:
    if isinstance(kind, tuple):
        return value in kind
    if kind in ("date", "instant"):
        return isinstance(value, str) and _is_day(value[:10])
    if kind == "uuid":
        return isinstance(value, str) and len(value) == len(str(UUID(int=0)))
    return isinstance(value, PYTHON[kind]) and (kind == "bool" or not isinstance(value, bool))  # type: ignore[arg-type]


def _choices(kind: vocabulary.ValueType) -> str:
    return ", ".join(kind) if isinstance(kind, tuple) else kind


def _unknown(document: Document, path: Path, sort: str, word: object, known: Iterable[str]) -> None:
    message = N_("Unknown %(sort)s %(word)s; known are: %(known)s.")
    document.report(path, message, sort=sort, word=word, known=", ".join(sorted(known)))


def _matches(raw: Any, path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every part of a version that names a fact."""
    if isinstance(raw, Mapping):
        if isinstance(raw.get("fact"), str):
            yield path, dict(raw)
        for key, value in raw.items():
            if key != "where":
                yield from _matches(value, (*path, key))
    elif isinstance(raw, list):
        for index, item in enumerate(raw):
            yield from _matches(item, (*path, index))


def _owners(raw: Any, path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every part of a version that names an owner."""
    if isinstance(raw, Mapping):
        for key, value in raw.items():
            if key == "owner":
                yield (*path, key), value
            else:
                yield from _owners(value, (*path, key))
    elif isinstance(raw, list):
        for index, item in enumerate(raw):
            yield from _owners(item, (*path, index))


def _statuses(stage: dict[str, Any], path: Path) -> Iterator[tuple[Path, str]]:
    yield (*path, "status"), stage["status"]
    for index, item in enumerate(stage.get("instead", ())):
        yield (*path, "instead", index, "status"), item["status"]
