"""The rules in the reader's language: what is in force, how it changed, what would come of given facts, adoption."""
