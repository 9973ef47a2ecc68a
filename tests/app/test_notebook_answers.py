"""What the notebook knows of forms: who fills them in, how many answers a record may have, files that are answers."""

from typing import Any

import pytest

from app.attachments import NotThisFile
from app.ids import uuid7
from app.notebook import Notebook
from app.remembered import again
from app.revisions import MOST_ANSWERS, Revision, RevisionError
from tests.app.formkit import small_json
from tests.app.notebooks import SETUP, enrolled, revision
from tests.app.simulated_disk import SimulatedDisk, run


def with_form(*fields: dict[str, Any], **parts: Any) -> Notebook:
    return enrolled(setup={**SETUP, "forms": [*SETUP["forms"], small_json(*fields, **parts)]})


def test_a_draft_knows_its_officer_and_its_phone() -> None:
    notebook = with_form(
        {"type": "username", "name": "by"}, {"type": "deviceid", "name": "on"}, {"type": "text", "name": "t"}
    )
    setup, binding = notebook.setup, notebook.binding
    assert setup
    assert binding
    assert notebook.start("small").answers == {"by": setup.officer.name, "on": binding.device}


def test_a_record_may_have_as_many_answers_as_a_form_may_ask() -> None:
    whole = revision(uuid7(), set={f"q{at}": at for at in range(MOST_ANSWERS)})
    assert Revision.from_json(whole.to_json()) == whole
    with pytest.raises(RevisionError):
        Revision.from_json(revision(uuid7(), set={f"q{at}": at for at in range(MOST_ANSWERS + 1)}).to_json())


def test_a_large_form_is_filled_in_saved_and_read_again() -> None:
    notebook = with_form(*({"type": "integer", "name": f"q{at}"} for at in range(MOST_ANSWERS)))
    draft = notebook.start("small")
    with notebook.batch():
        for at in range(MOST_ANSWERS):
            notebook.answer(draft.id, f"q{at}", at)
    notebook.save(draft.id)
    (sent,) = notebook.outbox()
    assert len(Revision.from_json(sent.to_json()).set) == MOST_ANSWERS


def test_a_file_is_kept_as_it_is_and_sent_with_its_record() -> None:
    notebook = with_form({"type": "file", "name": "paper"})
    answer = run(notebook.add_file(b"%PDF-1.7 x", "../secret/a.pdf"))
    assert answer["name"] == "a.pdf"
    draft = notebook.start("small")
    notebook.answer(draft.id, "paper", answer)
    notebook.save(draft.id)
    (sent,) = notebook.outbox()
    notebook.receipt(sent.hash, 1, "2026-11-24T12:00:00+00:00", missing=[answer["sha256"]])
    (file,) = notebook.photos_to_send()
    assert (file.sha256, file.mime) == (answer["sha256"], "application/pdf")
    assert run(notebook.photo(file.sha256)) == b"%PDF-1.7 x"


def test_nothing_is_kept_of_a_file_that_cannot_be_an_answer() -> None:
    notebook = with_form({"type": "audio", "name": "said"})
    with pytest.raises(NotThisFile):
        run(notebook.add_file(b"plain text", "a.mp3", sound=True))
    assert run(notebook._album.shas()) == set()


MOOD = {"type": "select_one", "name": "mood", "choices": ["calm", "tense"]}
WAYS = {"type": "select_multiple", "name": "ways", "choices": ["foot", "car"]}


def remembering(*, last_time: bool = True) -> Notebook:
    return with_form(
        MOOD,
        {**WAYS, "relevant": ["=", ["ref", "mood"], "tense"]},
        {"type": "text", "name": "story"},
        {"type": "text", "name": "unit", "appearance": "remember"},
        {"type": "acknowledge", "name": "sure"},
        last_time=last_time,
    )


def save(notebook: Notebook, **answers: Any) -> str:
    draft = notebook.start("small")
    for name, value in answers.items():
        notebook.answer(draft.id, name, value)
    return notebook.save(draft.id).id


def test_what_was_chosen_is_remembered_and_what_was_typed_is_not() -> None:
    notebook = remembering()
    assert notebook.last_time("small") == {}
    save(notebook, mood="tense", ways=["car"], story="Somebody cried", unit="12", sure="OK")
    assert notebook.last_time("small") == {"mood": "tense", "ways": ["car"], "unit": "12"}
    save(notebook, mood="calm")
    assert notebook.last_time("small") == {"mood": "calm", "unit": "12"}, "the unit began as last time"


def test_a_form_about_somebody_else_each_time_remembers_no_choice() -> None:
    notebook = remembering(last_time=False)
    save(notebook, mood="tense", ways=["car"], unit="12")
    assert notebook.last_time("small") == {"unit": "12"}, "the question that asks for it"


def test_a_question_that_asks_to_be_remembered_begins_with_the_last_answer() -> None:
    notebook = remembering()
    save(notebook, mood="tense", unit="12")
    assert notebook.start("small").answers == {"unit": "12"}
    assert notebook.start("small", {"unit": "7"}).answers == {"unit": "7"}, "what is known now comes first"


def test_only_what_is_asked_open_and_still_offered_is_answered_as_last_time() -> None:
    form = remembering().form("small")
    assert form
    last = {"mood": "tense", "ways": ["car"], "unit": "12", "gone": "x"}
    assert again(form, last, {}) == {"mood": "tense", "ways": ["car"], "unit": "12"}
    assert again(form, last, {"mood": "calm"}) == {"unit": "12"}, "the other question is not asked then"
    assert again(form, {"mood": "furious", "ways": ["boat"]}, {}) == {}


def test_a_correction_changes_nothing_of_what_is_remembered() -> None:
    notebook = remembering()
    record = save(notebook, mood="tense")
    save(notebook, mood="calm")
    draft = notebook.correct(record)
    notebook.answer(draft.id, "story", "x")
    notebook.save(draft.id)
    assert notebook.last_time("small") == {"mood": "calm"}


def test_what_is_remembered_lies_sealed_on_the_phone() -> None:
    disk = SimulatedDisk()
    fields = ({"type": "text", "name": "unit", "appearance": "remember"},)
    notebook = enrolled(disk, setup={**SETUP, "forms": [small_json(*fields)]})
    save(notebook, unit="Unit Zebra Twelve")
    assert notebook.last_time("small") == {"unit": "Unit Zebra Twelve"}
    notebook.close()
    names = run(disk.names())
    assert names
    assert not any(b"Zebra" in (run(disk.read(name)) or b"") for name in names)
