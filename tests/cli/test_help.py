"""Whoever asks what there is does not wait for what only work needs."""

import subprocess
import sys

ASK = """
import sys
from click.testing import CliRunner
from epiloop.project.main import cli

assert "day-list" in CliRunner().invoke(cli, ["--help"]).stdout
print(*(name for name in ("django", "jsonschema", "numpy", "openpyxl", "psycopg") if name in sys.modules))
"""


def test_the_list_of_verbs_waits_for_no_database_and_no_numbers():
    told = subprocess.run([sys.executable, "-c", ASK], capture_output=True, text=True, check=False)
    assert (told.stdout, told.stderr) == ("\n", "")
