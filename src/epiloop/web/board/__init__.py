"""The board: what is open, late, whose; and the lists behind its numbers."""
