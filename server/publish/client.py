"""What a browser gets beside Python: Flet's client without its foreign addresses, our page, the reader, the icons."""

import json
import re
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from app.typeface import BOLD, GROUPS, REGULAR, file_name
from server.publish.trouble import BuildTrouble

HERE: Final = Path(__file__).parents[2]
PAGE: Final = HERE / "assets" / "web"
ICONS: Final = HERE / "assets" / "icons"
FLET: Final = "1.0.5"

# Of Flet's client what this app loads; beside it lie other renderers, symbols, fonts of controls that are not used.
_CLIENT: Final = (
    "assets/AssetManifest.bin.json",
    "assets/NOTICES",
    "assets/fonts/MaterialIcons-Regular.otf",
    "assets/fonts/roboto.woff2",
    "assets/packages/wakelock_plus/assets/no_sleep.js",
    "assets/shaders/ink_sparkle.frag",
    "assets/shaders/stretch_effect.frag",
    "canvaskit/canvaskit.js",
    "canvaskit/canvaskit.wasm",
    "canvaskit/chromium/canvaskit.js",
    "canvaskit/chromium/canvaskit.wasm",
    "flutter.js",
    "main.dart.js",
    "pyodide/pyodide.asm.mjs",
    "pyodide/pyodide.asm.wasm",
    "pyodide/pyodide.mjs",
    "version.json",
)
_FONTS: Final = (
    ("MaterialIcons", "fonts/MaterialIcons-Regular.otf"),
    ("Roboto", "fonts/roboto.woff2"),
)
# A web app that keeps its promise asks no other host for anything; the first of each pair must be there exactly once.
_FOREIGN: Final = (
    (r'"https://cdn\.jsdelivr\.net/npm/@rive-app/[^"]*"', '"rive/"'),
    (r'"https://fonts\.gstatic\.com/s/"', '"assets/fonts/"'),
    (r'"https://www\.gstatic\.com/flutter-canvaskit/[^"]*"', '"canvaskit/"'),
)
_FOREIGN_LOADER: Final = ((r'"https://www\.gstatic\.com/flutter-canvaskit"', '"canvaskit"'),)
_FOREIGN_PYODIDE: Final = ((r"`https://cdn\.jsdelivr\.net/pyodide/[^`]*`", '"/app/pyodide/"'),)
# Flutter waits for this script and goes on without it; nobody here draws Rive animations.
_NO_RIVE: Final = "globalThis.RiveNative = () => new Promise(() => {});\n"
RIVE: Final = "rive/wasm/rive_native.js"

EMOJI: Final = "assets/fonts/emoji.woff2"
BLANK: Final = "assets/fonts/blank.woff2"
# Where text has letters that Roboto has not, Flutter asks for one of 145 fonts, and again and again until it gets one.
PREFIXES: Final = (
    ("assets/fonts/notocoloremoji/", EMOJI),
    ("assets/fonts/noto", BLANK),
    ("assets/fonts/roboto/", "assets/fonts/roboto.woff2"),
)
# Served, but only fetched by whoever wants it: not part of the kept copy.
NOT_KEPT: Final = frozenset(("assets/NOTICES", "icons/icon-512.png", "icons/icon-maskable-512.png"))
# Only Safari and Firefox load these; brotli's slow levels are kept for what most phones load.
QUICK: Final = frozenset(("canvaskit/canvaskit.wasm", "assets/NOTICES"))


def client_folder() -> Path:
    """Where flet-web keeps its client. Raises BuildTrouble when it is not there, or another version than the app's."""
    spec = find_spec("flet_web")
    if spec is None or not spec.submodule_search_locations:
        raise BuildTrouble("flet-web is not installed; run: make app")
    version = metadata.version("flet-web")
    if version != FLET:
        raise BuildTrouble(f"flet-web {version} is installed, but this build knows the client of {FLET}.")
    return Path(next(iter(spec.submodule_search_locations))) / "web"


def client_files(client: Path) -> dict[str, bytes]:
    """Flet's client as we serve it, by path. Raises BuildTrouble when it is not what this build knows."""
    files = {}
    for name in _CLIENT:
        path = client / name
        if not path.exists():
            raise BuildTrouble(f"Flet's client has no {name}; this build knows the client of {FLET}.")
        files[name] = path.read_bytes()
    files["main.dart.js"] = _at_home(files["main.dart.js"], _FOREIGN)
    files["flutter.js"] = _at_home(files["flutter.js"], _FOREIGN_LOADER)
    files["pyodide/pyodide.mjs"] = _at_home(files["pyodide/pyodide.mjs"], _FOREIGN_PYODIDE)
    for name in files:
        if name.endswith((".js", ".mjs")):
            files[name] = re.sub(rb"\n//# sourceMappingURL=\S+\s*$", b"\n", files[name])
    fonts = [{"family": family, "fonts": [{"asset": asset}]} for family, asset in _FONTS]
    files["assets/FontManifest.json"] = json.dumps(fonts).encode()
    files[RIVE] = _NO_RIVE.encode()
    return files


def npm_files(modules: Path) -> dict[str, bytes]:
    """The QR reader (views/scanner_browser.py), the cipher (app/cipher_browser.py), two fonts for what Roboto lacks.

    And Roboto again, for paper (app/typeface.py). The modules named know the paths.
    """
    reader = modules / "zxing-wasm" / "dist"
    noble = modules / "@noble" / "ciphers"
    fonts = modules / "@fontsource" / "noto-emoji" / "files"
    wanted = {
        "zxing/es/share.js": reader / "es" / "share.js",
        "zxing/es/reader/index.js": reader / "es" / "reader" / "index.js",
        "zxing/reader/zxing_reader.wasm": reader / "reader" / "zxing_reader.wasm",
        "noble/_polyval.js": noble / "_polyval.js",
        "noble/aes.js": noble / "aes.js",
        "noble/utils.js": noble / "utils.js",
        EMOJI: fonts / "noto-emoji-emoji-400-normal.woff2",
        BLANK: fonts / "noto-emoji-10-400-normal.woff2",
        **{
            file_name(group, weight): modules
            / "@fontsource"
            / "roboto"
            / "files"
            / f"roboto-{group}-{weight}-normal.woff"
            for group in GROUPS
            for weight in (REGULAR, BOLD)
        },
    }
    missing = [str(path.relative_to(modules)) for path in wanted.values() if not path.exists()]
    if missing:
        raise BuildTrouble(f"npm's packages are not as expected: {', '.join(missing)} is missing.")
    files = {name: path.read_bytes() for name, path in wanted.items()}
    # Its fallback address, which we never use: the reader is always handed its wasm.
    files["zxing/es/share.js"] = re.sub(rb"https://fastly\.jsdelivr\.net", b"/app/zxing", files["zxing/es/share.js"])
    return files


def page_files(client: Path) -> dict[str, bytes]:
    """Our own page, its scripts and icons; sw.js is made last, by `service_worker`."""
    lock = json.loads((client / "pyodide" / "pyodide-lock.json").read_text("utf-8"))
    engine = re.search(r'"engineRevision":"(\w+)"', (client / "flutter_bootstrap.js").read_text("utf-8"))
    if engine is None:
        raise BuildTrouble("Flet's client does not name its engine; this build knows the client of " + FLET + ".")
    plain = ("index.html", "manifest.json", "page.js", "passkey.js", "sound.js", "python.js")
    files = {name: (PAGE / name).read_bytes() for name in plain}
    files["python-worker.js"] = fill("python-worker.js", LOCK=lock["info"])
    files["start.js"] = fill("start.js", ENGINE=engine[1])
    for icon in sorted(ICONS.iterdir()):
        if icon.suffix in (".png", ".svg"):
            files[f"icons/{icon.name}"] = icon.read_bytes()
    return files


def service_worker(hashes: dict[str, str]) -> bytes:
    """sw.js for exactly these files (path to base64 SHA-256): another file anywhere makes another worker."""
    kept = {path: hashes[path] for path in sorted(hashes) if path not in NOT_KEPT}
    return fill("sw.js", FILES=kept, PREFIXES=PREFIXES)


def fill(name: str, **values: Any) -> bytes:
    """A page script with its placeholders filled in: `/*{NAME}*/` and the empty value behind it, or alone in quotes."""
    text = (PAGE / name).read_text("utf-8")
    for key, value in values.items():
        mark = rf'"/\*\{{{key}\}}\*/"|/\*\{{{key}\}}\*/ (?:\{{\}}|\[\])'
        text, count = re.subn(mark, lambda _: json.dumps(value, separators=(",", ":")), text)  # noqa: B023 - used at once
        if count != 1:
            raise BuildTrouble(f"assets/web/{name} must have one placeholder {key}, it has {count}.")
    return text.encode()


def _at_home(script: bytes, addresses: tuple[tuple[str, str], ...]) -> bytes:
    text = script.decode()
    for foreign, ours in addresses:
        text, count = re.subn(foreign, ours, text)
        if count != 1:
            raise BuildTrouble(f"Flet's client names {foreign} {count} times instead of once; look at client.py.")
    return text.encode()
