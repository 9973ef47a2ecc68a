"""The log of what was changed when, as rows that are kept with the record."""

from app.answers import AUDIT_ROWS, fits
from app.trail import Trail
from tests.app.notebooks import StandingClock


def test_letters_of_one_question_are_one_change_with_its_old_and_new_value() -> None:
    clock = StandingClock()
    trail = Trail(None, clock, values=True)
    trail.opened()
    trail.changed("who", "text", "Ana", "An")
    clock.forward(seconds=2)
    trail.changed("who", "text", "An", "Ann")
    trail.changed("many", "integer", None, 3)
    trail.repeated("visits", "new repeat")
    trail.saved()
    begun = str(round((clock.now().timestamp() - 2) * 1000))
    now = str(round(clock.now().timestamp() * 1000))
    assert trail.rows == [
        {"event": "form start", "start": begun},
        {"event": "question", "node": "/data/who", "start": begun, "end": now, "old-value": "Ana", "new-value": "Ann"},
        {"event": "question", "node": "/data/many", "start": now, "end": now, "old-value": "", "new-value": "3"},
        {"event": "new repeat", "node": "/data/visits", "start": now},
        {"event": "form save", "start": now},
    ]
    assert fits("audit", trail.rows)


def test_values_are_kept_only_where_the_form_asks_for_them() -> None:
    trail = Trail(None, StandingClock(), values=False)
    trail.changed("who", "text", "Ana", "Ann")
    assert set(trail.rows[0]) == {"event", "node", "start", "end"}


def test_a_log_goes_on_where_it_was_and_never_grows_without_end() -> None:
    clock = StandingClock()
    before = Trail(None, clock, values=False)
    before.opened()
    trail = Trail(before.rows, clock, values=False)
    trail.opened()
    assert [row["event"] for row in trail.rows] == ["form start", "form resume"]
    for at in range(2 * AUDIT_ROWS):
        trail.changed(f"q{at}", "text", None, "x")
    assert len(trail.rows) == AUDIT_ROWS
    assert trail.rows[0]["event"] == "form start"
    assert fits("audit", trail.rows)


def test_junk_in_its_place_is_no_log() -> None:
    assert Trail([{"event": 3}], StandingClock(), values=False).rows == []
