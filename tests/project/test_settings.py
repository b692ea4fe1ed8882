"""Settings that protect: uploads stay in memory, logs say nothing personal, headers are strict."""

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadhandler import StopFutureHandlers, StopUpload
from django.test import Client

from epiloop.project.home import Installation
from epiloop.project.logs import PlainLine
from epiloop.project.uploads import MemoryOnly


def test_settings_can_be_imported_where_there_is_no_installation(tmp_path: Path):
    nowhere = tmp_path / "nowhere"
    environment = {**os.environ, "EPILOOP_HOME": str(nowhere)}
    done = subprocess.run(
        [sys.executable, "-c", "import epiloop.project.settings"], env=environment, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    assert not nowhere.exists()


def test_healthz_answers_and_is_not_kept(installation: Installation):
    import django

    django.setup()
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"


def test_a_large_upload_is_refused_and_never_spilt_to_a_file():
    assert settings.FILE_UPLOAD_HANDLERS == ["epiloop.project.uploads.MemoryOnly"]
    handler = MemoryOnly()
    handler.handle_raw_input(None, {}, 10**12, b"", None)
    with pytest.raises(StopFutureHandlers):
        handler.new_file("file", "rows.csv", "text/csv", 10**12, None, None)
    assert handler.receive_data_chunk(b"x" * 1000, 0) is None
    with pytest.raises(StopUpload):
        handler.receive_data_chunk(b"x", settings.FILE_UPLOAD_MAX_MEMORY_SIZE)


def test_a_log_line_of_an_exception_has_its_kind_and_place_but_not_its_words():
    try:
        raise ValueError("张三 13800000000")
    except ValueError:
        record = logging.LogRecord("epiloop", logging.ERROR, __file__, 1, "failed", None, sys.exc_info())
    line = PlainLine().format(record)
    assert "ValueError" in line
    assert "test_settings.py" in line
    assert "13800000000" not in line
    assert "张三" not in line
