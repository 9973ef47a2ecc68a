"""The built field app as it is served: finished bytes, honest headers, deep links, and nothing outside the list."""

import gzip
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import brotli  # type: ignore[import-untyped]  # ships no types
import httpx
import pytest
from fastapi import FastAPI

from server.publish.listing import Entry, Listing
from server.static import mount
from tests.server.client import open_client

FILES = {
    "index.html": b"<!doctype html><title>Beatbook</title>" + b" " * 600,
    "main.dart.js": b"print(1);" * 200,
    "python-worker.js": b"start();",
    "pyodide/pyodide.mjs": b"export {};",
    "pyodide/pyodide.asm.wasm": b"\0asm",
    "assets/fonts/blank.woff2": b"wOF2",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A built web app of a few small files."""
    publish(tmp_path, FILES)
    (tmp_path / "secret.txt").write_text("not on the list")
    return tmp_path


@pytest.fixture
def browser(folder: Path) -> Iterator[httpx.Client]:
    with open_client(server(folder), "http://beat.test") as client:
        yield client


def test_a_file_comes_with_its_type_and_in_the_smallest_form_the_browser_reads(browser: httpx.Client) -> None:
    for accepted, encoding in (("gzip, br", "br"), ("gzip", "gzip"), ("br;q=0, gzip", "gzip"), ("identity", None)):
        answer = browser.get("/app/main.dart.js", headers={"Accept-Encoding": accepted})
        assert answer.headers.get("content-encoding") == encoding
        assert answer.headers["content-type"].startswith("text/javascript")
        assert answer.headers["vary"] == "Accept-Encoding"
        assert answer.content == FILES["main.dart.js"]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/app/", "text/html; charset=utf-8"),
        ("/app/pyodide/pyodide.mjs", "text/javascript; charset=utf-8"),
        ("/app/pyodide/pyodide.asm.wasm", "application/wasm"),
        ("/app/assets/fonts/blank.woff2", "font/woff2"),
    ],
)
def test_browsers_get_the_types_that_they_insist_on(browser: httpx.Client, path: str, kind: str) -> None:
    assert browser.get(path).headers["content-type"] == kind


def test_what_a_browser_still_has_is_not_sent_again(browser: httpx.Client) -> None:
    first = browser.get("/app/main.dart.js")
    assert first.headers["cache-control"] == "no-cache"
    again = browser.get("/app/main.dart.js", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other_form = {"If-None-Match": first.headers["etag"], "Accept-Encoding": "identity"}
    assert browser.get("/app/main.dart.js", headers=other_form).status_code == 200


@pytest.mark.parametrize("path", ["/app/records", "/app/t/ABCD2345", "/app/enrol/ABCD-EFGH-JKL", "/app/index.html"])
def test_a_deep_link_opens_the_app(browser: httpx.Client, path: str) -> None:
    answer = browser.get(path)
    assert answer.status_code == 200
    assert answer.content == FILES["index.html"]


def test_the_address_without_its_last_slash_leads_to_the_app(browser: httpx.Client) -> None:
    answer = browser.get("/app", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (308, "/app/")


@pytest.mark.parametrize(
    "path", ["/app/secret.txt", "/app/files.json", "/app/none.js", "/app/../secret.txt", "/app/%2e%2e/secret.txt"]
)
def test_nothing_is_served_that_is_not_on_the_list(browser: httpx.Client, path: str) -> None:
    assert browser.get(path).status_code == 404


def test_any_fallback_font_is_answered_from_here(browser: httpx.Client) -> None:
    answer = browser.get("/app/assets/fonts/notosansjp/v53/abc.25.woff2")
    assert (answer.status_code, answer.content) == (200, FILES["assets/fonts/blank.woff2"])


def test_pages_may_ask_no_other_host_and_sit_in_no_frame(browser: httpx.Client) -> None:
    page = browser.get("/app/").headers
    rules = dict(rule.strip().split(" ", 1) for rule in page["content-security-policy"].split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["frame-ancestors"] == "'none'"
    for rule in rules.values():
        assert "http" not in rule
        assert "*" not in rule
    assert "'unsafe-eval'" not in rules["script-src"].split()
    assert "'unsafe-eval'" in browser.get("/app/python-worker.js").headers["content-security-policy"]
    assert page["x-content-type-options"] == "nosniff"
    assert page["referrer-policy"] == "no-referrer"


def test_only_reading_is_possible(browser: httpx.Client) -> None:
    answer = browser.post("/app/", content=b"x")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
    head = browser.head("/app/main.dart.js")
    assert (head.status_code, head.content) == (200, b"")


def test_a_server_without_a_built_app_says_so_in_words(tmp_path: Path) -> None:
    with open_client(server(tmp_path / "nothing"), "http://beat.test") as browser:
        answer = browser.get("/app/")
    assert answer.status_code == 503
    assert "make app" in answer.text


def test_a_new_build_is_served_without_starting_the_server_again(browser: httpx.Client, folder: Path) -> None:
    before = browser.get("/app/").headers["etag"]
    publish(folder, FILES | {"index.html": b"new" * 300})
    later = (folder / "files.json").stat().st_mtime_ns + 1
    os.utime(folder / "files.json", ns=(later, later))
    after = browser.get("/app/")
    assert after.content == b"new" * 300
    assert after.headers["etag"] != before


def test_a_file_that_vanishes_while_builds_are_exchanged_is_to_be_asked_for_again(
    browser: httpx.Client, folder: Path
) -> None:
    (folder / "python-worker.js").unlink()
    answer = browser.get("/app/python-worker.js")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")


def server(folder: Path) -> FastAPI:
    """A server with nothing but the field app."""
    app = FastAPI()
    mount(app, folder)
    return app


def publish(folder: Path, files: dict[str, bytes]) -> None:
    """Lays files out as a build does."""
    entries = {}
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        packed = ("br", "gz") if len(data) > 500 else ()
        if packed:
            path.with_name(f"{path.name}.br").write_bytes(brotli.compress(data))
            path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(data))
        entries[name] = Entry(hashlib.sha256(data).hexdigest(), packed)
    Listing("1", "1", entries, (("assets/fonts/noto", "assets/fonts/blank.woff2"),)).write(folder)
