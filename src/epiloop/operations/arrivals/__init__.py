"""Arrivals: people who come from elsewhere, as several channels report them, in the person's own stream."""

from epiloop.operations.arrivals import actions, checks, events, queries, state

__all__ = ["actions", "checks", "events", "queries", "state"]
