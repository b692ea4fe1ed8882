"""Screening: samples taken and results received, in the person's own stream. One sample serves every loop it can."""

from epiloop.operations.screening import actions, checks, events, queries, state

__all__ = ["actions", "checks", "events", "queries", "state"]
