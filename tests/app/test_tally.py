"""Tallies: the same for the same set, whatever its order."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ids import sha256
from app.tally import Tally, tally

hashes = st.lists(st.binary(min_size=1, max_size=4).map(sha256), max_size=30, unique=True)


@given(hashes, st.randoms())
def test_order_makes_no_difference_and_anything_else_does(names: list[str], chance: random.Random) -> None:
    ours = tally(names)
    assert tally(chance.sample(names, len(names))) == ours
    assert tally([*names, sha256(b"one more")]) != ours
    if names:
        assert tally(names[1:]) != ours
        assert tally([*names[1:], sha256(b"another")]) != ours


def test_nothing_has_a_tally_too() -> None:
    assert tally([]) == Tally(0, "0" * 64)
    assert tally(["f" * 64, "f" * 64]).sum == "f" * 63 + "e"


def test_what_is_no_hash_is_none() -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        tally(["x" * 64])
