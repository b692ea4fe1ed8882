"""People: lists, search, one person's page, and what is recorded there."""
