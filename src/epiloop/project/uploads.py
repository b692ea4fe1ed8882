"""Uploaded files stay in memory: what is in them is personal and must not lie in a temporary file."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import MemoryFileUploadHandler, StopUpload


class MemoryOnly(MemoryFileUploadHandler):
    """Django's in-memory handler, which steps aside for a large file; this one refuses it instead."""

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        super().handle_raw_input(*args, **kwargs)
        self.activated = True

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Keep a part. A file past the limit ends the upload with a closed connection."""
        if start + len(raw_data) > settings.FILE_UPLOAD_MAX_MEMORY_SIZE:
            raise StopUpload(connection_reset=True)
        return super().receive_data_chunk(raw_data, start)
