"""`epiloop rules`: check, test, plan, explain, diff and adopt rulebooks. Only adopting needs an installation."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from epiloop.cli._verbs import (
    Installation,
    Jurisdiction,
    answer,
    as_json,
    bar,
    note,
    operator,
    say,
    table,
    wiring,
    with_database,
)
from epiloop.core.errors import N_, InvalidInput
from epiloop.core.jurisdictions import Code
from epiloop.rules.given import parse_pairs
from epiloop.rules.model import Rulebook
from epiloop.rules.text import Problem, RulebookInvalid

FOLDERS = click.argument("folders", nargs=-1, type=click.Path(path_type=Path))
OUT_OF_TUNE = 5
"""Exit code when a case of a rulebook does not come out."""


@click.group()
def command() -> None:
    """Check, test, explain and adopt rulebooks."""


@command.command()
@FOLDERS
@as_json
def check(folders: tuple[Path, ...], *, as_json: bool) -> None:
    """Report every mistake of rulebooks as file:line, and local measures stricter than their ceiling."""
    checked = [_checked(folder) for folder in _folders(folders)]
    answer({"ok": all(one["ok"] for one in checked), "rulebooks": checked}, lambda: _said(checked), as_json=as_json)
    if not all(one["ok"] for one in checked):
        raise SystemExit(InvalidInput.exit_code)


@command.command()
@FOLDERS
@as_json
def test(folders: tuple[Path, ...], *, as_json: bool) -> None:
    """Run the cases of rulebooks: facts in; stages, duties and status out."""
    from epiloop.rules.source import read_files
    from epiloop.rules.spec import run_cases

    results = [
        result
        for folder in _folders(folders)
        for result in run_cases(_books(folder), read_files(folder), root=f"{folder.as_posix()}/")
    ]
    rows = [
        {
            "file": result.path,
            "line": result.line,
            "case": result.case,
            "passed": result.passed,
            "differences": [{"name": n, "expected": str(e), "got": str(g)} for n, e, g in result.differences],
        }
        for result in results
    ]
    passed = sum(result.passed for result in results)
    value = {"cases": len(rows), "passed": passed, "failed": len(rows) - passed, "results": rows}
    answer(value, lambda: _table_of_cases(results, passed), as_json=as_json)
    if passed < len(rows):
        raise SystemExit(OUT_OF_TUNE)


def _question(function: Any) -> Any:
    """The options that say whose plan is asked for."""
    for option in reversed(
        (
            click.option("--rulebook", required=True, help="Name of a rulebook, or its folder."),
            click.option("--jurisdiction", required=True, help="Where the person stays: a code."),
            click.option("--measure", required=True, help="The measure, as its file is called."),
            click.option("--fact", "facts", multiple=True, help="NAME=VALUE, as often as wanted."),
            click.option("--as-of", required=True, help="A day or a local time: 2022-07-01T09:00."),
            click.option("--known-at", help="What was known by then. Default: --as-of."),
        )
    ):
        function = option(function)
    return function


@command.command()
@_question
@as_json
def plan(*, rulebook: str, as_json: bool, **asked: Any) -> None:
    """What the rules say about somebody with these facts: stages, duties, status, each with clause and source."""
    from epiloop.rules.planning import plan as plan_of

    found = plan_of(_books(_folder(rulebook)), **asked)
    answer(found, lambda: _plan_said(found), as_json=as_json)


@command.command()
@click.option("--rulebook", help="Name of a rulebook, or its folder.")
@click.option("--jurisdiction", help="Where the person stays: a code.")
@click.option("--measure", help="The measure, as its file is called.")
@click.option("--fact", "facts", multiple=True, help="NAME=VALUE, as often as wanted.")
@click.option("--as-of", help="A day or a local time: 2022-07-01T09:00.")
@click.option("--known-at", help="What was known by then. Default: --as-of.")
@click.option("--subject", type=click.UUID, help="Instead of facts: a person of this installation.")
@as_json
def explain(*, subject: Any, as_json: bool, **asked: Any) -> None:
    """The working behind a plan in words: what opened it, which version and why, how days count, what ends it."""
    found = _of_subject(subject, asked) if subject else _of_facts(asked)
    answer(found, lambda: _explanation_said(found), as_json=as_json)


@command.command()
@click.argument("old")
@click.argument("new")
@as_json
def diff(old: str, new: str, *, as_json: bool) -> None:
    """What differs between two rulebooks (names or folders), in words."""
    from epiloop.rules.diff import diff_books

    changes = diff_books(_books(_folder(old))[-1], _books(_folder(new))[-1])
    said = [
        {"measure": one.measure, "version": one.version, "change": say(one.what) % dict(one.values)} for one in changes
    ]
    rows = [list(one.values()) for one in said]
    answer(
        said, lambda: table(("measure", "version", "change"), rows) if rows else say(N_("No change.")), as_json=as_json
    )


@command.command()
@click.argument("rulebook")
@click.option("--jurisdiction", type=Jurisdiction(), required=True, help="For which jurisdiction it is adopted.")
@click.option("--reason", default="", help="Why: the notice and its number. Stored openly: no names.")
@as_json
@with_database
def adopt(_installation: Installation, rulebook: str, jurisdiction: Code, reason: str, *, as_json: bool) -> None:
    """Put a rulebook (name or folder) in force, and bring everybody's duties under it."""
    from epiloop.runtime import present
    from epiloop.runtime.adopting import adopt as adopt_it
    from epiloop.runtime.adopting import recompute
    from epiloop.runtime.requests.keeping_rules import check_reason

    book = _books(_folder(rulebook))[-1]
    reason = reason.strip()
    if reason:
        check_reason(book, reason)
    else:
        note(say(N_("No reason is given: nobody will read later why it was adopted. Give one with --reason.")))
    by = operator("rule-keeping").asked()
    done = adopt_it(present.parts(), by, book, jurisdiction=jurisdiction, reason=reason)
    with bar(say(N_("Bringing everybody under it"))) as progress:
        subjects = recompute(present.parts(), progress=progress)
    found = {**done.result, "recomputed": subjects}
    answer(
        found, lambda: say(N_("%(rulebook)s is in force; %(recomputed)s people recomputed.")) % found, as_json=as_json
    )


def _folder(name: str) -> Path:
    """The folder of a rulebook given by folder or by name."""
    return Path(name) if (Path(name) / "rulebook.yaml").is_file() else wiring().rulebooks() / name


def _folders(given: Sequence[Path]) -> list[Path]:
    if given:
        return [_folder(str(folder)) for folder in given]
    return sorted(file.parent for file in wiring().rulebooks().glob("*/rulebook.yaml"))


def _books(folder: Path) -> tuple[Rulebook, ...]:
    from epiloop.rules.source import load_named

    return load_named(folder.parent, folder.name)


def _checked(folder: Path) -> dict[str, Any]:
    from epiloop.rules.lint import ceiling

    try:
        books = _books(folder)
    except RulebookInvalid as wrong:
        return {
            "folder": str(folder),
            "ok": False,
            "problems": [_problem(one) for one in wrong.problems],
            "stricter": [],
        }
    *above, book = books
    stricter = [_problem(one) for one in ceiling(book, above[-1])] if above else []
    known = {"rulebook": book.name, "digest": book.digest, "measures": sorted(book.measures)}
    return {"folder": str(folder), "ok": True, **known, "problems": [], "stricter": stricter}


def _problem(one: Problem) -> dict[str, Any]:
    return {"file": one.path, "line": one.line, "problem": say(one.what) % dict(one.values)}


def _said(checked: Sequence[dict[str, Any]]) -> str:
    lines: list[str] = []
    for one in checked:
        word = N_("%(folder)s: %(measures)d measures, in order") if one["ok"] else N_("%(folder)s: has mistakes")
        lines.append(say(word) % {"folder": one["folder"], "measures": len(one.get("measures", ()))})
        lines += [f"{p['file']}:{p['line']}: {p['problem']}" for p in (*one["problems"], *one["stricter"])]
    return "\n".join(lines)


def _table_of_cases(results: Sequence[Any], passed: int) -> str:
    rows = [("✓" if one.passed else "✗", f"{one.path}:{one.line}", one.case) for one in results]
    failed = [str(one) for one in results if not one.passed]
    count = say(N_("%(passed)d of %(all)d cases come out as written")) % {"passed": passed, "all": len(rows)}
    return "\n".join([table(("", "case", ""), rows), *failed, count])


def _plan_said(found: dict[str, Any]) -> str:
    status = found["status"]
    head = [
        f"{found['rulebook']} {found['measure']} {found['version'] or '-'}  {found['as_of']}",
        f"{status['title'][_language()]}  {say(status['reason'])}",
    ]
    stages = [(s["stage"], s["first_day"], s["last_day"], s["status"], s["clause"]) for s in found["stages"]]
    duties = [
        (d["date"], d["kind"], d["stage"], d["day"], d["state"], d["owner"]["post"], d["due"], d["clause"])
        for d in found["duties"]
    ]
    return "\n\n".join(
        [
            "\n".join(head),
            table(("stage", "first day", "last day", "status", "clause"), stages),
            table(("date", "duty", "stage", "day", "state", "owner", "due", "clause"), duties),
        ]
    )


def _language() -> str:
    return "zh" if say(N_("No change.")) != "No change." else "en"


def _of_facts(asked: dict[str, Any]) -> dict[str, Any]:
    from epiloop.rules.planning import Question, explained

    missing = [name for name in ("rulebook", "jurisdiction", "measure", "as_of") if not asked[name]]
    if missing:
        options = ", ".join(f"--{name.replace('_', '-')}" for name in missing)
        raise InvalidInput(N_("Still to be given: %(options)s."), remedy=N_("Or give --subject."), options=options)
    books = _books(_folder(asked["rulebook"]))
    given = parse_pairs(asked["facts"])
    question = Question(books, asked["measure"], asked["jurisdiction"], given, asked["as_of"], asked["known_at"])
    return dict(explained(question, say, _language()))


def _of_subject(subject: Any, asked: dict[str, Any]) -> dict[str, Any]:
    from epiloop.rules.given import parse_when
    from epiloop.runtime import present
    from epiloop.runtime.requests.asking import laws_of
    from epiloop.runtime.requests.explaining import explain as explain_person
    from epiloop.runtime.requests.explaining import said

    with wiring().database():
        parts = present.parts()
        at = parse_when(asked["as_of"], laws_of(parts).context(0)) if asked["as_of"] else parts.now()
        found = explain_person(parts, operator("supervision"), subject, at)

    def texts(steps: Any) -> list[str]:
        return [said(step, found, say, language=_language())["text"] for step in steps]

    duties = {f"{loop} {key}": texts(steps) for (loop, key), steps in found.duties.items()}
    loops = {key: texts(steps) for key, steps in found.loops.items()}
    return {"status": texts(found.status), "loops": loops, "duties": duties}


def _explanation_said(found: dict[str, Any]) -> str:
    lines: list[str] = []
    for name, part in found.items():
        for key, steps in part.items() if isinstance(part, dict) else ((name, part),):
            lines += [key, *(f"  {step}" for step in steps)]
    return "\n".join(lines)
