"""The phone as the app sees it: on a desk, and through a browser's page."""

import asyncio
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from app.device import HERE, PlainDevice, make_device
from app.device_browser import BrowserDevice, describe

pytestmark = pytest.mark.anyio

ANDROID = "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 Version/19.1 Mobile Safari/604.1"


class Page:
    """The page's end of the channel: answers as assets/web/page.js does, when `answering`."""

    def __init__(self, *, answering: bool = True, tab: str = "a1") -> None:
        self.answering = answering
        self.tab = tab
        self.heard: list[dict[str, Any]] = []
        self.onmessage: Callable[[Any], None] | None = None
        self.hello: dict[str, Any] = {"online": True, "visible": True, "language": "es-MX", "persisted": False}
        self.grants = True

    def postMessage(self, text: str) -> None:
        message = json.loads(text)
        self.heard.append(message)
        if not self.answering:
            return
        if message["kind"] == "hello?":
            self.say("hello", **self.hello)
        if message["kind"] == "persist?":
            asyncio.get_running_loop().call_soon(lambda: self.say("persisted", value=self.grants))

    def say(self, kind: str, tab: str | None = None, **more: Any) -> None:
        assert self.onmessage is not None
        self.onmessage(SimpleNamespace(data=json.dumps({**more, "kind": kind, "tab": tab or self.tab})))

    def kinds(self) -> list[str]:
        return [message["kind"] for message in self.heard]


class Storage:
    async def estimate(self) -> Any:
        return SimpleNamespace(usage=5_000_000.0, quota=2_000_000_000.0)


def worker(page: Page, *, agent: str = ANDROID, online: bool = True, storage: Any = None) -> Any:
    """What a browser's worker has for globals."""
    return SimpleNamespace(
        beatbook=SimpleNamespace(tab="a1"),
        navigator=SimpleNamespace(userAgent=agent, language="en-US", onLine=online, storage=storage or Storage()),
        location=SimpleNamespace(origin="https://beat.example"),
        BroadcastChannel=SimpleNamespace(new=lambda _name: page),
    )


async def test_a_started_phone_knows_what_its_page_said() -> None:
    page = Page()
    page.hello |= {"online": False, "persisted": True}
    phone = BrowserDevice(worker(page))
    await phone.start()
    assert (phone.language, phone.persisted, phone.online()) == ("es-MX", True, False)
    assert phone.base_url == "https://beat.example"
    assert (phone.platform, phone.name) == ("android", "Android · Chrome")


async def test_a_page_that_does_not_answer_does_not_keep_the_app_from_starting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.device_browser.PATIENCE", 0.01)
    phone = BrowserDevice(worker(Page(answering=False), online=False))
    await phone.start()
    assert (phone.language, phone.online()) == ("en-US", False)


async def test_news_of_the_page_reaches_whoever_listens() -> None:
    page = Page()
    phone = BrowserDevice(worker(page))
    await phone.start()
    news: list[str] = []
    phone.on_network(lambda: news.append("network"))
    phone.on_resume(lambda: news.append("resume"))
    phone.on_update(lambda: news.append("update"))
    page.say("offline")
    assert not phone.online()
    page.say("online")
    page.say("online")
    page.say("hidden")
    page.say("visible")
    page.say("update-ready")
    assert news == ["network", "network", "resume", "update"]
    assert phone.update_ready


async def test_a_tap_on_the_page_is_heard() -> None:
    page = Page()
    device = BrowserDevice(worker(page))
    taps: list[str] = []
    device.on_activity(lambda: taps.append("tap"))
    page.say("active")
    page.say("active", tab="another")
    assert taps == ["tap"]


async def test_another_tab_of_the_same_browser_is_not_heard() -> None:
    page = Page()
    phone = BrowserDevice(worker(page))
    await phone.start()
    page.say("offline", tab="b2")
    page.say("update-ready", tab="b2")
    assert phone.online()
    assert not phone.update_ready


async def test_every_message_to_the_page_names_its_tab() -> None:
    page = Page()
    phone = BrowserDevice(worker(page))
    await phone.start()
    phone.vibrate(120)
    phone.ready()
    phone.apply_update()
    assert page.kinds() == ["hello?", "vibrate", "ready", "apply-update"]
    assert {message["tab"] for message in page.heard} == {"a1"}
    assert page.heard[1]["ms"] == 120


@pytest.mark.parametrize("granted", [True, False])
async def test_asked_to_keep_what_is_stored_the_phone_gives_its_own_answer(granted: bool) -> None:
    page = Page()
    page.grants = granted
    phone = BrowserDevice(worker(page))
    told: list[bool] = []
    phone.on_update(lambda: told.append(phone.persisted))
    assert await phone.persist() is granted
    assert told == [granted]


async def test_room_is_told_in_bytes_and_unknown_where_the_browser_does_not_say() -> None:
    assert await BrowserDevice(worker(Page())).storage() == (5_000_000, 2_000_000_000)
    assert await BrowserDevice(worker(Page(), storage=SimpleNamespace())).storage() is None


@pytest.mark.parametrize(
    ("agent", "kind", "name"),
    [
        (ANDROID, "android", "Android · Chrome"),
        (IPHONE, "ios", "iPhone · Safari"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0", "linux", "Linux · Firefox"),
        ("something else", "other", "Phone"),
    ],
)
def test_the_district_s_list_names_phones_by_what_they_are(agent: str, kind: str, name: str) -> None:
    assert describe(agent) == (kind, name)


def test_on_a_desk_the_district_is_the_one_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BEATBOOK_DISTRICT", raising=False)
    assert make_device().base_url == HERE
    monkeypatch.setenv("BEATBOOK_DISTRICT", "https://beat.example")
    assert make_device().base_url == "https://beat.example"


def test_what_a_test_does_to_a_plain_device_is_heard() -> None:
    device = PlainDevice()
    news: list[str] = []
    device.on_network(lambda: news.append("network"))
    device.on_resume(lambda: news.append("resume"))
    device.on_update(lambda: news.append("update"))
    device.connect(False)
    device.connect(True)
    device.resume()
    device.offer_update()
    assert news == ["network", "network", "resume", "update"]
