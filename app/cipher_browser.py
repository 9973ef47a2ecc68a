"""Sealing in the browser: noble-ciphers for what must be synchronous, WebCrypto for what is large.

Both give the same bytes. The key is kept by JavaScript alone and overwritten when it is forgotten.
"""

from typing import Any, Final

from app.cipher import OVERHEAD, Forgotten, Tampered
from app.files import FileTrouble

# Beside the app's own files; server/publish/client.py puts it there.
MODULE: Final = "noble/aes.js"

_LOAD: Final = """
async (module) => {
  const { gcm } = await import(module);
  const NONCE = 12;
  const wrap = async (kept) => kept.web ??= await crypto.subtle.importKey(
    "raw", kept.key, "AES-GCM", false, ["encrypt", "decrypt"]);
  const algorithm = (nonce, about) => ({ name: "AES-GCM", iv: nonce, additionalData: about });
  const join = (nonce, body) => {
    const sealed = new Uint8Array(NONCE + body.length);
    sealed.set(nonce);
    sealed.set(body, NONCE);
    return sealed;
  };
  return (key) => {
    const kept = { key, web: null };
    return {
      seal(data, about) {
        const nonce = crypto.getRandomValues(new Uint8Array(NONCE));
        return join(nonce, gcm(kept.key, nonce, about).encrypt(data));
      },
      sealWith: (nonce, data) => gcm(kept.key, nonce).encrypt(data),
      open(sealed, about) {
        const cipher = gcm(kept.key, sealed.subarray(0, NONCE), about);
        try { return cipher.decrypt(sealed.subarray(NONCE)); } catch { return undefined; }
      },
      async sealLarge(data, about) {
        const nonce = crypto.getRandomValues(new Uint8Array(NONCE));
        const web = await wrap(kept);
        return join(nonce, new Uint8Array(await crypto.subtle.encrypt(algorithm(nonce, about), web, data)));
      },
      async openLarge(sealed, about) {
        const web = await wrap(kept);
        try {
          return new Uint8Array(await crypto.subtle.decrypt(
            algorithm(sealed.subarray(0, NONCE), about), web, sealed.subarray(NONCE)));
        } catch { return undefined; }
      },
      forget() { kept.key.fill(0); kept.web = null; },
    };
  };
}
"""

_make: Any = None


async def prepare() -> None:
    """Loads noble-ciphers, once. Raises FileTrouble when it cannot be had."""
    global _make  # one module for the whole program, as JavaScript has it
    if _make is not None:
        return
    import js
    from pyodide.code import run_js
    from pyodide.ffi import JsException

    base = js.URL.new(".", js.location.href).href
    try:
        _make = await run_js(_LOAD)(base + MODULE)
    except JsException as error:
        raise FileTrouble("The part of Beatbook that seals the notebook could not be loaded.") from error


def seal_with(key: bytes, nonce: bytes, data: bytes) -> bytes:
    """The browser's side of app/cipher.py's `seal_once`."""
    once = _prepared()(_bytes(key))
    try:
        return bytes(once.sealWith(_bytes(nonce), _bytes(data)).to_bytes())
    finally:
        once.forget()


class BrowserCipher:
    """One key, in JavaScript's keeping."""

    def __init__(self, key: bytes) -> None:
        self._js: Any = _prepared()(_bytes(key))

    def seal(self, data: bytes, about: bytes) -> bytes:
        return bytes(self._kept().seal(_bytes(data), _bytes(about)).to_bytes())

    def open(self, sealed: bytes, about: bytes) -> bytes:
        return _opened(self._kept().open(_whole(sealed), _bytes(about)))

    async def seal_large(self, data: bytes, about: bytes) -> bytes:
        return bytes((await self._kept().sealLarge(_bytes(data), _bytes(about))).to_bytes())

    async def open_large(self, sealed: bytes, about: bytes) -> bytes:
        return _opened(await self._kept().openLarge(_whole(sealed), _bytes(about)))

    def forget(self) -> None:
        if self._js is not None:
            self._js.forget()
            self._js = None

    def _kept(self) -> Any:
        if self._js is None:
            raise Forgotten
        return self._js


def _prepared() -> Any:
    if _make is None:
        raise RuntimeError("prepare_cipher was not awaited")
    return _make


def _whole(sealed: bytes) -> Any:
    if len(sealed) < OVERHEAD:
        raise Tampered
    return _bytes(sealed)


def _opened(found: Any) -> bytes:
    if found is None:
        raise Tampered
    return bytes(found.to_bytes())


def _bytes(data: bytes) -> Any:
    from pyodide.ffi import to_js

    return to_js(data)
