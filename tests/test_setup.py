"""The set-up of the tests: every rung of its ladder, on machines that have less than this one."""

from collections.abc import Callable

import pytest

from tests import setup
from tests.tools import MissingTool

Machine = Callable[..., list[str]]


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    """Makes a machine where Chromium comes from `source` only, and gives the list of what was tried."""
    monkeypatch.delenv("BEATBOOK_CHROMIUM", raising=False)

    def make(source: str) -> list[str]:
        tried = ["system"]

        def find() -> str:
            if source not in tried:
                raise MissingTool("Install it (Debian: apt install chromium).")
            return "/usr/bin/chromium"

        def try_it(name: str) -> Callable[[str], bool]:
            def install(_package: str) -> bool:
                tried.append(name)
                return name == source

            return install

        monkeypatch.setattr(setup, "TOOLS", {"chromium": find})
        monkeypatch.setattr(setup, "_from_debian", try_it("debian"))
        monkeypatch.setattr(setup, "_from_playwright", try_it("playwright"))
        return tried

    return make


@pytest.mark.parametrize(
    ("source", "tried"),
    [
        ("system", ["system"]),
        ("debian", ["system", "debian"]),
        ("playwright", ["system", "debian", "playwright"]),
    ],
)
def test_chromium_comes_from_the_first_place_that_has_it(machine: Machine, source: str, tried: list[str]) -> None:
    steps = machine(source)
    assert setup.main() == 0
    assert steps == tried


def test_where_none_can_be_had_the_message_says_what_to_install(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    machine("nowhere")
    assert setup.main() == 1
    assert "apt install chromium" in capsys.readouterr().err


def test_a_chromium_that_was_named_and_is_not_there_is_told_and_no_other_installed(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = machine("debian")
    monkeypatch.setenv("BEATBOOK_CHROMIUM", "/nowhere/chromium")
    assert setup.main() == 1
    assert steps == ["system"]
