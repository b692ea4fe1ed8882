"""What people and the clock do about duties (待办): acknowledge them, and carry them up when they are late (超时提级).

A duty is fulfilled by evidence, an event of the capability that knows it; nothing here closes one.
"""

from epiloop.operations.duties.actions import Steps, acknowledge, escalate
from epiloop.operations.duties.events import DutyAcknowledged, DutyEscalated
from epiloop.operations.duties.state import Risen, fold

__all__ = ["DutyAcknowledged", "DutyEscalated", "Risen", "Steps", "acknowledge", "escalate", "fold"]
