"""`python -m epiloop VERB`."""

from epiloop.project.main import main

main()
