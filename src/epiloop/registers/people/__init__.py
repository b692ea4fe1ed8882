"""People: who is registered, where they live and stay, whom they live with, which posts they hold.

Who somebody *is* (name, documents, phone, address) never stands here; it lives in the vault. Every event about a
person stands in that person's own stream. Declaring two registrations the same person moves no event: the state of the
one that survives is the fold of both streams in recorded order, so a later split loses nothing either.
Who did something stands in the act, so actions take no account unless the event itself names one.
"""

from epiloop.registers.people import actions, checks, events, queries, state

__all__ = ["actions", "checks", "events", "queries", "state"]
