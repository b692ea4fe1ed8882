"""The group of all verbs. `main` adds this package's own; the reference page reads whatever stands in it."""

from epiloop.cli._verbs import Verbs

cli = Verbs("epiloop.cli", name="epiloop", help="Epiloop, the command room of an epidemic headquarters.")
