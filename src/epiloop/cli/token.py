"""`epiloop token`: keys for programs that use the API."""

from datetime import UTC, datetime, timedelta

import click

from epiloop.cli._verbs import Installation, answer, as_json, with_database
from epiloop.core.errors import N_, NotFound
from epiloop.core.rights import RIGHTS


@click.group()
def command() -> None:
    """Issue and withdraw API tokens."""


@command.command()
@click.argument("login")
@click.option("--name", required=True, help="What the token is for.")
@click.option("--scope", "scopes", multiple=True, required=True, type=click.Choice(sorted(RIGHTS)), help="A right.")
@click.option("--days", type=click.IntRange(1, 365), default=90, show_default=True)
@as_json
@with_database
def issue(
    _installation: Installation, login: str, *, name: str, scopes: tuple[str, ...], days: int, as_json: bool
) -> None:
    """A token for an account, narrower than its rights. It is shown this once."""
    from epiloop.runtime.accounts.tokens import issue_token
    from epiloop.store.models import Account

    account = Account.objects.filter(login=login).first()
    if account is None:
        raise NotFound(N_("There is no account %(login)s."), login=login)
    text = issue_token(account, name, scopes, life=timedelta(days=days), at=datetime.now(UTC))
    answer({"token": text, "scopes": sorted(scopes), "days": days}, lambda: text, as_json=as_json)


@command.command()
@click.argument("login")
@click.option("--name", required=True, help="Which of the account's tokens.")
@as_json
@with_database
def withdraw(_installation: Installation, login: str, *, name: str, as_json: bool) -> None:
    """End an account's tokens of a name at once."""
    from epiloop.runtime.accounts.tokens import withdraw_token
    from epiloop.store.models import ApiToken

    rows = ApiToken.objects.select_related("account").filter(account__login=login, name=name, withdrawn_at=None)
    for row in rows:
        withdraw_token(row, by=row.account, at=datetime.now(UTC))
    answer({"withdrawn": len(rows)}, lambda: str(len(rows)), as_json=as_json)
