"""What people may read and act for: a closed list (PRIVACY R12). No police purpose is in it."""

from epiloop.core.errors import N_, InvalidInput

PURPOSES: dict[str, str] = {
    "case-investigation": N_("Investigate cases and their contacts"),
    "duty-control": N_("Carry out and supervise what is due for people under control"),
    "testing": N_("Take samples and give results back"),
    "transfer": N_("Bring people to isolation or care, and back"),
    "register-keeping": N_("Keep the registers of people, units and places right"),
    "roster-keeping": N_("Keep posts and rosters"),
    "rule-keeping": N_("Keep the rulebooks"),
    "data-import": N_("Take over data from other lists"),
    "data-export": N_("Hand data on to those who are entitled to it"),
    "data-subject": N_("Answer a person about their own data"),
    "supervision": N_("Check whether the work is done as the rules say"),
}
"""Purpose -> what it means (a message id)."""


def check_purpose(purpose: str) -> str:
    """The purpose. Raises InvalidInput, naming the choices, if it is not one of the list."""
    if purpose not in PURPOSES:
        raise InvalidInput(
            N_("%(purpose)s is not a purpose."),
            remedy=N_("Use one of: %(choices)s"),
            purpose=repr(purpose),
            choices=", ".join(PURPOSES),
        )
    return purpose
