"""The emergency card: kept in the clear as the district's setup says, with no person in it, and read by anybody."""

import json
from typing import Any

import pytest

from app import emergency
from app.emergency import FILE, Emergency, Site
from app.files import NoRoom
from app.setup import Setup
from tests.app.simulated_disk import SimulatedDisk, run
from tests.views.phone import setup_json


def setup(**changes: Any) -> Setup:
    """A setup with all that the card shows."""
    body = setup_json(**changes)
    body["district"] |= {"non_emergency": "(918) 555-0199", "tip_line": "https://tips.example"}
    body["schools"][0] |= {"phone": "(918) 555-0110", "reunification": "Community Center, 9 Elm St"}
    return Setup.parse(body)


def test_what_the_setup_says_for_emergencies_is_kept_and_read_again() -> None:
    disk = SimulatedDisk()
    run(emergency.follow(disk, setup()))
    assert run(emergency.read(disk)) == Emergency(
        "Green Country Schools",
        "(918) 555-0199",
        "https://tips.example",
        "(918) 245-8777",
        (
            Site("North High School", "1 Elm St", "(918) 555-0110", "Community Center, 9 Elm St"),
            Site("South Middle School", "2 Oak Ave"),
        ),
    )


def test_no_person_is_in_it() -> None:
    disk = SimulatedDisk()
    run(emergency.follow(disk, setup()))
    kept = disk.stable[FILE].decode()
    for name in ("Dana", "Reyes", "Lee Park", "114", "018f0000", "BEGIN:VCARD"):
        assert name not in kept, name


def test_the_same_setup_is_not_written_again_and_another_one_is() -> None:
    disk = SimulatedDisk()
    run(emergency.follow(disk, setup()))
    disk.room = 0
    run(emergency.follow(disk, setup()))
    with pytest.raises(NoRoom):
        run(
            emergency.follow(disk, setup(schools=[{"id": "018f0000-0000-7000-8000-000000000051", "name": "Other"}] * 2))
        )
    assert run(emergency.read(disk)).sites[0].name == "North High School"


@pytest.mark.parametrize(
    "kept",
    [
        None,
        b"",
        bytes(200),
        b"{",
        b"[]",
        b'"text"',
        b'{"format": 99, "district": "later", "sites": []}',
        b'{"format": 1}',
        b'{"format": 1, "sites": [1]}',
        b'{"format": 1, "sites": null}',
        b'{"format": 1, "dispatch": 911, "sites": []}',
        b'{"format": 1, "sites": [{"name": "School", "address": ["x"]}]}',
        b"\xff\xfe",
    ],
)
def test_a_card_that_cannot_be_read_is_an_empty_one(kept: bytes | None) -> None:
    disk = SimulatedDisk()
    if kept is not None:
        disk.stable[FILE] = kept
    assert run(emergency.read(disk)) == Emergency()


def test_the_file_says_which_format_it_has() -> None:
    disk = SimulatedDisk()
    run(emergency.keep(disk, Emergency()))
    assert json.loads(disk.stable[FILE])["format"] == 1
