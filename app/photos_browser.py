"""Scaling pictures with the browser's own decoder, in the worker. The promises are in app/photos.py."""

from collections.abc import Sequence
from typing import Any

from app.photos import MAX_PIXELS, MIME, Area, NotAPhoto, pixels


class BrowserScaler:
    """createImageBitmap and OffscreenCanvas: a picture drawn anew takes nothing along but its pixels."""

    async def scale(self, data: bytes, max_px: int, quality: float) -> bytes:
        picture = await _decoded(data)
        try:
            if picture.width * picture.height > MAX_PIXELS:
                raise NotAPhoto("This picture is too large.")
            shrink = min(1.0, max_px / max(picture.width, picture.height))
            canvas, _ = _drawn(picture, *(max(1, round(side * shrink)) for side in (picture.width, picture.height)))
        finally:
            picture.close()
        return await _encoded(canvas, quality)

    async def blur(self, picture: bytes, areas: Sequence[Area], quality: float) -> bytes:
        import js

        opened = await _decoded(picture)
        try:
            canvas, pen = _drawn(opened, opened.width, opened.height)
        finally:
            opened.close()
        for area in areas:
            left, top, across, down, blocks_across, blocks_down = pixels(area, canvas.width, canvas.height)
            coarse = js.OffscreenCanvas.new(blocks_across, blocks_down)
            small = coarse.getContext("2d")
            small.imageSmoothingQuality = "high"
            small.drawImage(canvas, left, top, across, down, 0, 0, blocks_across, blocks_down)
            pen.imageSmoothingEnabled = False
            pen.drawImage(coarse, 0, 0, blocks_across, blocks_down, left, top, across, down)
        return await _encoded(canvas, quality)


async def _decoded(data: bytes) -> Any:
    import js
    from pyodide.ffi import JsException, to_js

    try:
        blob = js.Blob.new(to_js([to_js(data)]))
        return await js.createImageBitmap(blob, _options(imageOrientation="from-image"))
    except JsException:
        raise NotAPhoto from None


def _drawn(picture: Any, width: int, height: int) -> tuple[Any, Any]:
    """A canvas of this size with the picture on it, and its pen."""
    import js

    canvas = js.OffscreenCanvas.new(width, height)
    pen = canvas.getContext("2d")
    # A JPEG has no see-through parts; without paper under them they would turn black.
    pen.fillStyle = "white"
    pen.fillRect(0, 0, width, height)
    pen.imageSmoothingQuality = "high"
    pen.drawImage(picture, 0, 0, width, height)
    return canvas, pen


async def _encoded(canvas: Any, quality: float) -> bytes:
    blob = await canvas.convertToBlob(_options(type=MIME, quality=quality))
    return bytes((await blob.arrayBuffer()).to_bytes())


def _options(**options: Any) -> Any:
    import js
    from pyodide.ffi import to_js

    return to_js(options, dict_converter=js.Object.fromEntries)
