"""A changed rulebook before it is adopted: files chosen, read over what is adopted, kept by digest; its effect."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from epiloop.core.errors import N_, EpiloopError, InvalidInput
from epiloop.core.instants import day_of, start_of_day
from epiloop.rules.loader import load, split
from epiloop.rules.model import Rulebook
from epiloop.rules.source import load_named, read_files
from epiloop.rules.text import RulebookInvalid, parse
from epiloop.runtime import present
from epiloop.runtime.requests.previewing import MOST, Effect, draft, effect, keep_draft
from epiloop.web import titles
from epiloop.web.accounts.ceremony import step_up_required
from epiloop.web.acting import Acting, acting, right_required
from epiloop.web.asked import asked
from epiloop.web.errors import words as error_words
from epiloop.web.header import named
from epiloop.web.keyed import by
from epiloop.web.rules import files
from epiloop.web.rules.law import law_of

KEEP = "rules.adopt"
PURPOSE = "rule-keeping"
MOST_FILES, MOST_BYTES = 200, 2_000_000
"""Files of one rulebook, and bytes of one of them."""
FOLDERS = {"measure": "measures", "parameter": "parameters", "exposure": "exposure"}


@require_POST
@right_required(KEEP)
@step_up_required()
def choose(request: HttpRequest, name: str) -> HttpResponse:
    """Read the chosen files in place of those of the same name; without a mistake they are kept to be looked at."""
    if name not in files.names():
        raise Http404
    context: dict[str, Any] = {"name": name}
    try:
        book = _read(name, _sent(request.FILES.getlist("files"), _base(name, acting(request))))
    except RulebookInvalid as wrong:
        context["problems"] = [files.problem_words(one) for one in wrong.problems]
    except EpiloopError as wrong:
        context["wrong"] = error_words(wrong)
    else:
        digest = keep_draft(present.parts(), by(request, PURPOSE), book)
        return redirect(f"/rules/books/{name}/?{urlencode({'draft': digest})}")
    return render(request, "rules/draft.html", context, status=422)


@right_required(KEEP)
def show_effect(request: HttpRequest, name: str) -> HttpResponse:
    """What adopting would change for a sample of the people of the jurisdiction looked at. Nothing is written."""
    who = acting(request)
    found = chosen(request, name)
    if found.book is None:
        raise Http404
    at = asked_at(law_of(who).laws.books().get(name), found.book, who)
    worked_out = effect(
        present.parts(), present.readers(), by(request, PURPOSE), asked(request, who, KEEP).area, found.book, at
    )
    context = {**_shown(worked_out, found.book, who), "name": name, "title": titles.of_language(found.book.title)}
    part = "rules/_effect.html" if request.headers.get("HX-Request") else "rules/effect.html"
    return render(request, part, {**context, "query": query_of(request)})


def chosen(request: HttpRequest, name: str) -> files.OnDisk:
    """The rulebook an address is about: a text kept before (`draft`), else the files beside the programme."""
    digest = request.GET.get("draft", "")
    if not digest:
        return files.on_disk(name)
    try:
        above = load_named(files.folder(), name)[:-1]
        book = draft(present.parts(), digest, parent=above[-1] if above else None)
    except (ValueError, EpiloopError) as wrong:
        raise Http404 from wrong
    if book.name != name:
        raise Http404
    return files.drafted(name, (*above, book))


def query_of(request: HttpRequest) -> str:
    """The part of an address that names the draft; "" without one."""
    digest = request.GET.get("draft", "")
    return f"?{urlencode({'draft': digest})}" if digest else ""


def asked_at(old: Rulebook | None, new: Rulebook, who: Acting) -> datetime:
    """Now; where all changed versions come into force later, the first day of the first of them."""
    first = min((one.in_force for one in _changed(old, new)), default=None)
    return who.at if first is None or first <= day_of(who.at, who.zone) else start_of_day(first, who.zone)


def _changed(old: Rulebook | None, new: Rulebook) -> Iterable[Any]:
    for key, measure in new.measures.items():
        before = old.measures.get(key) if old else None
        known = {one.id: one for one in before.versions} if before else {}
        yield from (one for one in measure.versions if known.get(one.id) != one)


def _base(name: str, who: Acting) -> dict[str, str]:
    adopted = law_of(who).laws.books().get(name)
    return split(adopted.text) if adopted else read_files(files.folder() / name)


def _read(name: str, texts: Mapping[str, str]) -> Rulebook:
    above = load_named(files.folder(), name)[:-1]
    book = load(texts, parent=above[-1] if above else None)
    if book.name != name:
        raise InvalidInput(
            N_("These files are of the rulebook %(other)s, not of %(name)s."),
            remedy=N_("Open the page of that rulebook and choose them there."),
            other=book.name,
            name=name,
        )
    return book


def _sent(sent: Iterable[UploadedFile[Any]], base: dict[str, str]) -> dict[str, str]:
    texts = [pair for one in sent for pair in _texts(one)]
    if not texts:
        raise InvalidInput(N_("No file was chosen."), remedy=N_("Choose the changed .yaml files, or one .zip of all."))
    if any(PurePosixPath(path).name == "rulebook.yaml" for path, _text in texts) and len(texts) > 1:
        base = {}  # a whole rulebook takes the place of the one before
    return {**base, **{_place(path, text, base): text for path, text in texts}}


def _texts(one: UploadedFile[Any]) -> Iterable[tuple[str, str]]:
    name = PurePosixPath(one.name or "").name
    if (one.size or 0) > MOST_BYTES:
        raise InvalidInput(
            N_("%(file)s is larger than 2 MB."), remedy=N_("A file of a rulebook is a few kilobytes."), file=name
        )
    if name.endswith(".zip"):
        yield from _unpacked(name, one.read())
    elif name.endswith((".yaml", ".yml")):
        yield name, _text(name, one.read())
    else:
        raise InvalidInput(
            N_("%(file)s is no file of a rulebook."),
            remedy=N_("Choose the changed .yaml files, or one .zip of all."),
            file=name,
        )


def _unpacked(name: str, packed: bytes) -> Iterable[tuple[str, str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            inside = [one for one in archive.infolist() if one.filename.endswith(".yaml")]
            if len(inside) > MOST_FILES or sum(one.file_size for one in inside) > MOST_BYTES * 4:
                raise InvalidInput(N_("%(file)s is too large for a rulebook."), file=name)
            found = [(one.filename, _text(one.filename, archive.read(one))) for one in inside]
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as wrong:
        raise InvalidInput(
            N_("%(file)s cannot be unpacked."), remedy=N_("Pack the folder again, without a password."), file=name
        ) from wrong
    root = next((path.removesuffix("rulebook.yaml") for path, _ in found if path.endswith("rulebook.yaml")), "")
    return [(path.removeprefix(root), text) for path, text in found if not path.removeprefix(root).startswith("tests/")]


def _text(name: str, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise InvalidInput(
            N_("%(file)s is not written in UTF-8."), remedy=N_("Save it as UTF-8 and choose it again."), file=name
        ) from wrong


def _place(path: str, text: str, base: Mapping[str, str]) -> str:
    """Where in the rulebook a file stands: as packed, as the one of the same name, else by what it holds."""
    if "/" in path or path == "rulebook.yaml":
        return path
    known = next((one for one in base if PurePosixPath(one).name == path), "")
    held = parse(text, path).value
    kind = next((FOLDERS[key] for key in FOLDERS if isinstance(held, dict) and key in held), "measures")
    return known or f"{kind}/{path}"


def _shown(found: Effect, book: Rulebook, who: Acting) -> dict[str, Any]:
    names = named([one.jurisdiction for one in found.tallies], who)
    known = {**{name: one.title for name, one in book.measures.items()}}
    adopted = law_of(who).laws.books().get(book.name)
    known |= {name: one.title for name, one in (adopted.measures if adopted else {}).items() if name not in known}
    rows = [
        {
            "tally": one,
            "title": titles.of_language(known[one.measure]) if one.measure in known else one.measure,
            "place": names.get(one.jurisdiction, str(one.jurisdiction)),
        }
        for one in found.tallies
    ]
    return {"effect": found, "rows": rows, "sampled": found.people < found.of, "most": MOST}
