"""How the server reads a form that somebody sent, of whatever page."""

from typing import Final

from fastapi import Request
from python_multipart.multipart import parse_options_header
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

_MULTIPART: Final = b"multipart/form-data"
_UTF_8: Final = (b"utf-8", b"utf8")
_LONGEST_PART: Final = 1_000_000  # bytes of one answer


async def read_form(
    request: Request, *, max_fields: int, max_files: int = 0, max_part_size: int = _LONGEST_PART
) -> FormData:
    """The fields. Raises HTTPException for what cannot be read, or is more than this.

    Our pages are in UTF-8 and browsers answer in kind. Other charsets are refused: some of them say halves of
    characters, which nothing can keep, and some are none at all. So is a NUL, which PostgreSQL looks for nowhere.
    """
    kind, options = parse_options_header(request.headers.get("content-type"))
    if kind == _MULTIPART and options.get(b"charset", b"utf-8").lower() not in _UTF_8:
        raise HTTPException(400)
    posted = await request.form(max_files=max_files, max_fields=max_fields, max_part_size=max_part_size)
    if any("\0" in text for _, text in posted.multi_items() if isinstance(text, str)):
        raise HTTPException(400)
    return posted
