"""Files of a rulebook -> a checked, frozen `Rulebook`, or every mistake with its file and line.

Pure over text: whoever calls reads the files (`source`) or takes the text stored by digest from the ledger.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache, lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from epiloop.core.errors import N_
from epiloop.rules.build import build_measure, build_parameter, build_scope
from epiloop.rules.exposures import build_exposure, check_exposure
from epiloop.rules.model import Measure, Parameter, Rulebook
from epiloop.rules.text import Document, Problem, RulebookInvalid, parse
from epiloop.rules.words import check_measure

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

HEADER = "# file: "
SCHEMAS = {"measures": "measure", "parameters": "parameter", "exposure": "exposure", "tests": "cases"}
LAW = ("measures/", "parameters/", "exposure/")
"""Folders of what is law; the cases are not."""


def load(files: Mapping[str, str], *, root: str = "", parent: Rulebook | None = None) -> Rulebook:
    """The rulebook that these files (path within the rulebook -> text) make up.

    `root` is put before the paths in messages; `parent` is the rulebook it overlays, whose measures it may name.
    Raises RulebookInvalid with every mistake found.
    """
    documents = {path: _read(path, text, root) for path, text in sorted(files.items())}
    problems = [problem for document in documents.values() for problem in document.problems]
    if "rulebook.yaml" not in documents:
        problems.append(Problem(f"{root}rulebook.yaml", 1, N_("This file is missing.")))
    if problems:
        raise RulebookInvalid(problems)
    _check_all(documents, parent)
    problems = [problem for document in documents.values() for problem in document.problems]
    if problems:
        raise RulebookInvalid(problems)
    return _build(documents, canonical(files))


def canonical(files: Mapping[str, str]) -> str:
    """One text for all files of the law, the same on every machine; the cases are not law and are left out."""
    parts = [
        f"{HEADER}{path}\n" + "\n".join(line.rstrip() for line in text.splitlines()).strip("\n") + "\n"
        for path, text in sorted(files.items())
        if path == "rulebook.yaml" or path.startswith(LAW)
    ]
    return "".join(parts)


def split(text: str) -> dict[str, str]:
    """The files in a canonical text."""
    files: dict[str, list[str]] = {}
    current: list[str] = []
    for line in text.splitlines():
        if line.startswith(HEADER):
            current = files.setdefault(line.removeprefix(HEADER), [])
        else:
            current.append(line)
    return {path: "\n".join(lines) + "\n" for path, lines in files.items()}


@lru_cache(maxsize=16)
def load_text(text: str) -> Rulebook:
    """The rulebook stored as a canonical text, worked out once in a process. Raises RulebookInvalid."""
    return load(split(text))


def digest(text: str) -> str:
    """The SHA-256 (hex) of a canonical text."""
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def validator(name: str) -> "Draft202012Validator":
    """The JSON Schema check for one kind of file: rulebook, measure, parameter, exposure, cases."""
    from jsonschema import Draft202012Validator  # a tenth of a second that only readers of files have to wait

    schema = resources.files("epiloop.rules").joinpath("schema", f"{name}.schema.json").read_text("utf-8")
    return Draft202012Validator(json.loads(schema))


def check_schema(document: Document, schema: str) -> None:
    """Report every place where a parsed file does not have the shape of its schema."""
    from jsonschema.exceptions import best_match

    for error in validator(schema).iter_errors(document.value):
        inner = best_match([error]) or error
        document.report(tuple(inner.absolute_path), N_("%(message)s."), message=_readable(inner.message))


def _readable(message: str) -> str:
    return message if len(message) <= 200 else f"{message[:90]} … {message[-100:]}"


def _read(path: str, text: str, root: str) -> Document:
    known = _shaped(path, text)
    problems = [replace(problem, path=root + path) for problem in known.problems]
    return replace(known, path=root + path, problems=problems)


@lru_cache(maxsize=256)
def _shaped(path: str, text: str) -> Document:
    """A file held against the schema of its kind; remembered, since a draft changes few of a rulebook's files."""
    document = parse(text, path)
    kind = "rulebook" if path == "rulebook.yaml" else SCHEMAS.get(path.split("/", 1)[0], "")
    if not kind:
        document.report(
            (), N_("A rulebook has rulebook.yaml and the folders measures, parameters, exposure and tests only.")
        )
    elif not document.problems:
        check_schema(document, kind)
    return document


def _check_all(documents: Mapping[str, Document], parent: Rulebook | None) -> None:
    measures = _below("measures", documents)
    names = {doc.value["measure"] for doc in measures.values()} | set(parent.measures if parent else ())
    for path, doc in measures.items():
        _check_name(path, doc, "measure")
        check_measure(doc, names)
    for path, doc in _below("parameters", documents).items():
        _check_name(path, doc, "parameter")
    for path, doc in _below("exposure", documents).items():
        _check_name(path, doc, "exposure")
        check_exposure(doc)


def _below(folder: str, documents: Mapping[str, Document]) -> dict[str, Document]:
    return {path: doc for path, doc in documents.items() if path.startswith(f"{folder}/")}


def _check_name(path: str, document: Document, key: str) -> None:
    if path.rsplit("/", 1)[-1] != f"{document.value[key]}.yaml":
        document.report((key,), N_("The file must be named after what it holds: %(name)s."), name=document.value[key])


def _build(documents: Mapping[str, Document], text: str) -> Rulebook:
    head: dict[str, Any] = documents["rulebook.yaml"].value
    built: list[Measure] = [build_measure(doc) for doc in _below("measures", documents).values()]
    numbers: list[Parameter] = [build_parameter(doc.value) for doc in _below("parameters", documents).values()]
    exposures = [build_exposure(doc) for doc in _below("exposure", documents).values()]
    return Rulebook(
        name=head["rulebook"],
        title=head["title"],
        timezone=head["timezone"],
        digest=digest(text),
        text=text,
        measures={one.name: one for one in built},
        parameters={one.name: one for one in numbers},
        exposures={one.disease: one for one in exposures},
        scope=None if head["jurisdictions"] == "all" else build_scope(head["jurisdictions"]),
        overlays=head.get("overlays", ""),
    )
