"""One widget for each type of question: what it shows, what it takes, and how it is named."""

import datetime as dt
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import flet as ft
import pytest
from PIL import Image

from app.sound import NoMicrophone
from app.words import Words
from tests.app.formkit import small
from tests.views.everything import GATE, OLD_TAG, SHORT, TAG, make_full_phone
from tests.views.headless import Screen
from tests.views.phone import DOOR, Phone, make_phone
from views import fields_sound
from views.fields_choice import rows_of
from views.fields_sheet import LINES, bare
from views.fields_time import current, joined, picked_day, say

pytestmark = pytest.mark.anyio


@pytest.fixture
async def phone(tmp_path: Path) -> AsyncIterator[Phone]:
    phone = await make_full_phone(tmp_path)
    yield phone
    phone.notebook.close()


class Form(Screen):
    """The form of everything, open."""

    def __init__(self, phone: Phone, draft: str, **replies: Any) -> None:
        super().__init__(phone.main, route=f"/form/{draft}", replies=replies)
        self._phone, self._draft = phone, draft

    @property
    def answers(self) -> dict[str, Any]:
        """What the notebook has of it."""
        draft = self._phone.notebook.draft(self._draft)
        assert draft is not None
        return draft.answers

    def receive(self, field: ft.TextField, text: str) -> None:
        """The phone has sent what the field holds now; the event that says so is still under way."""
        self._session.apply_patch(field._i, {"value": text})

    async def pick(self, picker: ft.DatePicker | ft.TimePicker, value: Any) -> None:
        """The officer picks this and says OK."""
        self._session.apply_patch(picker._i, {"value": value, "open": False})
        await self.fire(picker, "change", value)
        await self.fire(picker, "dismiss")


@asynccontextmanager
async def opened(phone: Phone, replies: dict[str, Any] | None = None, **answers: Any) -> AsyncIterator[Form]:
    async with Form(phone, phone.draft("everything", **answers), **(replies or {})) as form:
        yield form


# -- typed ---------------------------------------------------------------------------------------------------------


async def test_a_text_field_has_the_questions_name_and_says_that_it_is_needed(phone: Phone) -> None:
    async with opened(phone) as form:
        field = form.at("field-line")
        assert field.label == "One line"
        assert "needed" in (field.hint_text or "")
        assert "A few words." in (field.hint_text or "")
        assert isinstance(field.content, ft.TextField)


async def test_typed_text_is_kept_when_the_field_is_left(phone: Phone) -> None:
    async with opened(phone) as form:
        await form.type("field-line", "Door 7")
        await form.fire(form.inside("field-line", ft.TextField), "blur")
        assert form.answers["line"] == "Door 7"


async def test_letters_survive_a_redraw_of_their_own_field(phone: Phone) -> None:
    async with opened(phone) as form:
        await form.tap("save")  # the field is drawn again with its mistake
        await form.type("field-line", "Door")
        field = form.inside("field-line", ft.TextField)
        form.receive(field, "Door 7")  # the phone is faster than its event
        await form.tap("choice-answer-no")
        assert form.inside("field-line", ft.TextField).value == "Door 7"


async def test_numbers_get_the_number_pad_and_many_lines_get_room(phone: Phone) -> None:
    async with opened(phone) as form:
        assert form.inside("field-count", ft.TextField).keyboard_type == ft.KeyboardType.NUMBER
        assert form.inside("field-miles", ft.TextField).keyboard_type == ft.KeyboardType.NUMBER
        lines = form.inside("field-lines", ft.TextField)
        assert (lines.multiline, lines.min_lines) == (True, 3)


async def test_a_readonly_answer_is_shown_and_has_nothing_to_type_into(phone: Phone) -> None:
    async with opened(phone) as form:
        assert "as it is" in form.texts("field-fixed")
        assert "Nothing yet" in form.texts("field-place_name")
        with pytest.raises(AssertionError):
            form.inside("field-fixed", ft.TextField)


# -- chosen --------------------------------------------------------------------------------------------------------


async def test_one_of_few_is_one_tap_and_a_second_tap_takes_nothing_back_that_is_needed(phone: Phone) -> None:
    async with opened(phone) as form:
        await form.tap("choice-answer-partly")
        assert form.answers["answer"] == "partly"
        assert form.at("choice-answer-partly").checked is True
        assert form.at("choice-answer-yes").checked is False
        await form.tap("choice-answer-yes")
        assert form.answers["answer"] == "yes"
        await form.tap("choice-answer-yes")
        assert form.answers["answer"] == "yes"


async def test_choices_belong_to_their_question(phone: Phone) -> None:
    async with opened(phone) as form:
        group = form.at("field-answer")
        assert group.label == "Is the door latched?"
        assert form.texts("field-answer") == [
            "Is the door latched?",
            "needed",
            "Yes",
            "No",
            "Partly",
            "Does not exist here",
            "Could not observe",
        ]


@pytest.mark.parametrize(
    ("labels", "rows"),
    [
        (["Yes", "No"], (2,)),
        (["Yes", "No", "Partly"], (3,)),
        (["Sí", "No", "En parte", "Aquí no existe", "No se pudo observar"], (3, 2)),
        (["Parent", "Guardian", "Other family", "Foster or agency"], (2, 2)),
        (["English", "Spanish", "Other"], (1, 1, 1)),  # a third of a narrow screen breaks "English" at 200 % text
        (["Unverständlichkeiten", "No"], (1, 1)),
        (["One"], (1,)),
        ([], ()),
    ],
)
async def test_tiles_stand_abreast_only_where_every_word_fits(labels: list[str], rows: tuple[int, ...]) -> None:
    assert rows_of(labels) == rows


async def test_several_of_many_are_ticked_in_a_sheet_that_says_when_one_is_done(phone: Phone) -> None:
    async with opened(phone) as form:
        await form.tap("field-ways")
        await form.tap("choice-ways-por_el_túnel")
        await form.tap("choice-ways-gate")
        assert form.answers["ways"] == ["gate", "por_el_túnel"]
        await form.tap("choices-done")
        assert "choices-done" not in form.idents()
        assert form.at("field-ways").value == "Gate, Por el túnel"


async def test_searching_needs_neither_accents_nor_capitals() -> None:
    assert bare(" TUNEL") in bare("Por el túnel")
    assert bare("Ñ") in bare("anadir, añadir")


async def test_one_of_many_is_found_in_a_sheet(phone: Phone) -> None:
    async with opened(phone) as form:
        opener = form.at("field-street")
        assert (opener.label, opener.button) == ("Which street", True)
        await form.tap("field-street")
        assert "choice-street-zoo" in form.idents()
        await form.type("choice-search", "hol")
        assert [name for name in form.idents() if name.startswith("choice-street-")] == ["choice-street-holly_street"]
        await form.type("choice-search", "nowhere")
        assert form.reads("Nothing like that")
        await form.type("choice-search", "")
        await form.tap("choice-street-elm_street")
        assert form.answers["street"] == "elm_street"
        assert "choice-search" not in form.idents()
        assert form.at("field-street").value == "Elm Street"
        await form.tap("field-street")
        await form.tap("choice-street-elm_street")  # nobody needs it, so a second tap takes it back
        assert "street" not in form.answers


async def test_of_thousands_of_choices_only_those_near_the_officer_become_controls(tmp_path: Path) -> None:
    many = small({"name": "street", "type": "select_one", "choices": [f"street_{at}" for at in range(3_000)]})
    phone = await make_phone(tmp_path, forms=[many.json])

    def shown(screen: Screen) -> int:
        return sum(name.startswith("choice-street-") for name in screen.idents())

    async with Screen(phone.main, route=f"/form/{phone.draft('small')}") as screen:
        await screen.tap("field-street")
        assert shown(screen) == LINES
        (lines,) = screen.all(ft.ListView)
        sizes = {"min_scroll_extent": 0.0, "max_scroll_extent": 2_000.0, "viewport_dimension": 400.0}
        await screen.fire(lines, "scroll", {"event_type": "update", "pixels": 1_900.0, **sizes})
        assert shown(screen) == 2 * LINES
        await screen.type("choice-search", "street_2999")
        assert shown(screen) == 1
    phone.notebook.close()


async def test_several_answers_are_kept_in_the_order_of_the_form(phone: Phone) -> None:
    async with opened(phone) as form:
        for choice in ("at_night", "before_school", "after_school", "after_school"):
            await form.tap(f"choice-when-{choice}")
        assert form.answers["when"] == ["before_school", "at_night"]
        assert form.at("choice-when-at_night").checked is True
        assert form.at("choice-when-after_school").checked is False


async def test_a_tick_is_given_and_taken_back(phone: Phone) -> None:
    async with opened(phone) as form:
        await form.tap("field-sure")
        assert form.answers["sure"] == "OK"
        assert form.at("field-sure").checked is True
        await form.tap("field-sure")
        assert "sure" not in form.answers


# -- times ---------------------------------------------------------------------------------------------------------


async def test_today_and_now_are_one_tap(phone: Phone) -> None:
    async with opened(phone) as form:
        for name in ("day", "clock", "moment"):
            await form.tap(f"now-{name}")
        answers = form.answers
        assert answers["day"] == dt.datetime.now().astimezone().date().isoformat()
        assert dt.time.fromisoformat(answers["clock"])
        assert dt.datetime.fromisoformat(answers["moment"]).tzinfo is not None
        assert form.reads("Today")
        assert "now-day" not in form.idents()  # beside an answer that says it, a button "Today" would be a riddle
        await form.tap("clear-day")
        assert "day" not in form.answers
        assert "now-day" in form.idents()


async def test_a_day_and_a_time_are_picked_one_after_the_other(phone: Phone) -> None:
    async with opened(phone) as form:
        await form.tap("pick-moment")
        (day,) = form.all(ft.DatePicker)
        assert day.locale == ft.Locale("en")
        await form.pick(day, dt.datetime(2026, 3, 9, 6, tzinfo=dt.UTC))  # midnight in Chicago
        (clock,) = form.all(ft.TimePicker)
        await form.pick(clock, dt.time(14, 5))
        at = dt.datetime.fromisoformat(form.answers["moment"])
        assert (at.date(), at.time()) == (dt.date(2026, 3, 9), dt.time(14, 5))
        assert at.tzinfo is not None


async def test_a_picked_day_is_the_same_day_in_every_zone() -> None:
    for hours in (-10, -6, 0, 1, 9, 11):
        here = dt.timezone(dt.timedelta(hours=hours))
        midnight = dt.datetime(2026, 3, 9, tzinfo=here).astimezone(dt.UTC)
        assert picked_day(midnight) == dt.date(2026, 3, 9)


async def test_times_are_said_in_words_and_never_fail() -> None:
    words = Words.load("es", strict=True)
    now = dt.datetime(2026, 11, 23, 14, 5, tzinfo=dt.UTC)
    assert say("date", "2026-11-23", words, now) == "Hoy"
    assert say("time", "09:30", words, now) == "09:30"
    assert "09:30" in say("dateTime", "2026-11-22T09:30:00+00:00", words, now)
    assert say("date", "no day", words, now) == "no day"
    assert say("time", 7, words, now) == "7"
    assert say("dateTime", None, words, now) == ""
    assert current("date", now) == "2026-11-23"
    assert current("time", now) == "14:05"
    assert current("dateTime", now) == "2026-11-23T14:05:00+00:00"
    assert dt.datetime.fromisoformat(joined(dt.date(2026, 7, 1), dt.time(8))).utcoffset() is not None


# -- photos --------------------------------------------------------------------------------------------------------


def jpeg(width: int = 40) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, 30), (200, 30, 30)).save(out, "JPEG")
    return out.getvalue()


async def choose(form: Form, data: bytes) -> None:
    """The phone's own file chooser gives this file."""
    button = form.inside("photo-photo", ft.OutlinedButton)
    assert isinstance(button.action, ft.PickFiles)
    assert (button.action.with_data, button.action.file_type) == (True, ft.FilePickerFileType.IMAGE)
    file = {"id": 1, "name": "a.jpg", "size": len(data), "path": None, "bytes": data}
    await form.fire(button.action.file_picker, "result", {"files": [file]})


async def test_a_chosen_photo_is_kept_shown_removed_and_had_back(phone: Phone) -> None:
    async with opened(phone) as form:
        await choose(form, jpeg())
        await form.until(lambda: "use-photo" in form.idents(), "the look at it")
        assert "photo" not in form.answers
        assert await phone.notebook._album.shas() == set(), "nothing is kept before it was looked at"
        await form.tap("use-photo")
        await form.until(lambda: "remove-photo" in form.idents(), "the photo")
        answer = form.answers["photo"]
        assert answer["mime"] == "image/jpeg"
        assert await phone.notebook.photo(answer["sha256"])
        await form.until(lambda: form.all(ft.Image, semantics_label="Photo"), "the picture")
        await form.tap("remove-photo")
        assert "photo" not in form.answers
        assert "Undo" in form.texts("notice-action")
        await form.tap("notice-action")
        assert "notice" not in form.idents()
        assert form.answers["photo"] == answer
        assert "remove-photo" in form.idents()


async def test_a_photo_that_was_damaged_is_to_be_taken_again(phone: Phone, tmp_path: Path) -> None:
    answer = await phone.notebook.add_photo(jpeg())
    damage(tmp_path, f"photo-{answer['sha256']}")
    async with opened(phone, photo=answer) as form:
        await form.until(lambda: form.reads("This photo is damaged. Take it again"), "the words")
        await choose(form, jpeg())
        await form.until(lambda: "use-photo" in form.idents(), "the look at it")
        await form.tap("use-photo")
        await form.until(lambda: "use-photo" not in form.idents() and form.all(ft.Image), "the new one")
        assert not form.reads("This photo is damaged")


def damage(folder: Path, name: str) -> None:
    (kept,) = folder.rglob(name)
    kept.write_bytes(kept.read_bytes()[:-1] + b"?")


async def test_a_file_that_is_no_photo_is_named_and_nothing_is_kept(phone: Phone) -> None:
    async with opened(phone) as form:
        await choose(form, b"<svg onload='x'>")
        await form.until(lambda: form.reads("no photo that Beatbook can use"), "the reason")
        assert "photo" not in form.answers


async def test_a_photo_is_taken_with_the_camera(phone: Phone) -> None:
    camera = {"get_available_cameras": [camera_at("back")], "take_picture": jpeg()}
    async with opened(phone, camera) as form:
        await form.tap("take-photo")
        await form.until(lambda: not form.inside("shoot", ft.FilledButton).disabled, "the camera")
        await form.tap("shoot")
        await form.until(lambda: "use-photo" in form.idents(), "the look at it")
        await form.tap("use-photo")
        await form.until(lambda: "photo" in form.answers, "the photo")
        assert "shoot" not in form.idents()


@pytest.mark.parametrize(
    ("cameras", "said"),
    [
        (Exception("CameraException(CameraAccessDenied, no permission)"), "does not let Beatbook use the camera"),
        ([], "No camera was found"),
        (Exception("NotReadableError: in use"), "The camera does not answer"),
    ],
)
async def test_a_photo_without_a_camera_is_chosen_instead_and_no_code_is_spoken_of(
    phone: Phone, cameras: Any, said: str
) -> None:
    async with opened(phone, {"get_available_cameras": cameras}) as form:
        await form.tap("take-photo")
        await form.until(lambda: form.reads(said), "the reason")
        (text,) = form.texts("problem")
        assert "hoose a photo" in text
        assert "code" not in text
        await form.tap("close-camera")
        assert "shoot" not in form.idents()


def faces() -> bytes:
    """A picture with two faces, left and right, finer than any block."""
    picture = Image.new("RGB", (400, 200), "white")
    for left in (40, 240):
        for x in range(left, left + 120):
            for y in range(40, 160):
                picture.putpixel((x, y), (0, 0, 0) if (x // 2 + y // 2) % 2 else (255, 255, 255))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=95)
    return out.getvalue()


async def test_a_face_is_blurred_before_the_photo_is_kept_and_never_kept_without(phone: Phone) -> None:
    async with opened(phone) as form:
        await choose(form, faces())
        await form.until(lambda: "use-photo" in form.idents(), "the look at it")
        assert form.reads("Draw over it with your finger")
        await cover(form, (20, 20), (179, 170))  # the picture is 358 wide on this screen: its left half
        assert form.reads("One place will be blurred")
        await cover(form, (200, 20), (350, 170))
        await form.tap("undo-blur")
        await form.tap("use-photo")
        await form.until(lambda: "photo" in form.answers, "the photo")
        sha = form.answers["photo"]["sha256"]
        assert await phone.notebook._album.shas() == {sha}, "there is no other picture on the phone"
        kept = await phone.notebook.photo(sha)
        assert kept is not None
        with Image.open(io.BytesIO(kept)) as picture:
            grey = picture.convert("L")
            left, right = (grey.crop((x, 60, x + 80, 140)).tobytes() for x in (60, 260))
        assert max(left) - min(left) < 60, "nothing but an even grey is left of the face"
        assert max(right) - min(right) > 200


async def test_a_photo_that_is_not_wanted_leaves_nothing(phone: Phone) -> None:
    async with opened(phone) as form:
        await choose(form, jpeg())
        await form.until(lambda: "cancel-photo" in form.idents(), "the look at it")
        await form.tap("cancel-photo")
        assert "photo" not in form.answers
        assert await phone.notebook._album.shas() == set()
        assert "take-photo" in form.idents()


async def cover(form: Form, start: tuple[float, float], end: tuple[float, float]) -> None:
    """A finger goes over the picture from corner to corner."""
    for event, at in (("pan_start", start), ("pan_update", end), ("pan_end", end)):
        (photo,) = form.all(ft.GestureDetector)
        await form.fire(photo, event, drag(*at) | {"v": {"x": 0, "y": 0}})


def camera_at(direction: str) -> dict[str, Any]:
    return {"name": direction, "lens_direction": direction, "sensor_orientation": 0, "lens_type": "wide"}


# -- codes and places ----------------------------------------------------------------------------------------------


async def test_a_typed_code_of_a_place_fills_the_place_in(phone: Phone) -> None:
    async with opened(phone) as form:
        await form.tap("type-tag_code")
        await form.type("type-code", f"{SHORT[:4]}-{SHORT[4:]}".lower())
        await form.tap("use-code")
        assert form.answers["tag_code"] == SHORT
        assert form.answers["place_name"] == "Door 7, north gym"
        assert "Door 7, north gym" in form.texts("field-place_name")
        assert any("Door 7" in text for text in form.texts("where"))
        draft = phone.notebook.draft(form.page.route.removeprefix("/form/"))
        assert draft is not None
        assert (draft.place, draft.tag) == (DOOR, SHORT)
        assert "type-code" not in form.idents()


async def test_an_old_tag_is_taken_and_named(phone: Phone) -> None:
    async with opened(phone) as form:
        await form.tap("type-tag_code")
        await form.type("type-code", OLD_TAG)
        await form.tap("use-code")
        assert form.answers["place_name"] == "Gate B"
        assert form.reads("This tag was replaced")
        draft = phone.notebook.draft(form.page.route.removeprefix("/form/"))
        assert draft is not None
        assert draft.place == GATE


@pytest.mark.parametrize(
    ("code", "said"),
    [("ABCD-EFG0", "wrong or missing"), ("https://example.org/x", "not your district"), ("", "Type the code first")],
)
async def test_what_is_no_tag_fills_nothing_in(phone: Phone, code: str, said: str) -> None:
    async with opened(phone) as form:
        await form.tap("type-tag_code")
        await form.type("type-code", code)
        await form.tap("use-code")
        assert "tag_code" not in form.answers
        assert any(said in text for text in form.texts()) or said in str(form.inside("type-code", ft.TextField).error)


async def test_a_tag_is_scanned_over_the_form_and_the_camera_goes(phone: Phone) -> None:
    phone.services.scanner = Reader(f"HTTPS://DISTRICT.EXAMPLE/T/{TAG}")
    camera = {"get_available_cameras": [camera_at("front"), camera_at("back")], "take_picture": b"jpeg"}
    async with opened(phone, camera) as form:
        await form.tap("scan-tag_code")
        await form.until(lambda: form.answers.get("tag_code") == TAG, "the tag")
        await form.until(lambda: "camera" not in form.idents(), "the form without the camera")
        assert form.answers["place_name"] == "Door 7, north gym"
        described = next(args for name, args in form.calls if name == "initialize")
        assert described["description"].name == "back"


async def test_any_other_code_is_taken_as_it_is(phone: Phone) -> None:
    async with opened(phone) as form:
        await form.tap("type-label")
        await form.type("type-code", " 4006381333931 ")
        await form.tap("use-code")
        assert form.answers["label"] == "4006381333931"


async def test_only_our_own_codes_are_typed_in_capitals(phone: Phone) -> None:
    async with opened(phone) as form:
        for name, capitals, label in (
            ("tag_code", ft.TextCapitalization.CHARACTERS, "Code under the QR code"),
            ("label", ft.TextCapitalization.NONE, "Code"),
        ):
            await form.tap(f"type-{name}")
            field = form.inside("type-code", ft.TextField)
            assert (field.capitalization, field.label) == (capitals, label)
            await form.tap(f"type-{name}")


class Reader:
    """A scanner that sees this code in every picture."""

    def __init__(self, text: str | None) -> None:
        self.text = text
        self.pictures = 0

    def available(self) -> bool:
        return True

    async def decode(self, picture: bytes) -> str | None:
        assert picture
        self.pictures += 1
        return self.text


async def test_a_position_is_taken_with_its_accuracy_and_cleared(phone: Phone) -> None:
    here = {"latitude": 36.1390004, "longitude": -96.108, "accuracy": 11.96}
    async with opened(phone, {"get_current_position": here}) as form:
        await form.tap("here-gps")
        await form.until(lambda: "gps" in form.answers, "the position")
        assert form.answers["gps"] == {"lat": 36.139, "lon": -96.108, "acc": 12.0}
        assert form.reads("within 12 m")
        await form.tap("clear-gps")
        assert "gps" not in form.answers


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("User denied permissions to access the device's location.", "does not let Beatbook see where you are"),
        ("TimeoutException after 0:00:12", "No position came in time"),
        ("something else", "gives no position now"),
    ],
)
async def test_without_a_position_the_reason_is_said_and_it_can_stay_empty(phone: Phone, error: str, said: str) -> None:
    async with opened(phone, {"get_current_position": Exception(error)}) as form:
        await form.tap("here-gps")
        await form.until(lambda: form.reads(said), said)
        assert "gps" not in form.answers


async def test_a_note_is_read_and_takes_nothing(phone: Phone) -> None:
    async with opened(phone) as form:
        assert form.texts("field-intro") == ["One of each.", "Nothing here is sent."]


# -- repetitions ---------------------------------------------------------------------------------------------------


async def test_a_repetition_is_added_filled_in_removed_and_brought_back(phone: Phone) -> None:
    async with opened(phone) as form:
        await form.tap("add-witnesses")
        await form.tap("add-witnesses")
        await form.type("field-witnesses/1/witness", "Ana")
        await form.type("field-witnesses/2/witness", "Ben")
        await form.until(lambda: form.reads("What did Ben see?"), "the label that quotes the answer")
        await form.until(lambda: form.reads("Ana, Ben"), "the calculation")
        assert form.answers["witnesses"] == [{"witness": "Ana"}, {"witness": "Ben"}]
        await form.tap("remove-witnesses/1")
        assert form.answers["witnesses"] == [{"witness": "Ben"}]
        assert form.inside("field-witnesses/1/witness", ft.TextField).value == "Ben"
        await form.tap("notice-action")
        assert form.answers["witnesses"] == [{"witness": "Ana"}, {"witness": "Ben"}]
        assert form.inside("field-witnesses/1/witness", ft.TextField).value == "Ana"


async def test_the_heading_of_a_repetition_quotes_answers(tmp_path: Path) -> None:
    pets = {
        "name": "pets",
        "type": "repeat",
        "label": {"en": "Pet of ${who}", "es": "Mascota de ${who}"},
        "fields": [{"name": "pet"}],
    }
    phone = await make_phone(tmp_path, forms=[small({"name": "who"}, pets).json])
    async with Screen(phone.main, route=f"/form/{phone.draft('small', who='Ana', pets=[{'pet': 'Rex'}])}") as screen:
        assert screen.reads("Pet of Ana 1")
        assert not screen.reads("${")
    phone.notebook.close()


async def test_a_range_is_typed_and_kept_as_a_number(phone: Phone) -> None:
    async with opened(phone) as form:
        await form.type("field-score", "7")
        await form.until(lambda: form.answers.get("score") == 7, "the number")


async def test_a_range_says_what_it_takes_before_and_after_a_mistake(phone: Phone) -> None:
    async with opened(phone) as form:
        assert form.reads("From 0 to 10.")
        await form.type("field-score", "a lot")
        await form.tap("save")
        assert form.reads("Please enter a number from 0 to 10, on one of the steps.")


# -- pictures of labels --------------------------------------------------------------------------------------------


async def test_the_picture_of_a_label_is_shown_under_it(phone: Phone) -> None:
    async with opened(phone) as form:
        said = [picture.semantics_label for picture in form.all(ft.Image)]
        assert said == ["One of each.", "One line"], "a language without a picture shows another's"


# -- in order, signed, chosen files, paths -------------------------------------------------------------------------


async def test_choices_are_put_in_order_with_arrows(phone: Phone) -> None:
    async with opened(phone) as form:
        assert "worries" not in form.answers
        assert "up-worries-cars" not in form.idents(), "the first one goes no further up"
        await form.tap("up-worries-strangers")
        assert form.answers["worries"] == ["cars", "strangers", "doors"]
        await form.tap("down-worries-cars")
        assert form.answers["worries"] == ["strangers", "cars", "doors"]
        assert form.at("up-worries-doors").label == "Move up: Doors, 3 of 3"
        await form.tap("clear-worries")
        assert "worries" not in form.answers
        await form.tap("keep-worries")
        assert form.answers["worries"] == ["cars", "doors", "strangers"]


async def test_an_order_takes_in_what_a_filter_lets_in_later(phone: Phone) -> None:
    async with opened(phone, worries=["strangers", "cars"]) as form:
        await form.tap("up-worries-doors")
        assert form.answers["worries"] == ["strangers", "doors", "cars"]


async def test_a_signature_is_drawn_and_kept_as_a_small_picture(phone: Phone) -> None:
    async with opened(phone) as form:
        await form.tap("sign-signed")
        assert form.inside("signed", ft.FilledButton).disabled, "nothing was drawn yet"
        (pad,) = form.all(ft.GestureDetector)
        for stroke in (((20, 40), (90, 120), (160, 50)), ((30, 140), (200, 140))):
            (x, y), *rest = stroke
            await form.fire(pad, "pan_start", drag(x, y))
            for x, y in rest:
                (pad,) = form.all(ft.GestureDetector)
                await form.fire(pad, "pan_update", drag(x, y))
        await form.tap("signed")
        await form.until(lambda: "signed" in form.answers, "the signature")
        answer = form.answers["signed"]
        assert answer["mime"] == "image/png"
        kept = await phone.notebook.photo(answer["sha256"])
        assert kept is not None
        with Image.open(io.BytesIO(kept)) as picture:
            assert picture.getextrema() == (0, 255), "black on white"
        await form.until(lambda: form.all(ft.Image, semantics_label="Signature"), "the picture")
        await form.tap("remove-signed")
        assert "signed" not in form.answers
        await form.tap("notice-action")
        assert form.answers["signed"] == answer


async def test_a_signature_is_cleared_before_it_is_kept(phone: Phone) -> None:
    async with opened(phone) as form:
        await form.tap("sign-signed")
        await form.fire(form.all(ft.GestureDetector)[0], "pan_start", drag(5, 5))
        assert not form.inside("signed", ft.FilledButton).disabled
        await form.tap("clear-paper")
        assert form.inside("signed", ft.FilledButton).disabled
        await form.tap("close-paper")
        assert "signed" not in form.answers


def drag(x: float, y: float) -> dict[str, Any]:
    return {"k": "touch", "l": {"x": x, "y": y}, "g": {"x": x, "y": y}}


async def give(form: Form, name: str, file: str, data: bytes) -> None:
    """The phone's own file chooser gives this file."""
    action = form.inside(f"file-{name}", ft.OutlinedButton).action
    assert isinstance(action, ft.PickFiles)
    event = {"files": [{"id": 1, "name": file, "size": len(data), "path": None, "bytes": data}]}
    await form.fire(action.file_picker, "result", event)
    await form.until(lambda: f"file-{name}" in form.idents(), "the end of it")


async def test_any_file_is_kept_as_it_is_with_its_name(phone: Phone) -> None:
    data = b"%PDF-1.7 a paper"
    async with opened(phone) as form:
        assert form.reads("10 MB at most")
        await give(form, "paper", "C:\\fakepath\\statement.pdf", data)
        answer = form.answers["paper"]
        assert (answer["mime"], answer["bytes"], answer["name"]) == ("application/pdf", len(data), "statement.pdf")
        assert await phone.notebook.photo(answer["sha256"]) == data
        assert form.reads("statement.pdf · PDF · 1 kB")
        await form.tap("remove-paper")
        assert "paper" not in form.answers


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("paper", b"", "nothing in it"),
        ("paper", b"x" * 10_000_001, "too large: 10 MB"),
        ("said", b"%PDF-1.7", "no recording"),
    ],
)
async def test_a_file_that_cannot_be_kept_is_named_with_the_reason(
    phone: Phone, name: str, data: bytes, said: str
) -> None:
    async with opened(phone) as form:
        await give(form, name, "a.bin", data)
        assert said in " ".join(form.texts("problem"))
        assert name not in form.answers


async def test_a_path_grows_where_the_officer_stands_and_its_length_is_told(phone: Phone) -> None:
    places = iter([(36.09, -95.88), (36.10, -95.88), (36.10, -95.87)])

    def here(_args: Any) -> dict[str, Any]:
        lat, lon = next(places)
        return {"latitude": lat, "longitude": lon, "accuracy": 5.0}

    async with opened(phone, {"get_current_position": here}) as form:
        for count in (1, 2, 3):
            await form.tap("here-path")
            await form.until(lambda: len(form.answers.get("path", [])) == count, "the point")  # noqa: B023
            await form.until(lambda: "here-path" in form.idents(), "the button")
        assert form.reads("2013 m long (6603 ft)")
        await form.tap("remove-path")
        assert len(form.answers["path"]) == 2
        await form.tap("clear-path")
        assert "path" not in form.answers
        await form.tap("notice-action")
        assert len(form.answers["path"]) == 2


async def test_too_short_a_path_is_a_mistake_in_words(phone: Phone) -> None:
    point = {"lat": 36.09, "lon": -95.88}
    async with opened(phone, line="x", answer="yes", field=[point, point]) as form:
        await form.tap("save")
        assert "An area needs three points or more." in form.texts("problem-field")


# -- recordings ----------------------------------------------------------------------------------------------------


class Microphone:
    """A microphone that hears what it is told to; `trouble` is why it does not."""

    def __init__(self, trouble: str = "") -> None:
        self.trouble = trouble
        self.open = False

    def available(self) -> bool:
        return True

    async def start(self) -> None:
        if self.trouble:
            raise NoMicrophone(self.trouble)
        self.open = True

    async def stop(self) -> bytes:
        self.open = False
        return b"OggS\0 a voice"

    def cancel(self) -> None:
        self.open = False


async def test_what_is_said_is_recorded_and_kept(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fields_sound, "SECOND", 0.001)
    phone.services.recorder = heard = Microphone()
    async with opened(phone) as form:
        await form.tap("record-said")
        assert heard.open
        await form.until(lambda: form.reads("Recording · 0:0") and not form.reads("Recording · 0:00"), "the seconds")
        await form.tap("stop-said")
        await form.until(lambda: "said" in form.answers, "the recording")
        assert not heard.open
        assert form.answers["said"]["mime"] == "audio/ogg"
        assert "record-said" in form.idents()
        assert "Recording · 1 kB" in form.texts("field-said")


async def test_a_recording_ends_by_itself_and_not_at_all_when_it_is_cancelled(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone.services.recorder = heard = Microphone()
    async with opened(phone) as form:
        await form.tap("record-said")
        await form.tap("cancel-said")
        assert not heard.open
        assert "said" not in form.answers
        monkeypatch.setattr(fields_sound, "SECOND", 0.001)
        monkeypatch.setattr(fields_sound, "LONGEST", 3)
        await form.tap("record-said")
        await form.until(lambda: "said" in form.answers, "the end")
        assert not heard.open


async def test_leaving_the_form_switches_the_microphone_off(phone: Phone) -> None:
    phone.services.recorder = heard = Microphone()
    async with opened(phone) as form:
        await form.tap("record-said")
        assert heard.open
        await form.back()
        assert not heard.open


@pytest.mark.parametrize("reason", ["denied", "missing", "busy"])
async def test_without_a_microphone_a_recording_is_chosen_instead(phone: Phone, reason: str) -> None:
    phone.services.recorder = Microphone(reason)
    async with opened(phone) as form:
        await form.tap("record-said")
        assert "hoose a recording" in " ".join(form.texts("problem"))
        assert "file-said" in form.idents()
