"""Places: where people are and meet, with zones, hours, capacity and owner. Names are public, visits never.

Everything about a place stands in the place's own stream. Sensitive ones never appear in lists, maps or exports for the
public (`queries.for_public`).
"""

from epiloop.registers.places import actions, checks, events, queries, state

__all__ = ["actions", "checks", "events", "queries", "state"]
