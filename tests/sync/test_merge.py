"""What a record is: the same for the same revisions, whatever came first, twice or late."""

import itertools
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.revisions import Revision, RevisionError
from sync.merge import fold

BASE = Revision(
    record="01937b10-5000-7000-8000-000000000005",
    form="parent_contact",
    form_version="1",
    record_class="education",
    school="01937a00-1000-7000-8000-000000000001",
    author="01937a00-2000-7000-8000-000000000002",
    device="01937a00-3000-7000-8000-000000000003",
    seq=1,
    at="2026-11-24T09:00:00.000-06:00",
    mono=5,
    set={"topic": "first", "where": "gym"},
)
_numbers = itertools.count(2)


def after(*parents: Revision, **parts: Any) -> Revision:
    """A revision whose writer had seen these."""
    usual: dict[str, Any] = {"seq": next(_numbers), "parents": tuple(one.hash for one in parents), "set": {}}
    return replace(BASE, **{**usual, **parts})


def act(name: str, *parents: Revision) -> Revision:
    return after(*parents, act=name, reason="because")


@st.composite
def histories(draw: st.DrawFn) -> list[Revision]:
    """The revisions of a record as several writers make them, each having seen some of those before."""
    made = [BASE]
    for number in range(draw(st.integers(0, 7))):
        places = draw(st.sets(st.integers(0, len(made) - 1), max_size=3)) if number else {0}
        seen = [made[place] for place in sorted(places)]
        kind = draw(st.sampled_from([None, None, None, "delete", "restore", "seal", "unseal", "expunge"]))
        hour = draw(st.integers(10, 20))
        parts: dict[str, Any] = {"at": f"2026-11-24T{hour}:00:00.000-06:00", "seq": number + 2}
        if kind:
            parts |= {"act": kind, "reason": "because"}
        else:
            answers = st.dictionaries(st.sampled_from(["topic", "where", "how"]), st.integers(0, 3), min_size=1)
            parts["set"] = draw(answers)
            parts["unset"] = tuple(draw(st.sets(st.sampled_from(["who", "when"]))))
        made.append(after(*seen, **parts))
    return made


@given(histories(), st.randoms(use_true_random=False))
def test_order_and_repetition_never_matter(made: list[Revision], chance: Any) -> None:
    again = [*made, *chance.sample(made, chance.randint(0, len(made)))]
    chance.shuffle(again)
    assert fold(again) == fold(made)


@given(histories())
def test_no_answer_is_lost_that_nobody_saw_before_writing_another(made: list[Revision]) -> None:
    folded = fold(made)
    known = {revision.hash: revision for revision in made}

    def saw(later: Revision, earlier: Revision) -> bool:
        todo, done = list(later.parents), set()
        while todo:
            name = todo.pop()
            if name == earlier.hash:
                return True
            if name not in done:
                done.add(name)
                todo += known[name].parents
        return False

    for revision in made:
        for name, value in revision.set.items():
            rivals = [other for other in made if name in other.set or name in other.unset]
            if not any(saw(other, revision) for other in rivals):
                kept = [one.value for one in folded.conflicts.get(name, ())] or [folded.answers.get(name)]
                assert value in kept


def test_two_officers_who_changed_different_answers_both_win() -> None:
    one, other = after(BASE, set={"topic": "mine"}), after(BASE, set={"where": "door 7"})
    folded = fold([BASE, one, other])
    assert (folded.answers, folded.conflicts) == ({"topic": "mine", "where": "door 7"}, {})


def test_a_deleted_record_is_gone_until_it_is_brought_back() -> None:
    deletion = act("delete", BASE)
    folded = fold([deletion, BASE])
    assert (folded.standing, folded.deletions, folded.answers) == ("deleted", (deletion,), BASE.set)
    assert fold([BASE, deletion, act("restore", deletion)]).standing == "live"


def test_a_deletion_does_not_win_over_a_correction_that_it_had_not_seen() -> None:
    deletion, correction = act("delete", BASE), after(BASE, set={"topic": "mine"})
    folded = fold([BASE, deletion, correction])
    assert (folded.standing, folded.contested, folded.deletions) == ("live", True, (deletion,))
    chosen = act("delete", deletion, correction)
    assert fold([BASE, deletion, correction, chosen]).standing == "deleted"
    kept = fold([BASE, deletion, correction, act("restore", deletion, correction)])
    assert (kept.standing, kept.contested) == ("live", False)


def test_a_correction_by_somebody_who_saw_the_deletion_does_not_bring_the_record_back() -> None:
    deletion = act("delete", BASE)
    assert fold([BASE, deletion, after(deletion, set={"topic": "x"})]).standing == "deleted"


def test_two_deletions_at_once_are_taken_back_one_by_one_or_together() -> None:
    one, other = act("delete", BASE), replace(act("delete", BASE), reason="mine")
    assert fold([BASE, one, other]).standing == "deleted"
    assert fold([BASE, one, other, act("restore", one, other)]).standing == "live"


def test_a_sealed_record_stays_sealed_whatever_an_old_phone_sends_and_is_unsealed_by_order() -> None:
    seal = act("seal", BASE)
    late = after(BASE, set={"topic": "late"})
    assert fold([BASE, seal, late]).standing == "sealed"
    assert fold([BASE, seal, late, act("unseal", seal)]).standing == "live"


def test_an_unsealed_record_is_sealed_where_its_content_has_not_come_back_yet() -> None:
    seal = act("seal", BASE)
    unseal = act("unseal", seal)
    assert fold([seal, unseal]).order == seal
    assert fold([unseal]).standing == "sealed"
    assert fold([seal, unseal, BASE]).standing == "live"


def test_an_expunged_record_never_comes_back() -> None:
    expunge = act("expunge", BASE)
    later = [after(BASE, set={"topic": "late"}), act("unseal", expunge), act("restore", expunge), act("seal", expunge)]
    assert fold([BASE, expunge, *later]).standing == "expunged"
    assert fold([expunge]).standing == "expunged", "also where nothing else is left of it"


@pytest.mark.parametrize(
    "wrong", [{"act": "burn"}, {"act": None}, {"reason": None}, {"set": {"topic": "x"}}, {"unset": ["topic"]}]
)
def test_an_act_has_a_known_name_a_reason_and_no_answers(wrong: dict[str, Any]) -> None:
    body = act("delete", BASE).to_json()
    assert Revision.from_json(body).act == "delete"
    with pytest.raises(RevisionError):
        Revision.from_json(body | wrong)


def test_a_revision_without_an_act_is_written_as_it_always_was() -> None:
    assert "act" not in BASE.to_json()
    assert Revision.from_json(BASE.to_json()) == BASE
