"""What pages, the API and the command line ask the projections.

Every function takes an open connection of role app whose transaction has a scope (`epiloop.store.scoped.reading`),
states the jurisdictions it asks about itself, and takes the instant it asks for as an argument. Lists are read page by
page: a `Page` has the rows and, if there are more, the text `after` that asks for the next.
"""
