"""From stored rows to the pure view that rights are decided on."""

from datetime import datetime

from epiloop.core.rights import ROLES, AccountView
from epiloop.store.models import Account


def account_view(account: Account, at: datetime) -> AccountView:
    """The account with the grants held at an instant, read now. Grants of roles that no longer exist give nothing."""
    rows = account.grants.filter(starts_at__lte=at)
    grants = tuple(row.as_grant() for row in rows if row.role in ROLES and (row.ends_at is None or at < row.ends_at))
    return AccountView(id=account.id, grants=grants, disabled=not account.is_active)
