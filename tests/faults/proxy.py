"""The faults of a schedule through real sockets: phones, a line that is cut, a misbehaving proxy, a server."""

import asyncio
import random
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import httpx

from tests.bench.figures import Figure, tell
from tests.browser.line import Line
from tests.browser.serving import serving
from tests.faults.runs import Outcome, figures
from tests.faults.schedule.play import compared, judge, settle
from tests.faults.schedule.steps import Step
from tests.faults.schedule.world import Home, Phone, make_district

NAME: Final = "proxy"
RUNS: Final = 40
_PHONES: Final = 3
_SPEED: Final = 300_000  # bytes a second
_FAULTS: Final = ("page", "500", "503", "429", "twice", "cut request", "cut answer", "slow", "lose answer")


def measure(share: float = 1.0) -> Iterator[Figure]:
    """The runs after which something was lost, doubled, or not the same everywhere."""
    runs, outcome = max(1, round(RUNS * share)), Outcome()
    tell("proxy: three phones, a line, a proxy and a server, over real sockets")
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(runs):
            wrong = asyncio.run(run_once(seed, Path(folder) / f"{seed}"))
            tell(f"  run {seed + 1}: {wrong or 'fine'}")
            outcome.wrong += wrong
            outcome.runs += 1
    yield from figures(NAME, "runs that lost, doubled or disagreed", outcome, RUNS)


async def run_once(seed: int, folder: Path) -> list[str]:
    """What is wrong after three phones wrote and sent through all of that, and then over a good line."""
    chance = random.Random(seed)  # noqa: S311  # a die, not a key
    make_district(folder / "var")
    home = _ServedHome(folder / "var")
    with ExitStack() as stack:
        stack.callback(home.stop)
        proxy = _Proxy(stack.enter_context(serving(home.app)), chance)
        line = stack.enter_context(Line(stack.enter_context(serving(proxy))).up())
        home.url = f"http://127.0.0.1:{line.port}"
        people = [_WirePhone(home, number, seed) for number in range(_PHONES)]
        for phone in people:
            await phone.switch_on()
            stack.callback(phone.notebook.close)
        line.speed, proxy.rate = _SPEED, 0.3
        cutting = asyncio.create_task(_cut_now_and_then(line, chance))
        await asyncio.gather(*(_work(phone, chance) for phone in people))
        cutting.cancel()
        line.mend()
        line.speed = proxy.rate = 0
        if not await settle(people):
            return [f"{seed}: the phones never came to rest"]
        return [f"{seed}: {words}" for words in judge(home, people) + await compared(home, people)]


async def _work(phone: Phone, chance: random.Random) -> None:
    """An officer's hour: writes, corrects, photographs, and syncs over what there is for a line."""
    for _ in range(6):
        number = chance.randrange(1000)
        if chance.random() < 0.4:
            await phone.photograph(phone.pick(number) if number % 2 else None)
        else:
            with phone.writing():
                phone.write(phone.pick(number) if number % 3 else None, Step("edit", a=number, b=chance.randrange(9)))
        await phone.engine.round()


async def _cut_now_and_then(line: Line, chance: random.Random) -> None:
    while True:
        await asyncio.sleep(chance.random() * 0.6)  # the moment of the cut, which is what is tried here
        line.cut()
        await asyncio.sleep(chance.random() * 0.1)
        line.mend()


class _ServedHome(Home):
    url = ""


class _WirePhone(Phone):
    @property
    def transport(self) -> httpx.AsyncBaseTransport | None:
        """Real sockets."""
        return None


class _Proxy:
    """An ASGI application that hands on what comes, more or less."""

    def __init__(self, port: int, chance: random.Random) -> None:
        self.rate = 0.0  # of the requests that something happens to
        self._there = f"http://127.0.0.1:{port}"
        self._chance = chance

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Serves one request."""
        if scope["type"] != "http":
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        fault = self._chance.choice(_FAULTS) if self._chance.random() < self.rate else ""
        if fault == "page":
            await _answer(send, 200, [(b"content-type", b"text/html")], b"<html>Welcome to the airport")
        elif fault in ("500", "503", "429"):
            await _answer(send, int(fault), [], b"")
        else:
            await self._hand_on(scope, send, body[: len(body) // 2] if fault == "cut request" else body, fault)

    async def _hand_on(self, scope: dict[str, Any], send: Any, body: bytes, fault: str) -> None:
        headers = [(name, value) for name, value in scope["headers"] if name not in (b"host", b"content-length")]
        url = f"{self._there}{scope['raw_path'].decode()}?{scope['query_string'].decode()}"
        async with httpx.AsyncClient(timeout=30) as client:
            for _ in range(2 if fault == "twice" else 1):
                request = client.build_request(scope["method"], url, headers=headers, content=body or None)
                answer = await client.send(request, stream=True)
                raw = b"".join([piece async for piece in answer.aiter_raw()])
        if fault == "slow":
            await asyncio.sleep(0.3)
        if fault == "lose answer":
            await _answer(send, 504, [], b"")
            return
        kept = [(k, v) for k, v in answer.headers.raw if k.lower() not in (b"transfer-encoding", b"connection")]
        if fault == "cut answer":
            # The length is that of the whole, as it is when a server dies: the connection ends in the middle.
            raw = raw[: len(raw) // 2]
        await _answer(send, answer.status_code, kept, raw)


async def _answer(send: Any, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
