"""One small and one middling county, made once."""

from datetime import date

import pytest

from epiloop.project.demonstration.county import County, county
from epiloop.project.demonstration.population import Chunk, Frame, frames, generate

AT = date(2022, 7, 10)


@pytest.fixture(scope="session")
def small() -> County:
    return county(10_000, 7, AT)


@pytest.fixture(scope="session")
def middling() -> County:
    return county(200_000, 7, AT)


@pytest.fixture(scope="session")
def people(middling: County) -> Frame:
    return frames(middling)


@pytest.fixture(scope="session")
def chunks(small: County) -> list[Chunk]:
    return list(generate(small))
