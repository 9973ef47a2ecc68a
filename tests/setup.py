"""Sets up what the tests need beside Python packages: `python -m tests.setup`, called by `make test`.

For each program: the system's, else Debian's package where this user may install one, else Playwright's own download
(Chromium only), else a message that says what to install and exit status 1. Nothing is ever skipped silently.
"""

import os
import shutil
import subprocess
import sys

from tests.tools import TOOLS, MissingTool


def main() -> int:
    """Returns 0 when every program is there, 1 when one could not be had."""
    missing = [message for package in TOOLS if (message := _ensure(package))]
    for message in missing:
        print(message, file=sys.stderr)
    return 1 if missing else 0


def _ensure(package: str) -> str | None:
    """None once the program is there, else the words that say what to do."""
    # Who named a Chromium means that one, so that nothing is installed beside it.
    named = package == "chromium" and os.environ.get("BEATBOOK_CHROMIUM")
    for install in (None,) if named else (None, _from_debian, _from_playwright):
        if install is not None and not install(package):
            continue
        try:
            TOOLS[package]()
        except MissingTool as error:
            words = str(error)
        else:
            return None
    return words


def _from_debian(package: str) -> bool:
    apt = shutil.which("apt-get")
    if apt is None:
        return False
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if prefix and shutil.which("sudo") is None:
        return False
    print(f"Installing {package} from Debian's packages", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", package]):
        done = subprocess.run([*prefix, apt, *words], env=environment, capture_output=True, text=True)
        if done.returncode:
            print(f"That did not work: {(done.stderr or done.stdout).strip()[-300:]}", file=sys.stderr)
            return False
    return True


def _from_playwright(package: str) -> bool:
    if package != "chromium":
        return False
    print("Downloading Playwright's Chromium", flush=True)
    return subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"]).returncode == 0


if __name__ == "__main__":
    raise SystemExit(main())
