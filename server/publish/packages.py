"""What Python gets on the phone: its standard library, the packages and our own sources, as bytecode in archives."""

import io
import json
import re
import shutil
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from app.words import FILES, LANGUAGES
from server.publish.files import fingerprint, made
from server.publish.node import Node, find_node, run
from server.publish.trouble import BuildTrouble

HERE: Final = Path(__file__).parent
Report = Callable[[str], None]

# Wheels for the Python of flet-web's Pyodide: CPython 3.14, ABI 2026_0.
_PLATFORM: Final = [
    "--platform=pyemscripten_2026_0_wasm32",
    "--python-version=3.14",
    "--implementation=cp",
    "--abi=cp314",
    "--abi=none",
]

# The browser's fetch carries the requests (sync/transport_browser.py): sockets and certificates stay at home, and
# with them what only they use. Of the rest, what only developers, servers and other machines need.
_NOT_ON_PHONES: Final = (
    "anyio",
    "certifi",
    "flutter",
    "h11",
    "httpcore",
    "bin",
    "*.dist-info",
    "flet/auth",
    "flet/cli.py",
    "flet/fastapi",
    "flet/messaging/flet_socket_server.py",
    "flet/pytest_plugin.py",
    "flet/testing",
    "httpx/_main.py",
    "msgpack/fallback.py",
    "qrcode/tests",
    "**/*.pyi",
    "**/py.typed",
)

# Parts of the standard library that talk to terminals, build software, or serve.
_NOT_OF_THE_LIBRARY: Final = (
    "_pyrepl",
    "cProfile.py",
    "doctest.py",
    "ftplib.py",
    "imaplib.py",
    "mailbox.py",
    "multiprocessing",
    "pdb.py",
    "poplib.py",
    "profile.py",
    "pstats.py",
    "pydoc.py",
    "pydoc_data",
    "smtplib.py",
    "tabnanny.py",
    "trace.py",
    "unittest",
    "webbrowser.py",
    "wsgiref",
    "xmlrpc",
)

OURS: Final = ("app", "views", "sync")
WORDS: Final = tuple(name.format(language) for name in FILES for language in LANGUAGES)


def phone_packages(root: Path, store: Path, pyodide: Path, report: Report) -> bytes:
    """packages.tar: the pinned packages of requirements/phone.txt, hash-checked, compiled. Raises BuildTrouble."""
    requirements = root / "requirements" / "phone.txt"

    def install(folder: Path) -> None:
        report("Fetching the phone's packages (pinned, hash-checked)")
        words = ["install", "--quiet", "--no-compile", "--no-deps", "--only-binary=:all:", "--require-hashes"]
        packages = folder / "packages"
        pins = folder / "phone.txt"
        pins.write_text(for_browsers(requirements.read_text("utf-8")), "utf-8")
        run(
            [sys.executable, "-m", "pip", *words, *_PLATFORM, "--target", str(packages), "-r", str(pins)],
            "pip install of the phone's packages",
        )
        _leave_out(packages, _NOT_ON_PHONES)
        report("Compiling them with the phone's Python")
        compile_folders(find_node(root, store, report), pyodide, packages)

    key = fingerprint(requirements, *_compiler(pyodide), repr((_NOT_ON_PHONES, _PLATFORM)))
    return tar(made(store, "packages", key, install) / "packages")


def for_browsers(pins: str) -> str:
    """Pinned requirements without what says that it is not for the phone's browser.

    pip judges such a condition by the machine it runs on, whatever platform it is told to fetch for.
    """
    entries = re.split(r"^(?=\S)", pins, flags=re.MULTILINE)
    return "".join(entry for entry in entries if "sys_platform != 'emscripten'" not in entry)


def standard_library(root: Path, store: Path, pyodide: Path, report: Report) -> bytes:
    """python_stdlib.zip again, but compiled and not deflated: brotli packs it better, and Python need not unpack it."""
    source = pyodide / "python_stdlib.zip"

    def build(folder: Path) -> None:
        report("Compiling Python's standard library")
        library = folder / "library"
        with zipfile.ZipFile(source) as archive:
            archive.extractall(library)  # noqa: S202 - comes with a package whose hash was checked
        _leave_out(library, _NOT_OF_THE_LIBRARY)
        compile_folders(find_node(root, store, report), pyodide, library)

    key = fingerprint(*_compiler(pyodide), repr(_NOT_OF_THE_LIBRARY))
    library = made(store, "library", key, build) / "library"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for file in _files(library):
            archive.writestr(zipfile.ZipInfo(file.relative_to(library).as_posix()), file.read_bytes())
    return out.getvalue()


def app_archive(root: Path, source: Path, store: Path, pyodide: Path, report: Report) -> bytes:
    """app.tar: our sources below `source`, compiled, with the words and the forms as JSON. Raises BuildTrouble."""

    def build(folder: Path) -> None:
        report("Compiling the app")
        for name in OURS:
            if (source / name).is_dir():
                ignore = shutil.ignore_patterns("__pycache__", "*.pyc")
                shutil.copytree(source / name, folder / name, ignore=ignore)
        shutil.copy(source / "main.py", folder)
        compile_folders(find_node(root, store, report), pyodide, folder)
        words = folder / "assets" / "words"
        words.mkdir(parents=True)
        for name in WORDS:
            if (source / "assets" / "words" / name).exists():
                shutil.copy(source / "assets" / "words" / name, words)
        forms = json.dumps(_forms(source, report), ensure_ascii=False, separators=(",", ":"))
        (folder / "assets" / "forms.json").write_text(forms, "utf-8")

    return tar(made(store, "app", fingerprint(*app_sources(source), *_compiler(pyodide)), build))


def app_sources(source: Path) -> list[Path]:
    """The files and folders that the app's archive is made of."""
    names = ["main.py", *OURS, "assets/words", "assets/forms"]
    return [source / name for name in names if (source / name).exists()]


def compile_folders(node: Node, pyodide: Path, *folders: Path) -> None:
    """Turns every .py below the folders into the phone's bytecode. Raises BuildTrouble naming file and line."""
    node.run([HERE / "bytecode.mjs", pyodide, HERE / "bytecode.py", *folders], "Compiling for the phone")


def tar(folder: Path) -> bytes:
    """The folder as a plain tar, the same bytes for the same files: the phone unpacks it in a few lines (worker)."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for file in _files(folder):
            info = tarfile.TarInfo(file.relative_to(folder).as_posix())
            info.size = file.stat().st_size
            with file.open("rb") as data:
                archive.addfile(info, data)
    return out.getvalue()


def _forms(source: Path, report: Report) -> dict[str, object]:
    folder = source / "assets" / "forms"
    if not folder.is_dir():
        return {}
    report("Publishing the forms")
    # pyxform takes a second to import, so only those who publish do.
    from server.publish.forms import publish_all
    from server.publish.workbook import FormMistake

    try:
        return dict(publish_all(folder))
    except FormMistake as mistake:
        raise BuildTrouble(str(mistake)) from None


def _compiler(pyodide: Path) -> list[Path]:
    return [HERE / "bytecode.mjs", HERE / "bytecode.py", pyodide / "python_stdlib.zip", pyodide / "pyodide.asm.mjs"]


def _leave_out(folder: Path, names: tuple[str, ...]) -> None:
    for name in names:
        for found in list(folder.glob(name)):
            if found.is_dir():
                shutil.rmtree(found)
            else:
                found.unlink()


def _files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file())
