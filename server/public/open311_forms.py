"""Open311's answers as JSON and as XML: the same content, under the names that the specification gives its lists."""

from typing import Any, Final
from xml.etree import ElementTree

from fastapi.responses import JSONResponse, Response

FORMATS: Final = ("json", "xml")
# How XML calls what is in a list.
_ONE: Final = {
    "services": "service",
    "service_requests": "request",
    "errors": "error",
    "endpoints": "endpoint",
    "formats": "format",
    "attributes": "attribute",
    "values": "value",
}
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Access-Control-Allow-Origin": "*",  # for maps on other people's pages; all of it is public
    "Cross-Origin-Resource-Policy": "cross-origin",
}


class Trouble(Exception):
    """Why a call cannot be answered, with the status; the message names the argument, the reason and what to do."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


def write(name: str, body: Any, form: str, status: int = 200) -> Response:
    """The answer in this format; JSON for a format that nobody knows, with a 404. `name` is the XML's root."""
    if form == "xml":
        text = ElementTree.tostring(_element(name, body), encoding="utf-8", xml_declaration=True)
        return Response(text, status, _HEADERS, "text/xml; charset=utf-8")
    if form != "json":
        status, body = 404, [{"code": 404, "description": "There are only .xml and .json."}]
    return JSONResponse(body, status, _HEADERS, "application/json; charset=utf-8")


def _element(name: str, body: Any) -> ElementTree.Element:
    element = ElementTree.Element(name)
    if isinstance(body, dict):
        element.extend(_element(key, value) for key, value in body.items())
    elif isinstance(body, list):
        element.extend(_element(_ONE[name], value) for value in body)
    elif isinstance(body, bool):
        element.text = "true" if body else "false"
    else:
        element.text = _plain(str(body))
    return element


def _plain(text: str) -> str:
    """Without the characters that XML cannot say."""
    return "".join(letter for letter in text if letter >= " " or letter in "\t\n")
