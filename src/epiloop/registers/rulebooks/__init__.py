"""Which rulebooks are in force. Adopting one is an event with its digest; a changed file changes nothing until then."""

from epiloop.registers.rulebooks.events import RulebookAdopted
from epiloop.registers.rulebooks.state import Adopted, fold

__all__ = ["Adopted", "RulebookAdopted", "fold"]
