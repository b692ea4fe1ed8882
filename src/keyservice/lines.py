"""A file of lines that is only added to: each line is durable when `add` returns, and one that was torn never was."""

import os
from pathlib import Path


def add(file: Path, *texts: str) -> None:
    """Add lines to a file, which is made with the first; what a killed process left half written goes first."""
    handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        whole = file.read_bytes()
        os.ftruncate(handle, whole.rfind(b"\n") + 1)
        os.write(handle, "".join(f"{text}\n" for text in texts).encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def every(file: Path) -> list[str]:
    """The lines of a file, in order; none before the first. One that was not written to its end is left out."""
    if not file.exists():
        return []
    *lines, _torn = file.read_text("utf-8").split("\n")
    return lines
