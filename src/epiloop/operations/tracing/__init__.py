"""Tracing: a search for those who met a case: asked for, approved by another person, carried out by the key service.

Each request is a stream of its own. It tells counts only; who was met, and where, stands in no event: the answer is
shown to whoever asked and is forgotten. Opening the visits of one person in an emergency (break-glass) is such a
request too, which another person reviews afterwards; opening them for the investigation or by legal order is approved
first.
"""

from epiloop.operations.tracing import actions, checks, events, state

__all__ = ["actions", "checks", "events", "state"]
