"""Pages: templates, the few scripts they need, accounts, and the way from a request to one act or one reading."""
