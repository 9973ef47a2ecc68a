"""The programs that the tests need beside Python: where they are, and what to do where they are not."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path


class MissingTool(Exception):
    """A program is not on this machine; the message says what to install."""


def chromium() -> str:
    """Path of a Chromium to test with: BEATBOOK_CHROMIUM, the system's, else the one Playwright downloaded."""
    named = os.environ.get("BEATBOOK_CHROMIUM")
    if named:
        if not Path(named).is_file():
            raise MissingTool(f"BEATBOOK_CHROMIUM names {named}, which is not there.")
        return named
    # Not "chromium-browser": on Ubuntu that is a snap's shim, which cannot open profiles under /tmp.
    for name in ("chromium", "google-chrome-stable", "google-chrome"):
        if found := shutil.which(name):
            return found
    if found := _playwrights_own():
        return found
    raise MissingTool(
        "The browser tests need Chromium. Install it (Debian: apt install chromium) or name one with BEATBOOK_CHROMIUM."
    )


def zbarimg() -> str:
    """Path of zbar's command line reader: the decoder that did not come with us."""
    if found := shutil.which("zbarimg"):
        return found
    raise MissingTool(
        "The QR tests need zbarimg. Install it (Debian or Ubuntu: apt install zbar-tools; macOS: brew install zbar)."
    )


def pdftotext() -> str:
    """Path of poppler's reader of PDFs: what we print is read by something that is not ours."""
    if found := shutil.which("pdftotext"):
        return found
    raise MissingTool(
        "The PDF tests need pdftotext. Install it (Debian or Ubuntu: apt install poppler-utils; macOS: brew install "
        "poppler)."
    )


TOOLS: dict[str, Callable[[], str]] = {"chromium": chromium, "zbar-tools": zbarimg, "poppler-utils": pdftotext}


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).is_file() else None
