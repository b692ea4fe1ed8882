"""Investigation: cases, exposures, contacts in rings, follow-up, and the lists that come from elsewhere.

Cases and contacts are both told in the stream of the person they are about: a link from a case to a contact is an
event in the contact's stream that names the case's person as its source. One extra room beside the usual ones:
`mapping` reads line lists of any shape (columns of a file to fields, declared in YAML) and turns rows into drafts or
row errors.
Who did something stands in the act, so actions take no account unless the event itself names one.
"""

from epiloop.operations.investigation import actions, checks, events, queries, state

__all__ = ["actions", "checks", "events", "queries", "state"]
