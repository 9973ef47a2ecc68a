"""The build of the field app: complete, without foreign addresses, and no more work than what has changed."""

import base64
import hashlib
import io
import json
import os
import re
import tarfile
import time
from importlib import metadata
from pathlib import Path

import pytest

from server.publish import client, compress, node
from server.publish.files import fingerprint, forget, made
from server.publish.listing import Listing
from server.publish.packages import for_browsers, tar
from server.publish.trouble import BuildTrouble
from server.publish.webapp import ROOT, build

STORE = ROOT / ".build" / "cache"  # finished steps are shared with every other build
MAIN = '"""A docstring."""\nimport flet as ft\n\nfrom app.words import HELLO\n\nft.run(lambda page: page.add(HELLO))\n'


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources of a very small app."""
    folder = tmp_path_factory.mktemp("source")
    (folder / "app").mkdir()
    (folder / "app" / "__init__.py").write_text("")
    (folder / "app" / "words.py").write_text("HELLO = 'Hello'\n")
    (folder / "main.py").write_text(MAIN)
    return folder


@pytest.fixture(scope="module")
def out(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """That app, built."""
    folder = tmp_path_factory.mktemp("built") / "webapp"
    assert build(folder, lambda _: None, source=source, store=STORE) == folder
    return folder


def test_every_file_on_the_list_is_there_with_its_hash_and_its_compressed_forms(out: Path) -> None:
    listing = listed(out)
    assert {"index.html", "sw.js", "app.tar", "packages.tar", "pyodide/pyodide.asm.wasm"} <= set(listing.files)
    for name, entry in listing.files.items():
        assert hashlib.sha256((out / name).read_bytes()).hexdigest() == entry.hash
        for ending in entry.packed:
            assert (out / f"{name}.{ending}").stat().st_size < (out / name).stat().st_size
    assert listing.files["main.dart.js"].packed == ("br", "gz")
    on_disk = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    packed = {f"{name}.{ending}" for name, entry in listing.files.items() for ending in entry.packed}
    assert on_disk == {*listing.files, *packed, "files.json"}


def test_no_script_names_a_host_to_load_from(out: Path) -> None:
    foreign = re.compile(rb"https?://[a-z.-]*(?:jsdelivr|gstatic|googleapis|unpkg|cdnjs)[a-z.-]*")
    for name in listed(out).files:
        assert not foreign.search((out / name).read_bytes()), name


def test_the_service_worker_keeps_every_file_by_the_hash_of_its_content(out: Path) -> None:
    script = (out / "sw.js").read_text("utf-8")
    match = re.search(r"const FILES = (\{.*?\});", script)
    assert match
    kept = json.loads(match[1])
    files = set(listed(out).files)
    assert set(kept) == files - client.NOT_KEPT - {"sw.js"}
    for name, digest in kept.items():
        assert base64.b64decode(digest) == hashlib.sha256((out / name).read_bytes()).digest()
    assert "/*{" not in script


def test_the_archive_holds_bytecode_of_the_phone_s_python_and_no_path_of_this_machine(out: Path) -> None:
    for name in ("app.tar", "packages.tar"):
        data = (out / name).read_bytes()
        assert str(ROOT).encode() not in data
        assert str(Path.home()).encode() + b"/" not in data
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            names = archive.getnames()
            assert not [name for name in names if name.endswith(".py")]
            sample = archive.extractfile(next(name for name in names if name.endswith(".pyc")))
            assert sample is not None
            assert sample.read(2) == (3627).to_bytes(2, "little")  # CPython 3.14
    with tarfile.open(out / "app.tar") as archive:
        assert archive.getnames() == ["app/__init__.pyc", "app/words.pyc", "assets/forms.json", "main.pyc"]
        main = archive.extractfile("main.pyc")
        assert main is not None
        assert b"A docstring." not in main.read()


def test_what_only_servers_and_developers_need_stays_at_home(out: Path) -> None:
    with tarfile.open(out / "packages.tar") as archive:
        tops = {name.split("/")[0] for name in archive.getnames()}
    assert {"flet", "flet_camera", "flet_geolocator", "httpx", "msgpack", "qrcode", "tinydb"} <= tops
    assert not tops & {"anyio", "bin", "certifi", "cffi", "cryptography", "h11", "httpcore", "oauthlib"}


def test_a_pin_that_is_not_for_browsers_is_left_out_with_its_hashes() -> None:
    pins = "a==1 \\\n    --hash=sha256:01\n{}==2 ; sys_platform != 'emscripten' \\\n    --hash=sha256:02\nc==3\n"
    assert for_browsers(pins.format("b")) == "a==1 \\\n    --hash=sha256:01\nc==3\n"


def test_a_second_build_finds_that_nothing_has_changed(out: Path, source: Path) -> None:
    before = (out / "files.json").stat().st_mtime_ns
    said: list[str] = []
    begin = time.monotonic()
    build(out, said.append, source=source, store=STORE)
    assert said == []
    assert (out / "files.json").stat().st_mtime_ns == before
    assert time.monotonic() - begin < 60  # waiting for another build included


def test_a_changed_source_changes_its_archive_and_the_worker_and_nothing_else(source: Path, tmp_path: Path) -> None:
    build(tmp_path / "webapp", lambda _: None, source=source, store=STORE)
    before = listed(tmp_path / "webapp")
    path = source / "app" / "words.py"
    old = path.read_text()
    path.write_text("HELLO = 'Good morning'\n")
    try:
        build(tmp_path / "webapp", lambda _: None, source=source, store=STORE)
    finally:
        path.write_text(old)
    after = listed(tmp_path / "webapp")
    changed = {name for name in after.files if after.files[name] != before.files.get(name)}
    assert changed == {"app.tar", "sw.js"}
    assert after.version != before.version


def test_a_source_that_is_no_python_stops_the_build_and_leaves_the_old_one(out: Path, source: Path) -> None:
    before = (out / "files.json").read_bytes()
    (source / "app" / "broken.py").write_text("def (:\n")
    try:
        with pytest.raises(BuildTrouble, match=r"(?s)broken\.py.*line 1"):
            build(out, lambda _: None, source=source, store=STORE)
    finally:
        (source / "app" / "broken.py").unlink()
    assert (out / "files.json").read_bytes() == before


def test_a_form_with_a_mistake_stops_the_build_with_its_file_and_row(source: Path, tmp_path: Path) -> None:
    forms = source / "assets" / "forms"
    forms.mkdir(parents=True)
    good = (ROOT / "assets" / "forms" / "parent_contact.md").read_text("utf-8")
    (forms / "parent_contact.md").write_text(good.replace("| select_one ", "| select_one_of ", 1), "utf-8")
    try:
        with pytest.raises(BuildTrouble, match=r"parent_contact\.md"):
            build(tmp_path / "webapp", lambda _: None, source=source, store=STORE)
    finally:
        (forms / "parent_contact.md").unlink()
        forms.rmdir()
    assert not (tmp_path / "webapp").exists()


def test_another_version_of_flet_s_client_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metadata, "version", lambda _: "9.9.9")
    with pytest.raises(BuildTrouble, match=r"9\.9\.9"):
        client.client_folder()


def test_a_client_that_names_another_address_is_looked_at_by_a_person(tmp_path: Path) -> None:
    web = client.client_folder()
    for name in client._CLIENT:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"" if name == "main.dart.js" else (web / name).read_bytes())
    with pytest.raises(BuildTrouble, match="rive"):
        client.client_files(tmp_path)


def test_a_page_script_without_its_placeholder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sw.js").write_text("const FILES = {};")
    monkeypatch.setattr(client, "PAGE", tmp_path)
    with pytest.raises(BuildTrouble, match="FILES"):
        client.fill("sw.js", FILES={})


def test_the_npm_lock_has_hashes_and_no_address() -> None:
    text = (ROOT / "package-lock.json").read_text("utf-8")
    assert "://" not in text
    packages = json.loads(text)["packages"]
    assert all(entry["integrity"].startswith("sha512-") for name, entry in packages.items() if name)


def test_an_old_node_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, version in (("node", "v18.19.0"), ("npm", "9.0.0")):
        script = tmp_path / name
        script.write_text(f"#!/bin/sh\necho {version}\n")
        script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert node.on_path() is None
    (tmp_path / "node").write_text("#!/bin/sh\necho v22.1.0\n")
    found = node.on_path()
    assert found is not None
    assert found.program == str(tmp_path / "node")


def test_a_program_that_fails_is_named_with_what_it_said() -> None:
    with pytest.raises(BuildTrouble, match=r"(?s)Fetching failed:.*no such luck"):
        node.run(["/bin/sh", "-c", "echo no such luck >&2; exit 3"], "Fetching")
    with pytest.raises(BuildTrouble, match="could not be started"):
        node.run(["/nowhere/at/all"], "Fetching")


def test_nothing_is_compressed_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {"a.js": b"let a = 1;" * 500, "tiny.js": b"1", "picture.png": b"\x89PNG" * 500}
    first = compress.compress(files, frozenset(), tmp_path, print)
    assert set(first["a.js"]) == {"br", "gz"}
    assert first["tiny.js"] == first["picture.png"] == {}
    monkeypatch.setattr("brotli.compress", None)
    assert compress.compress(files, frozenset(), tmp_path, print) == first


def test_a_step_that_fails_leaves_nothing_that_looks_finished(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        (folder / "half").write_text("half")
        raise BuildTrouble("no network")

    with pytest.raises(BuildTrouble):
        made(tmp_path, "thing", "key", fail)
    finished = made(tmp_path, "thing", "key", lambda _: None)
    assert list(finished.iterdir()) == []


def test_what_no_build_has_used_for_long_is_forgotten(tmp_path: Path) -> None:
    old = made(tmp_path, "thing", "old", lambda _: None)
    new = made(tmp_path, "thing", "new", lambda _: None)
    os.utime(old, (0, 0))
    forget(tmp_path)
    assert not old.exists()
    assert new.exists()


def test_a_fingerprint_sees_names_and_contents_but_no_caches(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("1")
    first = fingerprint(tmp_path)
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_text("2")
    assert fingerprint(tmp_path) == first
    (tmp_path / "a.py").rename(tmp_path / "b.py")
    assert fingerprint(tmp_path) != first


def test_the_same_files_make_the_same_archive(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name / "deep").mkdir(parents=True)
        (tmp_path / name / "deep" / "file.txt").write_text("x")
        (tmp_path / name / "a.txt").write_text("y")
    assert tar(tmp_path / "one") == tar(tmp_path / "two")


def listed(folder: Path) -> Listing:
    """The list of a built app."""
    found = Listing.read(folder)
    assert found is not None
    return found
