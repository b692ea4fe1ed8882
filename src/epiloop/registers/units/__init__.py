"""Units and their posts: who answers for what, who is on duty when, and who stands in.

Everything about a unit stands in the unit's own stream, its posts and shifts included. Units are public bodies, so
their names are open; the people on duty appear as accounts with the line that reaches them on duty, never by name.
The roster is a value, and `queries.resolve` asks it who answers for a duty.
"""

from epiloop.registers.units import actions, checks, events, queries, state

__all__ = ["actions", "checks", "events", "queries", "state"]
