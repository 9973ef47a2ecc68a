"""The microphone of a page, asked from the worker."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from app import sound_browser
from app.sound import NoMicrophone, NoRecorder, make_recorder
from app.sound_browser import BrowserRecorder

pytestmark = pytest.mark.anyio


class Page:
    """The page's end of the channel, as assets/web/sound.js is; it says nothing where `answer` is None."""

    def __init__(self, answer: dict[str, Any] | None) -> None:
        self.answer = answer
        self.heard: list[str] = []
        self.onmessage: Any = None

    def postMessage(self, message: Any) -> None:
        self.heard.append(message.kind)
        if message.kind == "cancel" or self.answer is None:
            return
        said = {"number": message.number, "tab": message.tab, "kind": "done", **self.answer}
        for event in ({**said, "tab": "another", "kind": "failed", "reason": "denied"}, said):
            asyncio.get_running_loop().call_soon(self.onmessage, SimpleNamespace(data=SimpleNamespace(**event)))


def recorder(page: Page) -> BrowserRecorder:
    def new(name: str) -> Page:
        assert name == "beatbook-sound"
        return page

    scope = SimpleNamespace(
        beatbook=SimpleNamespace(tab="one"),
        BroadcastChannel=SimpleNamespace(new=new),
        Object=SimpleNamespace(new=SimpleNamespace),
    )
    return BrowserRecorder(scope)


async def test_what_the_page_recorded_comes_back_as_bytes_and_other_tabs_are_not_heard() -> None:
    page = Page({"sound": SimpleNamespace(to_bytes=lambda: b"OggS")})
    found = recorder(page)
    await found.start()
    assert await found.stop() == b"OggS"
    found.cancel()
    assert page.heard == ["start", "stop", "cancel"]


async def test_a_microphone_that_is_not_given_says_why() -> None:
    with pytest.raises(NoMicrophone) as refused:
        await recorder(Page({"kind": "failed", "reason": "denied"})).start()
    assert refused.value.reason == "denied"


async def test_a_page_that_does_not_answer_is_not_waited_for_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sound_browser, "ANSWER", 0.01)
    page = Page(None)
    with pytest.raises(NoMicrophone) as refused:
        await recorder(page).start()
    assert refused.value.reason == "busy"
    assert page.heard == ["start", "cancel"], "a microphone that opens later is switched off"


async def test_cancelling_before_anything_was_recorded_opens_nothing() -> None:
    page = Page({})
    recorder(page).cancel()
    assert page.heard == []


async def test_a_desk_records_nothing() -> None:
    found = make_recorder()
    assert isinstance(found, NoRecorder)
    assert not found.available()
    with pytest.raises(NoMicrophone):
        await found.start()
    found.cancel()
