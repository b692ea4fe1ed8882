"""The command line: one verb per intention, one module per verb.

`day_list.py` holds `command`, which is run as `epiloop day-list`; a name that Python keeps for itself gets an
underscore (`import_.py`). Modules whose names begin with `_` are no verbs. A verb that needs the database takes it
with `@with_database`. Running processes (init, up, demo, test) are verbs of `epiloop.project`, which calls this.
"""
