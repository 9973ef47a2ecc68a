"""The phone's keys in the browser: WebCrypto, a key that it never gives away (IndexedDB), and passkeys.

Only the page can ask for a passkey: assets/web/passkey.js does, over a channel of its own, in JSON. Every message names
its tab, and others' are not heard.
"""

import asyncio
import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from app.files import FileTrouble, NoRoom
from app.keys import NoDeviceKey, Passkey, PasskeyTrouble

CHANNEL: Final = "beatbook-passkey"
HEARD: Final = 2.0  # seconds for the page to say that it has heard
ASKING: Final = 120.0  # seconds for an officer to find the right finger

_LOAD: Final = """
() => {
  const { subtle } = crypto;
  const database = () => new Promise((resolve, reject) => {
    const asked = indexedDB.open("beatbook-keys", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("keys");
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  // Settled when it is on the disk, or when it is certain that it is not.
  const inStore = async (mode, work) => {
    const open = await database();
    try {
      return await new Promise((resolve, reject) => {
        const doing = open.transaction("keys", mode, { durability: "strict" });
        const asked = work(doing.objectStore("keys"));
        doing.oncomplete = () => resolve(asked.result);
        doing.onabort = doing.onerror = () => reject(doing.error ?? asked.error);
      });
    } finally { open.close(); }
  };
  const curve = { name: "ECDH", namedCurve: "P-256" };
  return {
    async stretch(secret, salt, rounds) {
      const key = await subtle.importKey("raw", secret, "PBKDF2", false, ["deriveBits"]);
      const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds };
      return new Uint8Array(await subtle.deriveBits(how, key, 256));
    },
    async make() {
      const how = { name: "HMAC", hash: "SHA-256", length: 256 };
      const key = await subtle.generateKey(how, false, ["sign"]);
      await inStore("readwrite", (store) => store.put(key, "device"));
    },
    async mac(data) {
      const key = await inStore("readonly", (store) => store.get("device"));
      return key && new Uint8Array(await subtle.sign("HMAC", key, data));
    },
    remove: () => inStore("readwrite", (store) => store.delete("device")),
    async agree(raw) {
      const other = await subtle.importKey("raw", raw, curve, false, []);
      const own = await subtle.generateKey(curve, false, ["deriveBits"]);
      return [await subtle.exportKey("raw", own.publicKey),
              await subtle.deriveBits({ name: "ECDH", public: other }, own.privateKey, 256)]
        .map((buffer) => new Uint8Array(buffer));
    },
  };
}
"""


class BrowserKeys:
    """This browser's keys. `scope` is the worker's global object; tests bring their own."""

    def __init__(self, scope: Any = None) -> None:
        if scope is None:
            import js
            from pyodide.code import run_js

            scope = js
            self._js: Any = run_js(_LOAD)()
        self._scope = scope
        self._channel: Any = None
        self._heard = asyncio.Event()
        self._answer: asyncio.Future[dict[str, Any]] | None = None
        self._number = 0

    async def stretch(self, secret: bytes, salt: bytes, rounds: int) -> bytes:
        with _troubles():
            return _python(await self._js.stretch(_bytes(secret), _bytes(salt), rounds))

    async def make_device_key(self) -> None:
        with _troubles():
            await self._js.make()

    async def device_mac(self, data: bytes) -> bytes:
        with _troubles():
            mac = await self._js.mac(_bytes(data))
        if mac is None:
            raise NoDeviceKey
        return _python(mac)

    async def remove_device_key(self) -> None:
        with _troubles():
            await self._js.remove()

    async def agree(self, public: bytes) -> tuple[bytes, bytes]:
        from pyodide.ffi import JsException

        try:
            own, shared = await self._js.agree(_bytes(public))
        except JsException as error:
            raise ValueError("the district's key is no point of P-256") from error
        return _python(own), _python(shared)

    async def has_passkeys(self) -> bool:
        try:
            return bool((await self._ask("has?", HEARD)).get("has"))
        except PasskeyTrouble:
            return False

    async def make_passkey(self, name: str, salt: bytes) -> Passkey:
        answer = await self._ask("make?", ASKING, name=name, salt=_text(salt))
        return Passkey(base64.b64decode(answer["credential"]), base64.b64decode(answer["secret"]))

    async def ask_passkey(self, credential: bytes, salt: bytes) -> bytes:
        answer = await self._ask("ask?", ASKING, credential=_text(credential), salt=_text(salt))
        return base64.b64decode(answer["secret"])

    async def _ask(self, kind: str, patience: float, **more: str) -> dict[str, Any]:
        """One question to the page; a second one takes the first one's place, as on the phone's own screen."""
        self._listen()
        if self._answer is not None and not self._answer.done():
            self._answer.set_result({"code": "passkey-cancelled"})
        self._number += 1
        mine = self._answer = asyncio.get_running_loop().create_future()
        self._heard.clear()
        message = {**more, "kind": kind, "tab": str(self._scope.beatbook.tab), "number": self._number}
        self._channel.postMessage(json.dumps(message))
        try:
            async with asyncio.timeout(HEARD):
                await self._heard.wait()
            async with asyncio.timeout(patience):
                answer: dict[str, Any] = await mine
        except TimeoutError:
            raise PasskeyTrouble("passkey-failed") from None
        if "code" in answer:
            raise PasskeyTrouble(str(answer["code"]))
        return answer

    def _listen(self) -> None:
        if self._channel is None:
            self._channel = self._scope.BroadcastChannel.new(CHANNEL)
            self._hear = _proxy(self._on_message)
            self._channel.onmessage = self._hear

    def _on_message(self, event: Any) -> None:
        message = json.loads(str(event.data))
        if message.get("tab") != str(self._scope.beatbook.tab) or message.get("number") != self._number:
            return
        if message["kind"] == "heard":
            self._heard.set()
        elif message["kind"] == "answer" and self._answer is not None and not self._answer.done():
            self._heard.set()
            self._answer.set_result(message)


@contextmanager
def _troubles() -> Iterator[None]:
    from pyodide.ffi import JsException

    try:
        yield
    except JsException as error:
        name = getattr(error, "name", "Error")
        if name == "QuotaExceededError":
            raise NoRoom("This phone has no room left for Beatbook.") from None
        raise FileTrouble(f"The browser's keys failed: {name}.") from None


def _bytes(data: bytes) -> Any:
    from pyodide.ffi import to_js

    return to_js(data)


def _python(data: Any) -> bytes:
    return bytes(data.to_bytes())


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _proxy(function: Any) -> Any:
    """A function that JavaScript may keep and call."""
    try:
        from pyodide.ffi import create_proxy
    except ImportError:  # a test without a browser
        return function
    return create_proxy(function)
