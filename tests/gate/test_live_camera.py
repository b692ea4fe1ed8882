"""The check-in page with a live camera: Chromium films a poster's code from a file, as a hand would hold it."""

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import segno
from tests.browsing import CHROMIUM, PATIENCE, patient, with_axe
from tests.gate.test_checkin_page import check_in, inside, looked_at, picture, pytestmark

from epiloop.vault.visits import Kind

__all__ = ["inside", "pytestmark"]

Picture = npt.NDArray[np.uint8]
WIDTH, HEIGHT, FRAMES = 640, 480, 8
TILT, MODULE = math.radians(7), 5
"""The poster hangs a little crooked; pixels a module."""
SEEN = """async () => {
    const shown = () => document.querySelector("video")?.srcObject?.getVideoTracks()[0];
    while (!shown()) await new Promise((go) => setTimeout(go, 50));
    return shown();
}"""
"""What the camera gives, once it gives something."""
ENDED = """async (one) => {
    for (let n = 0; n < PATIENCE && one.readyState === "live"; n++) await new Promise((go) => setTimeout(go, 50));
    return one.readyState;
}""".replace("PATIENCE", str(20 * PATIENCE))
"""How it stands, as soon as it has ended, or when nobody would wait any longer."""


def filmed(address: str) -> bytes:
    """Some seconds of a grey wall, a poster's code on it in the second half, as uncompressed video (YUV4MPEG2); without
    an address the wall alone.
    """
    wall = np.full((HEIGHT, WIDTH), 120, dtype=np.uint8)
    poster = hung(wall, address) if address else wall
    colourless = bytes([128]) * (WIDTH * HEIGHT // 2)
    frames = [wall] * (FRAMES // 2) + [poster] * (FRAMES // 2)
    head = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F4:1 Ip A1:1 C420mpeg2\n".encode()
    return head + b"".join(b"FRAME\n" + frame.tobytes() + colourless for frame in frames)


def hung(wall: Picture, address: str) -> Picture:
    """The code of an address on the wall."""
    modules = np.array([list(row) for row in segno.make(address, error="m").matrix_iter(border=4)], dtype=np.uint8)
    down, across = np.mgrid[:HEIGHT, :WIDTH] - np.array([HEIGHT, WIDTH])[:, None, None] / 2
    row = (across * math.sin(TILT) + down * math.cos(TILT)) / MODULE + modules.shape[0] / 2
    column = (across * math.cos(TILT) - down * math.sin(TILT)) / MODULE + modules.shape[1] / 2
    on_it = (row >= 0) & (column >= 0) & (row < modules.shape[0]) & (column < modules.shape[1])
    poster = wall.copy()
    poster[on_it] = np.where(modules[row[on_it].astype(int), column[on_it].astype(int)], 40, 220)
    return poster


@pytest.fixture
def camera(chromium, gate_port, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """A browser whose camera sees the code of an address, or a bare wall; gives a page that may use it, or may not."""
    browsers = []

    def make(address: str = "", *, allowed: bool = True):
        film = tmp_path / "door.y4m"
        film.write_bytes(filmed(address))
        fake = ("--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={film}")
        args = ["--no-sandbox", "--disable-gpu", *fake]
        browsers.append(chromium.browser_type.launch(executable_path=CHROMIUM, args=args))
        size = {"width": 375, "height": 667}
        context = patient(browsers[-1].new_context(locale="en-GB", viewport=size, has_touch=True))
        context.grant_permissions(["camera"] if allowed else [])
        page = with_axe(context).new_page()
        page.goto(f"http://localhost:{gate_port}/C/")
        page.get_by_role("button", name="Scan the code at the door").click()
        return page

    yield make
    for browser in browsers:
        browser.close()


def test_a_poster_before_the_camera_is_read_named_and_checked_in(camera, door, inside):
    page = camera(door.address)
    page.locator("form .main:enabled").wait_for()
    assert page.locator(".place").inner_text() == "Market"
    assert page.locator("video").count() == 0
    assert inside() == [], "nothing is sent before the names were confirmed"
    check_in(page)
    page.locator(".sign:not(.none)").wait_for()
    assert [one.kind for one in inside()] == [Kind.IN]


def test_without_leave_to_use_the_camera_the_page_says_so_and_takes_a_picture(camera, door, tmp_path):
    page = camera(allowed=False)
    page.get_by_text("The camera cannot be used. Allow it in the browser").wait_for()
    looked_at(page, tmp_path, "no-camera")
    page.set_input_files("#picture", picture(door.address))
    page.locator("form .main:enabled").wait_for()
    assert page.locator(".place").inner_text() == "Market"


def test_a_camera_runs_only_while_what_it_sees_is_shown(camera, tmp_path):
    page = camera()
    seen = page.evaluate_handle(SEEN)
    looked_at(page, tmp_path, "scan")
    page.get_by_role("button", name="中文").click()  # the same view, drawn again in the other language
    assert seen.evaluate(ENDED) == "ended"
    again = page.evaluate_handle(SEEN)
    assert again.evaluate("one => one.readyState") == "live"
    page.get_by_role("button", name="取消").click()
    assert again.evaluate(ENDED) == "ended"
