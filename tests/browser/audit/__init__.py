"""What others wrote to look at pages: axe-core for accessibility, HtmlValidate for the markup; npm, pinned here."""

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from server.publish.files import fingerprint, made
from server.publish.node import find_node, run
from tests.browser.district import ROOT

HERE: Final = Path(__file__).parent


def installed(here: Path, kind: str, *names: str) -> Path:
    """A folder with the npm packages that `here` pins, and the files of these names."""
    sources = [here / name for name in ("package.json", "package-lock.json", *names)]
    sources.append(ROOT / ".npmrc")

    def install(folder: Path) -> None:
        for source in sources:
            shutil.copy(source, folder)
        node = find_node(ROOT, ROOT / ".build", print)
        run([*node.npm, "ci", "--ignore-scripts"], "npm ci", folder=folder, node=node)

    return made(ROOT / ".build", kind, fingerprint(*sources), install)


def axe() -> str:
    """The source of axe-core, to be run in a page."""
    return (installed(HERE, "audit", "validate.mjs") / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


def invalid(pages: Mapping[str, str]) -> dict[str, list[str]]:
    """What HtmlValidate says against each of these pages (texts by name); nothing of those that are clean."""
    folder = installed(HERE, "audit", "validate.mjs")
    node = find_node(ROOT, ROOT / ".build", print).program
    done = subprocess.run(
        [node, folder / "validate.mjs"], input=json.dumps(pages), capture_output=True, text=True, check=True, cwd=folder
    )
    said: dict[str, list[str]] = json.loads(done.stdout)
    return {name: messages for name, messages in said.items() if messages}
