"""For tests that print: the fonts that the web app carries, and a reader of PDFs that is not ours."""

import functools
import subprocess
from pathlib import Path

from server.publish.client import npm_files
from server.publish.files import alone
from server.publish.node import npm_packages
from tests.tools import pdftotext

_ROOT = Path(__file__).parents[2]
_STORE = _ROOT / ".build" / "cache"


@functools.cache
def _files() -> dict[str, bytes]:
    with alone(_STORE):
        return npm_files(npm_packages(_ROOT, _STORE, print))


async def roboto(name: str) -> bytes:
    """A file of the web app, as the phone reads it."""
    return _files()[name]


def words_of(pdf: bytes, folder: Path, *options: str) -> str:
    """What can be read in a PDF; it must be one that the reader has no complaint about."""
    return _ask(Path(pdftotext()), pdf, folder, *options, "record.pdf", "-")


def images_of(pdf: bytes, folder: Path) -> str:
    """The list of the pictures in a PDF."""
    return _ask(Path(pdftotext()).with_name("pdfimages"), pdf, folder, "-list", "record.pdf")


def _ask(program: Path, pdf: bytes, folder: Path, *words: str) -> str:
    (folder / "record.pdf").write_bytes(pdf)
    done = subprocess.run([program, *words], cwd=folder, capture_output=True, check=True, text=True)
    assert done.stderr == ""
    return done.stdout
