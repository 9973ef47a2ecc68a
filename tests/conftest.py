"""What every test may ask for."""

import pytest
from hypothesis import settings

from tests.tools import chromium, zbarimg

# How long an example takes says how busy the machine is; what hangs ends by pytest's own timeout.
settings.register_profile("busy", deadline=None)
settings.load_profile("busy")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Async tests run on asyncio, as the phone and the district do."""
    return "asyncio"


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Path of the Chromium under test; its absence is an error, never a skip."""
    return chromium()


@pytest.fixture(scope="session")
def zbarimg_path() -> str:
    """Path of zbar's command line reader; its absence is an error, never a skip."""
    return zbarimg()
