"""What tests of screens may ask for."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.views.everything import make_full_phone
from tests.views.gatekit import Start
from tests.views.phone import Phone, make_phone


@pytest.fixture
async def phone(tmp_path: Path) -> AsyncIterator[Phone]:
    """An enrolled phone with an empty notebook."""
    phone = await make_phone(tmp_path)
    yield phone
    phone.notebook.close()


@pytest.fixture
async def full_phone(tmp_path: Path) -> AsyncIterator[Phone]:
    """An enrolled phone with the form of everything, and places whose tags it knows."""
    phone = await make_full_phone(tmp_path)
    yield phone
    phone.notebook.close()


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Start:
    """A phone that was never used, to be switched on with its vault."""
    return Start(monkeypatch)


@pytest.fixture
async def new_phone(tmp_path: Path) -> AsyncIterator[Phone]:
    """A phone that belongs to nobody yet."""
    phone = await make_phone(tmp_path, enrolled=False)
    yield phone
    phone.notebook.close()
