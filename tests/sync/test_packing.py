"""What is unpacked is whole and no larger than it may be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.packing import deflate, inflate
from sync.protocol import Code, WireError, push_lines
from tests.sync.fakes import revision


@given(st.integers(0, 2_000))
def test_a_body_that_was_cut_is_never_taken_for_a_whole_one(at: int) -> None:
    whole = deflate(push_lines([revision(1), revision(2)]))
    cut = whole[: at % len(whole)]
    with pytest.raises(WireError):
        inflate(cut, 10_000_000)


def test_a_small_body_that_unpacks_to_a_huge_one_is_refused() -> None:
    with pytest.raises(WireError) as caught:
        inflate(deflate(bytes(50_000_000)), 4_000_000)
    assert caught.value.code == Code.TOO_BIG
