"""Requests to and from other jurisdictions (协查), and people handed over to them: each request a subject of its own.

Two installations exchange messages that are signed by the sender and sealed to the receiver (`sealing`); what one may
say stands in closed lists (`minimal`). Inside one installation the same messages go from one jurisdiction to another.
"""

from epiloop.operations.assistance import actions, checks, events, messages, minimal, peers, queries, sealing, state

__all__ = ["actions", "checks", "events", "messages", "minimal", "peers", "queries", "sealing", "state"]
