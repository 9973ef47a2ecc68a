"""The app's own fonts in the browser: from our server, or from the copy that the service worker keeps."""

from app.typeface import NoTypeface


async def read(name: str) -> bytes:
    """A file beside the app. Raises NoTypeface when it cannot be had."""
    import js
    from pyodide.http import pyfetch

    try:
        answer = await pyfetch(js.URL.new(name, js.URL.new(".", js.location.href)).href)
        if answer.ok:
            return bytes(await answer.bytes())
    except Exception as error:  # no network and no kept copy: pyodide has many names for that
        raise NoTypeface(name) from error
    raise NoTypeface(name)
