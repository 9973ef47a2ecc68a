"""Builds the field app as files that a browser can load, install and start without a network.

`python -m server.publish.webapp`, `beatbook app` and `make app` do the same: nothing where nothing has changed, else
only the steps whose inputs have. What is built is complete before it takes the old one's place.
"""

import base64
import hashlib
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from server.publish import client
from server.publish.files import alone, fingerprint, forget
from server.publish.listing import Entry, Listing
from server.publish.node import npm_packages
from server.publish.packages import app_archive, app_sources, phone_packages, standard_library
from server.publish.trouble import BuildTrouble

ROOT: Final = Path(__file__).parents[2]
Report = Callable[[str], None]


def build(out: Path, progress: Report = print, *, source: Path = ROOT, store: Path = ROOT / ".build" / "cache") -> Path:
    """The web app in folder `out`, up to date; `progress` is told of each step that takes time. Raises BuildTrouble.

    `source` is the folder of main.py, app/, views/, sync/ and assets/ (forms, words); finished steps are kept in
    `store`, which any number of builds may share.
    """
    with alone(store):
        web = client.client_folder()
        inputs = _inputs(web, source)
        old = Listing.read(out)
        if old is not None and old.inputs == inputs:
            return out
        progress("Building the field app")
        files = _files(web, source, store, progress)
        _publish(files, inputs, out, store, progress)
        forget(store)
        size = sum(len(data) for data in files.values())
        progress(f"The field app is built: {len(files)} files, {size / 1e6:.0f} MB before compression")
        return out


def _inputs(web: Path, source: Path) -> str:
    """What the build depends on, as one hash; Flet's client by its version, everything of ours by content."""
    return fingerprint(
        client.FLET,
        str((web / "main.dart.js").stat().st_size),
        Path(__file__).parent,
        client.PAGE,
        client.ICONS,
        *(ROOT / name for name in ("requirements/phone.txt", "package.json", "package-lock.json", ".npmrc")),
        *app_sources(source),
    )


def _files(web: Path, source: Path, store: Path, progress: Report) -> dict[str, bytes]:
    pyodide = web / "pyodide"
    return {
        **client.client_files(web),
        **client.page_files(web),
        **client.npm_files(npm_packages(ROOT, store, progress)),
        "packages.tar": phone_packages(ROOT, store, pyodide, progress),
        "pyodide/python_stdlib.zip": standard_library(ROOT, store, pyodide, progress),
        "app.tar": app_archive(ROOT, source, store, pyodide, progress),
    }


def _publish(files: dict[str, bytes], inputs: str, out: Path, store: Path, progress: Report) -> None:
    # Brotli is of the server's packages; whoever only looks at the build's constants need not have it.
    from server.publish.compress import compress

    hashes = {name: hashlib.sha256(data).digest() for name, data in files.items()}
    files["sw.js"] = client.service_worker({name: base64.b64encode(hashes[name]).decode() for name in hashes})
    hashes["sw.js"] = hashlib.sha256(files["sw.js"]).digest()
    packed = compress(files, client.QUICK, store / "packed", progress)
    trial = out.with_name(out.name + ".making")
    shutil.rmtree(trial, ignore_errors=True)
    for name, data in files.items():
        path = trial / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        for ending, small in packed[name].items():
            path.with_name(f"{path.name}.{ending}").write_bytes(small)
    entries = {name: Entry(hashes[name].hex(), tuple(sorted(packed[name]))) for name in sorted(files)}
    Listing(hashes["sw.js"].hex()[:16], inputs, entries, client.PREFIXES).write(trial)
    _swap(trial, out)


def _swap(new: Path, out: Path) -> None:
    old = out.with_name(out.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if out.exists():
        out.rename(old)
    new.rename(out)
    shutil.rmtree(old, ignore_errors=True)


def sizes(out: Path, entries: Mapping[str, Entry]) -> dict[str, int]:
    """The bytes that go over the wire for each file to a browser that reads brotli."""
    return {
        name: (out / (f"{name}.br" if "br" in entry.packed else name)).stat().st_size for name, entry in entries.items()
    }


def main() -> int:
    """Builds into .build/webapp; gives the exit status."""
    try:
        build(ROOT / ".build" / "webapp")
    except BuildTrouble as trouble:
        print(f"The field app could not be built. {trouble}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
