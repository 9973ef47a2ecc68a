"""The QR reader in the browser: zxing-wasm, in the same worker as Python, from our own server or its kept copy."""

import logging
from typing import Any, Final

from views.scanner import ScannerTrouble

log = logging.getLogger("beatbook")

# Beside the app's own files; server/publish/webapp.py puts them there.
MODULE: Final = "zxing/es/reader/index.js"
WASM: Final = "zxing/reader/zxing_reader.wasm"

# The wasm is handed over as bytes: left alone, zxing-wasm fetches it from a host that is not ours.
_LOAD: Final = """
async (module, wasm) => {
  const reader = await import(module);
  const answer = await fetch(wasm);
  if (!answer.ok) throw new Error("zxing " + answer.status);
  await reader.prepareZXingModule({
    overrides: { wasmBinary: await answer.arrayBuffer() }, fireImmediately: true });
  const options = { formats: ["QRCode"], tryHarder: true, maxNumberOfSymbols: 1 };
  return async (picture) => {
    const bytes = picture.slice();
    const found = await reader.readBarcodes(bytes, options);
    return found.length && found[0].isValid ? found[0].text : null;
  };
}
"""


class BrowserScanner:
    """Loaded with the first picture, kept afterwards."""

    def __init__(self) -> None:
        self._read: Any = None

    def available(self) -> bool:
        return True

    async def decode(self, picture: bytes) -> str | None:
        """What the QR code in the picture says. Raises ScannerTrouble when the reader cannot be loaded."""
        from pyodide.ffi import JsException, to_js

        if self._read is None:
            self._read = await self._load()
        data = to_js(picture)
        try:
            text = await self._read(data)
        except JsException as error:  # a picture cut short, say: the next one is 400 ms away
            log.info("scanner: %s", type(error).__name__)
            return None
        return text if isinstance(text, str) else None

    async def _load(self) -> Any:
        import js
        from pyodide.code import run_js
        from pyodide.ffi import JsException

        base = js.URL.new(".", js.location.href).href
        try:
            return await run_js(_LOAD)(base + MODULE, base + WASM)
        except JsException as error:
            raise ScannerTrouble("the QR reader could not be loaded") from error
