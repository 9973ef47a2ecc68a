"""Recordings: begun, ended, and what is done without a microphone."""

import pytest

from app.sound import NoMicrophone
from tests.views.fieldkit import opened
from tests.views.phone import Phone
from views import fields_sound

pytestmark = pytest.mark.anyio


@pytest.fixture
def phone(full_phone: Phone) -> Phone:
    return full_phone


class Microphone:
    """A microphone that hears what it is told to; `trouble` is why it does not."""

    def __init__(self, trouble: str = "") -> None:
        self.trouble = trouble
        self.open = False

    def available(self) -> bool:
        return True

    async def start(self) -> None:
        if self.trouble:
            raise NoMicrophone(self.trouble)
        self.open = True

    async def stop(self) -> bytes:
        self.open = False
        return b"OggS\0 a voice"

    def cancel(self) -> None:
        self.open = False


async def test_what_is_said_is_recorded_and_kept(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fields_sound, "SECOND", 0.001)
    phone.services.recorder = heard = Microphone()
    async with opened(phone) as form:
        await form.tap("record-said")
        assert heard.open
        await form.until(lambda: form.reads("Recording · 0:0") and not form.reads("Recording · 0:00"), "the seconds")
        await form.tap("stop-said")
        await form.until(lambda: "said" in form.answers, "the recording")
        assert not heard.open
        assert form.answers["said"]["mime"] == "audio/ogg"
        assert "record-said" in form.idents()
        assert "Recording · 1 kB" in form.texts("field-said")


async def test_a_recording_ends_by_itself_and_not_at_all_when_it_is_cancelled(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone.services.recorder = heard = Microphone()
    async with opened(phone) as form:
        await form.tap("record-said")
        await form.tap("cancel-said")
        assert not heard.open
        assert "said" not in form.answers
        monkeypatch.setattr(fields_sound, "SECOND", 0.001)
        monkeypatch.setattr(fields_sound, "LONGEST", 3)
        await form.tap("record-said")
        await form.until(lambda: "said" in form.answers, "the end")
        assert not heard.open


async def test_leaving_the_form_switches_the_microphone_off(phone: Phone) -> None:
    phone.services.recorder = heard = Microphone()
    async with opened(phone) as form:
        await form.tap("record-said")
        assert heard.open
        await form.back()
        assert not heard.open


@pytest.mark.parametrize("reason", ["denied", "missing", "busy"])
async def test_without_a_microphone_a_recording_is_chosen_instead(phone: Phone, reason: str) -> None:
    phone.services.recorder = Microphone(reason)
    async with opened(phone) as form:
        await form.tap("record-said")
        assert "hoose a recording" in " ".join(form.texts("problem"))
        assert "file-said" in form.idents()
