"""A process of its own that makes an account in an installation and says a token of it on standard output.

python -m tests.proofs.token_for LOGIN ROLE      (EPILOOP_HOME names the installation)
"""

import sys
from datetime import timedelta

from django.utils import timezone

from epiloop.core.instants import Interval
from epiloop.core.rights import EVERYWHERE, RIGHTS, Grant
from epiloop.project.django_parts import set_up
from epiloop.project.home import current_installation


def main(login: str, role: str) -> None:
    """Make it, and issue the token for a day."""
    set_up(current_installation())
    from epiloop.runtime.accounts.making import make_account
    from epiloop.runtime.accounts.tokens import issue_token

    now = timezone.now()
    grants = (Grant(role, EVERYWHERE, Interval(now - timedelta(days=1))),)
    account = make_account(login, "nine quiet herons at dusk", at=now, grants=grants)
    sys.stdout.write(issue_token(account, "proof", RIGHTS, life=timedelta(days=1), at=now))


if __name__ == "__main__":
    main(*sys.argv[1:])
