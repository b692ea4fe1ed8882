"""Contact searches: who met a case, asked for, approved, shown, confirmed; emergencies and their review."""
