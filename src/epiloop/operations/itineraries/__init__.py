"""Itineraries: where somebody was, stop by stop, as an interview, a ticket or a camera tells it (行程).

Everything that pairs the person with a place is sealed under the person's key, in the person's own stream. Each stop
is also a visit for the keeper of sealed days (`visits`), so that a search for contacts meets it beside check-ins.
"""

from epiloop.operations.itineraries import actions, checks, events, queries, state

__all__ = ["actions", "checks", "events", "queries", "state"]
