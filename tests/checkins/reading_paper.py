"""What a camera sees of a printed page: the page drawn at a resolution, and the codes read from it."""

from pathlib import Path

import numpy as np
import pypdfium2
import zxingcpp


def pages(pdf: bytes, dpi: int = 100) -> list[np.ndarray]:
    document = pypdfium2.PdfDocument(pdf)
    return [np.ascontiguousarray(page.render(scale=dpi / 72, grayscale=True).to_numpy()) for page in document]


def codes(pdf: bytes, dpi: int = 100) -> list[list[str]]:
    return [[found.text for found in zxingcpp.read_barcodes(page)] for page in pages(pdf, dpi)]


def texts(pdf: bytes) -> list[str]:
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)]


def _get_sizes(pdf: bytes) -> list[tuple[float, float]]:
    return [page.get_size() for page in pypdfium2.PdfDocument(pdf)]


def sizes(pdf: bytes) -> list[tuple[int, int]]:
    return [(round(width), round(height)) for width, height in _get_sizes(pdf)]


def picture(pdf: bytes, to: Path, dpi: int = 100) -> None:
    page = pypdfium2.PdfDocument(pdf)[0]
    page.render(scale=dpi / 72).to_pil().save(to)
