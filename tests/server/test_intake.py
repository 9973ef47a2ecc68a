"""What the district says to revisions, and what it makes of them."""

from tests.server.phones import Phone


def test_a_new_revision_is_accepted_with_a_number_and_a_time(phone: Phone) -> None:
    [verdict] = phone.push(phone.write())
    assert (verdict.verdict, verdict.seq, verdict.code) == ("accepted", 1, None)
    assert verdict.at
