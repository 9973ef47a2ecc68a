"""How the server writes HTML: one template environment that escapes everything, and headers that allow no script."""

import base64
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from server.vcards import dialled

_FOLDER: Final = Path(__file__).parent / "templates"

_environment: Final = Environment(
    loader=FileSystemLoader(_FOLDER),
    autoescape=True,
    undefined=StrictUndefined,  # a template that names what is not there is a mistake, not an empty spot
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,  # else each page looks at each of its files, whether it is the one of before
)
_environment.filters["dialled"] = dialled
_environment.filters["named"] = lambda rows: [(row.id, row.name) for row in rows]
_environment.filters["mailto"] = lambda address: quote(address, safe="@")
_environment.filters["is_phone"] = lambda text: re.fullmatch(r"[\d\s()+.x-]{3,}", text) is not None

# For everything that is no API: no script, no frame, no trace of where a visitor came from.
HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
# For files that a page shows or a phone saves.
FILE_HEADERS: Final = {**HEADERS, "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox"}
NO_STORE: Final = {"Cache-Control": "no-store"}


class Look:
    """A family of pages with one style sheet, which stands in each page and whose hash is all that the CSP allows."""

    def __init__(self, *style_sheets: str) -> None:
        text = "".join((_FOLDER / name).read_text("utf-8") for name in style_sheets).strip()
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        self.style = Markup(text)  # noqa: S704  our own file
        # There is no script that could connect; Lighthouse, looking for robots.txt, does it in the page's name.
        self.headers: Final = {
            **HEADERS,
            "Content-Security-Policy": (
                f"default-src 'none'; style-src 'sha256-{digest}'; img-src 'self' data:; connect-src 'self'; "
                "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
            ),
        }

    def page(
        self, template: str, status: int = 200, headers: Mapping[str, str] | None = None, **values: Any
    ) -> HTMLResponse:
        """The template as an answer with this look's headers, and `headers` over them."""
        return HTMLResponse(self.render(template, **values), status, {**self.headers, **(headers or {})})

    def render(self, template: str, **values: Any) -> str:
        """The template as text."""
        return _environment.get_template(template).render(style=self.style, **values)
