"""Scaling pictures with the browser's own decoder, in the worker. The promises are in app/photos.py."""

from typing import Any

from app.photos import MAX_PIXELS, MIME, NotAPhoto


class BrowserScaler:
    """createImageBitmap and OffscreenCanvas: a picture drawn anew takes nothing along but its pixels."""

    async def scale(self, data: bytes, max_px: int, quality: float) -> bytes:
        import js
        from pyodide.ffi import JsException, to_js

        try:
            blob = js.Blob.new(to_js([to_js(data)]))
            picture = await js.createImageBitmap(blob, _options(imageOrientation="from-image"))
        except JsException:
            raise NotAPhoto from None
        try:
            if picture.width * picture.height > MAX_PIXELS:
                raise NotAPhoto("This picture is too large.")
            shrink = min(1.0, max_px / max(picture.width, picture.height))
            width, height = (max(1, round(side * shrink)) for side in (picture.width, picture.height))
            canvas = js.OffscreenCanvas.new(width, height)
            pen = canvas.getContext("2d")
            # A JPEG has no see-through parts; without paper under them they would turn black.
            pen.fillStyle = "white"
            pen.fillRect(0, 0, width, height)
            pen.imageSmoothingQuality = "high"
            pen.drawImage(picture, 0, 0, width, height)
        finally:
            picture.close()
        scaled = await canvas.convertToBlob(_options(type=MIME, quality=quality))
        return bytes((await scaled.arrayBuffer()).to_bytes())


def _options(**options: Any) -> Any:
    import js
    from pyodide.ffi import to_js

    return to_js(options, dict_converter=js.Object.fromEntries)
