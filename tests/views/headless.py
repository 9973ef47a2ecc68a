"""A Flet client without Flutter, browser or sockets: tests act as the phone's screen and look at what was sent to it.

Everything here that leans on Flet's inner parts leans on them in this one file.
"""

import asyncio
import dataclasses
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Self, TypeVar

import flet as ft
import msgpack  # type: ignore[import-untyped]  # Flet's own wire format; it has no types
from flet.components.component import Component
from flet.controls.base_control import BaseControl
from flet.controls.context import _context_page
from flet.messaging.connection import Connection
from flet.messaging.protocol import (
    InvokeMethodRequestBody,
    Message,
    MessageAction,
    RegisterClientResponseBody,
    configure_encode_object_for_msgpack,
)
from flet.messaging.session import Session
from flet.pubsub.pubsub_hub import PubSubHub

Control = TypeVar("Control", bound=BaseControl)
Replies = Mapping[str, Any]


class _Wire(Connection):
    """The client's end: packs every message as the real one does, and answers what the app asks of the phone."""

    def __init__(self, replies: Replies) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # Flet's, untyped like the three below
        self.loop = asyncio.get_running_loop()
        self.pubsubhub = PubSubHub()
        self.page_url = "http://127.0.0.1"  # Flet joins it with the route to read the query
        self.session: Session | None = None
        self.replies = replies
        self.calls: list[tuple[str, Any]] = []
        self.crashes: list[str] = []
        self.tells_routes = True
        self._tasks: set[asyncio.Task[None]] = set()

    def send_message(self, message: Message) -> None:
        # Packing also takes the snapshots that Flet compares the next update with.
        encode = configure_encode_object_for_msgpack(BaseControl)  # type: ignore[no-untyped-call]
        msgpack.packb([message.action, message.body], default=encode)
        if message.action == MessageAction.SESSION_CRASHED:
            self.crashes.append(message.body.message)
        elif message.action == MessageAction.INVOKE_METHOD:
            task = self.loop.create_task(self._answer(message.body))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _answer(self, call: InvokeMethodRequestBody) -> None:
        assert self.session
        self.calls.append((call.name, call.args))
        reply = self.replies.get(call.name)
        result = reply(call.args) if callable(reply) else reply
        error = str(result) if isinstance(result, Exception) else None
        self.session.handle_invoke_method_results(call.control_id, call.call_id, None if error else result, error)
        if call.name == "push_route" and self.tells_routes:
            route = {"route": call.args["route"]}
            self.session.apply_page_patch(route)
            await self.session.dispatch_event(self.session.page._i, "route_change", route)


class Screen:
    """One running app. `async with Screen(main, route="/more") as screen: ...`

    Look with `all`, `one`, `texts`, `idents`; act with `tap`, `type`, `fire`, `back`. Controls are new ones after each
    redraw, so look again after each act.
    """

    def __init__(self, main: Callable[[ft.Page], Any], *, route: str = "/", replies: Replies | None = None) -> None:
        self._main = main
        self._route = route
        self._replies = replies or {}

    async def __aenter__(self) -> Self:
        self._wire = _Wire(self._replies)
        self._session = self._wire.session = Session(self._wire)
        self.page = self._session.page
        _context_page.set(self.page)
        self._session.apply_page_patch(
            {"route": self._route, "width": 390, "height": 844, "pwa": False, "web": True, "platform": "android"}
        )
        patch = self._session.get_page_patch()  # type: ignore[no-untyped-call]
        body = RegisterClientResponseBody(session_id=self._session.id, page_patch=patch, error="")
        self._wire.send_message(Message(MessageAction.REGISTER_CLIENT, body))
        result = self._main(self.page)
        if asyncio.iscoroutine(result):
            await result
        await self.settle()
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._session.close()  # type: ignore[no-untyped-call]
        for _ in range(6):  # the app's own close handler, and what it ends
            await asyncio.sleep(0)

    @property
    def calls(self) -> list[tuple[str, Any]]:
        """What the app asked of the phone: (method, arguments), oldest first."""
        return self._wire.calls

    def keep_routes(self) -> None:
        """From now on the browser does not say that its address is another one."""
        self._wire.tells_routes = False

    async def settle(self, rounds: int = 12) -> None:
        """Lets everything that is ready run. Raises AssertionError when the app would show "Error running app"."""
        for _ in range(rounds):
            await asyncio.sleep(0)
        if self._wire.crashes:
            raise AssertionError(self._wire.crashes[0])

    async def until(self, condition: Callable[[], Any], what: str, rounds: int = 2000) -> Any:
        """Lets the app run until the condition gives something true, and gives that back."""
        for _ in range(rounds):
            await self.settle(1)
            if found := condition():
                return found
            await asyncio.sleep(0.001)
        raise AssertionError(f"{what} did not come; on the screen: {self.texts()}")

    async def rest(self, seconds: float) -> None:
        """Lets the app run for this long: for showing that something does not happen."""
        await asyncio.sleep(seconds)
        await self.settle()

    # -- looking -----------------------------------------------------------------------------------------------------

    def walk(self, top_only: bool = True) -> Iterator[BaseControl]:
        """Every control on the screen (the top view, dialogs, notices), or of all views under each other."""
        views = _flat(self.page.views)
        yield from _walk(views[-1:] if top_only else views, set())
        yield from _walk([d for d in self.page._dialogs.controls if getattr(d, "open", True)], set())
        yield from _walk(self.page.overlay, set())

    def all(self, kind: type[Control], **wanted: Any) -> list[Control]:
        """The controls of a kind whose properties have these values."""
        return [
            control
            for control in self.walk()
            if isinstance(control, kind) and all(getattr(control, k, None) == v for k, v in wanted.items())
        ]

    def at(self, identifier: str) -> ft.Semantics:
        """The control with this identifier. Raises AssertionError unless there is exactly one."""
        found = self.all(ft.Semantics, identifier=identifier)
        assert len(found) == 1, f"{len(found)} with identifier {identifier}; there are {self.idents()}"
        return found[0]

    def inside(self, identifier: str, kind: type[Control]) -> Control:
        """The first control of a kind inside the one with this identifier."""
        for control in _walk(self.at(identifier), set()):
            if isinstance(control, kind):
                return control
        raise AssertionError(f"no {kind.__name__} in {identifier}")

    def field(self, identifier: str) -> ft.TextField:
        """The text field with this identifier."""
        return self.inside(identifier, ft.TextField)

    def idents(self) -> list[str]:
        """The identifiers on the screen, from the top."""
        return [c.identifier for c in self.walk() if isinstance(c, ft.Semantics) and c.identifier]

    def texts(self, identifier: str | None = None) -> list[str]:
        """What can be read on the screen, or inside one control of it."""
        controls = _walk(self.at(identifier), set()) if identifier else self.walk()
        return [text for control in controls for text in _texts(control)]

    def reads(self, words: str) -> bool:
        """Whether these words are somewhere on the screen."""
        return any(words in text for text in self.texts())

    # -- acting ------------------------------------------------------------------------------------------------------

    async def fire(self, control: BaseControl, event: str, data: Any = None) -> None:
        """Sends an event of a control, as the phone would."""
        await self._session.dispatch_event(control._i, event, data)
        await self.settle()

    async def tap(self, identifier: str) -> None:
        """Taps what has this identifier: itself, or the first thing in it that takes a tap."""
        for control in _walk(self.at(identifier), set()):
            assert not getattr(control, "disabled", False), f"{identifier} is switched off"
            if getattr(control, "on_click", None) is not None:
                return await self.fire(control, "click")
        raise AssertionError(f"nothing in {identifier} takes a tap")

    async def type(self, identifier: str, text: str) -> None:
        """Puts text into the field with this identifier."""
        await self.put(self.inside(identifier, ft.TextField), value=text)

    async def put(self, control: BaseControl, **values: Any) -> None:
        """Changes what a control shows, as a finger would, and tells it so."""
        self._session.apply_patch(control._i, values)
        await self.fire(control, "change", next(iter(values.values())))

    async def back(self) -> None:
        """The phone's back button."""
        top = _flat(self.page.views)[-1]
        await self.fire(self.page, "view_pop", {"route": top.route})


def _flat(value: Any) -> list[Any]:
    while isinstance(value, Component):
        value = value._b
    if isinstance(value, list | tuple):
        return [view for item in value for view in _flat(item)]
    return [value] if value is not None else []


def _walk(node: Any, seen: set[int]) -> Iterator[BaseControl]:
    if isinstance(node, list | tuple):
        for item in node:
            yield from _walk(item, seen)
    elif isinstance(node, dict):
        yield from _walk(list(node.values()), seen)
    elif dataclasses.is_dataclass(node) and not isinstance(node, type):
        if id(node) in seen or getattr(node, "visible", True) is False:
            return
        seen.add(id(node))
        if isinstance(node, BaseControl):
            yield node
        for field in dataclasses.fields(node):
            if not field.metadata.get("skip"):
                yield from _walk(getattr(node, field.name, None), seen)


def _texts(control: BaseControl) -> Iterator[str]:
    names = ("value", "label", "content", "title", "subtitle", "hint_text", "helper", "error", "tooltip", "text")
    for name in names:
        text = getattr(control, name, None)
        if isinstance(text, str) and text:
            yield text
