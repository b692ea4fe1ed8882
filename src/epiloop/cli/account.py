"""`epiloop account`: accounts made by the operator of the installation, at its own machine."""

import sys
from datetime import UTC, datetime
from typing import Any

import click

from epiloop.cli._verbs import Installation, Jurisdiction, answer, as_json, place, table, with_database
from epiloop.core.instants import Interval
from epiloop.core.jurisdictions import Code
from epiloop.core.rights import EVERYWHERE, ROLES, Grant


@click.group()
def command() -> None:
    """Make and list accounts."""


@command.command()
@click.argument("login")
@click.option("--role", type=click.Choice(sorted(ROLES)), required=True)
@click.option("--jurisdiction", type=Jurisdiction(), help="Where the role holds. Default: everywhere.")
@click.option("--language", type=click.Choice(["en", "zh-hans"]), default="zh-hans")
@as_json
@with_database
def add(
    _installation: Installation, login: str, *, role: str, jurisdiction: Code | None, language: str, as_json: bool
) -> None:
    """Make an account with one role. Its password is asked for, or read from standard input."""
    from epiloop.runtime.accounts.making import make_account

    if sys.stdin.isatty():
        password = str(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    else:
        password = sys.stdin.readline().rstrip("\n")
    at = datetime.now(UTC)
    grant = Grant(role, jurisdiction or EVERYWHERE, Interval(at))
    account = make_account(login, password, at=at, language=language, grants=(grant,))
    answer({"account": str(account.id), "login": account.login, "role": role}, lambda: account.login, as_json=as_json)


@command.command(name="list")
@as_json
@with_database
def list_(_installation: Installation, *, as_json: bool) -> None:
    """All accounts with their grants."""
    from epiloop.store.models import Account

    value: list[dict[str, Any]] = [
        {
            "account": str(account.id),
            "login": account.login,
            "disabled": not account.is_active,
            "grants": [{"role": g.role, "jurisdiction": place(g.jurisdiction)} for g in account.grants.all()],
        }
        for account in Account.objects.prefetch_related("grants").order_by("login")
    ]
    rows = [[one["login"], "; ".join(f"{g['role']} {g['jurisdiction']}" for g in one["grants"])] for one in value]
    answer(value, lambda: table(("login", "grants"), rows), as_json=as_json)
