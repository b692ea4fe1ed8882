"""Who did what, when, for what purpose; and who looked at whose identity."""
