"""Bring uv with nothing but Python, from a package index that the environment names.

For machines whose Python has neither pip nor venv (a fresh Debian) and whose user may install none.

Run as a script by ./epiloop, before anything is installed, so it imports the standard library only.
"""

import hashlib
import html
import io
import os
import platform
import re
import sys
import urllib.parse
import urllib.request
import zipfile
from pathlib import Path
from typing import NamedTuple

OWN_INDEX = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL")
"""Variables with which a place says that it has a package index of its own."""

WHEEL = re.compile(
    r'<a[^>]+href="(?P<address>[^"#]+)#sha256=(?P<digest>[0-9a-f]{64})"[^>]*>\s*'
    r"uv-(?P<version>0\.\d+\.\d+)-py3-none-(?P<platform>[\w.]+)\.whl"
)
"""A line of an index page (PEP 503). Versions from 1 on may behave differently and are left out."""


class Wheel(NamedTuple):
    """A wheel of the index: the bytes at `address` have this SHA-256."""

    version: tuple[int, ...]
    platform: str
    address: str
    digest: str


def main(target: str) -> int:
    """Put uv into `target`/bin. 2 if no index is named: pip knows its own, this script knows none."""
    index = next((os.environ[name] for name in OWN_INDEX if os.environ.get(name)), None)
    if index is None:
        return 2
    address = f"{index.rstrip('/')}/uv/"
    kind = "macosx" if sys.platform == "darwin" else "musllinux" if is_musl() else "manylinux"
    wheel = choose(wheels(fetch(address).decode(), address), kind, platform.machine())
    content = fetch(wheel.address)
    check_digest(content, wheel.digest)
    unpack(content, Path(target) / "bin")
    return 0


def wheels(page: str, address: str) -> list[Wheel]:
    """What an index page offers; links may be relative to its address."""
    return [
        Wheel(
            tuple(map(int, found["version"].split("."))),
            found["platform"],
            urllib.parse.urljoin(address, html.unescape(found["address"])),
            found["digest"],
        )
        for found in WHEEL.finditer(page)
    ]


def choose(offered: list[Wheel], kind: str, machine: str) -> Wheel:
    """The newest for this kind of system and machine. Raises SystemExit if there is none."""
    ending = {"amd64": "x86_64", "arm64": "arm64" if kind == "macosx" else "aarch64"}.get(machine, machine)
    fitting = [
        wheel
        for wheel in offered
        if any(tag.startswith(kind) and tag.endswith(f"_{ending}") for tag in wheel.platform.split("."))
    ]
    if not fitting:
        raise SystemExit(f"epiloop: the package index offers no uv for {kind} on {machine}")
    return max(fitting)


def is_musl() -> bool:
    """Whether this system's C library is musl."""
    return platform.libc_ver()[0] != "glibc" and any(Path("/lib").glob("ld-musl-*"))


def fetch(address: str) -> bytes:
    """The bytes at an https address. Raises SystemExit with the reason."""
    if not address.startswith("https://"):
        raise SystemExit("epiloop: packages come over https only")
    request = urllib.request.Request(address, headers={"Accept": "text/html, */*;q=0.1", "User-Agent": "epiloop"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=120) as response:  # noqa: S310 - https, see above
            content: bytes = response.read()
    except OSError as wrong:
        raise SystemExit(f"epiloop: the package index does not answer: {wrong}") from None
    return content


def check_digest(content: bytes, expected: str) -> None:
    """Raise SystemExit unless the SHA-256 is the expected one."""
    if hashlib.sha256(content).hexdigest() != expected:
        raise SystemExit("epiloop: the downloaded uv is not what the index says it is")


def unpack(wheel: bytes, target: Path) -> None:
    """Write the programs of the wheel, executable, whole or not at all."""
    target.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        for name in archive.namelist():
            if re.fullmatch(r"[^/]+\.data/scripts/uvx?", name):
                part = target / f"{Path(name).name}.part"
                part.write_bytes(archive.read(name))
                part.chmod(0o755)
                part.replace(target / Path(name).name)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
