"""Open311's answers as JSON and as XML: the same content, under the names that the specification gives its lists."""

from collections.abc import Mapping
from typing import Any, Final
from xml.etree import ElementTree

from fastapi import Request
from fastapi.responses import JSONResponse, Response

PREFIX: Final = "/open311/v2"
FORMATS: Final = ("json", "xml")
_REFUSALS: Final = {
    404: "There is nothing at this address.",
    405: "This address takes no requests of this kind.",
    413: "The report is larger than 10 MB, so nothing was kept.",
}
_TROUBLE: Final = "The district has trouble. Please try again later."
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


def is_here(request: Request) -> bool:
    """Whether an address belongs to this interface, be there something or not."""
    path: str = request.scope["path"]
    return path == PREFIX or path.startswith(f"{PREFIX}/")


def refuse(request: Request, status: int, text: str = "", headers: Mapping[str, str] | None = None) -> Response:
    """A "no" as the specification has it: a list of errors, in the format of the address, else the accepted one."""
    form = request.scope["path"].rpartition(".")[2]
    if form not in FORMATS:
        accepted = request.headers.get("accept", "")
        form = "xml" if "xml" in accepted and "html" not in accepted else "json"
    errors = [{"code": status, "description": text or _REFUSALS.get(status, _TROUBLE)}]
    answer = write("errors", errors, form, status)
    answer.headers.update(headers or {})
    return answer


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
    return "".join(letter for letter in text if (letter >= " " or letter in "\t\n") and letter not in "\ufffe\uffff")
