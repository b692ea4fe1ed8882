"""From stored rows to the pure view that rights are decided on."""

from datetime import datetime

from epiloop.core.rights import ROLES, AccountView, held
from epiloop.store.models import Account


def account_view(account: Account, at: datetime) -> AccountView:
    """The account with the grants held at an instant, read now. Grants of roles that no longer exist give nothing."""
    grants = [row.as_grant() for row in account.grants.all() if row.role in ROLES]
    return AccountView(id=account.id, grants=held(grants, at), disabled=not account.is_active)
